import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { Terraform } from "../../cli/terraform/terraform";
import { platform } from "../../environments/platform";
import { BootstrapStack, type BootstrapStackProps } from "../../stacks/bootstrap-stack";
import { send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { environments } from "../fixtures/environments";
import { temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const { signal } = new AbortController();
const { dev: environment } = environments;

const BUCKET = "basin-dev-state-111111111111";
const STATE = "dev/bootstrap-dev/terraform.tfstate";

describeTerraform("the bootstrap of dev, on the emulator", () => {
  let emulator: Emulator;
  let terraform: Terraform;
  const folder = temporaryFolder();

  beforeAll(async () => {
    terraform = await Terraform.find(process.env, signal);
    emulator = await startEmulator(environment);
  });

  afterAll(() => emulator.stop());

  function write(state: BootstrapStackProps["state"]): void {
    const app = new App({ outdir: temporaryFolder() });
    new BootstrapStack(app, { platform: { ...platform, providerMaxRetries: 2 }, environment, state });
    app.synth();
    const file = join(app.outdir, "stacks", "bootstrap-dev", "cdk.tf.json");
    writeFileSync(join(folder, "cdk.tf.json"), readFileSync(file));
  }

  async function run(...args: readonly string[]): Promise<string> {
    const cliConfigFile = process.env.TF_CLI_CONFIG_FILE;
    const options = { cwd: folder, cliConfigFile, variables: emulator.variables, signal };
    const { exitCode, stdout, stderr } = await terraform.run([...args, "-no-color", "-input=false"], options);
    if (exitCode !== 0) {
      throw new Error(`terraform ${args.join(" ")} ended with ${exitCode}:\n${stdout}\n${stderr}\n${emulator.log()}`);
    }
    return stdout;
  }

  const object = async (method: string, key: string): Promise<number> =>
    (await send(emulator, { service: "s3", method, path: `/${BUCKET}/${key}` })).status;

  test("is applied with its state on this machine, and has nothing left to do", async () => {
    write({ localFile: join(folder, "terraform.tfstate") });
    await run("init");

    expect(await run("apply", "-auto-approve", "-parallelism=30")).toContain("Apply complete!");
    expect(await run("plan", "-detailed-exitcode")).toContain("No changes.");
  });

  test("moves its state into the bucket that it has made, which takes what the backend writes", async () => {
    write("s3");
    await run("init", "-migrate-state", "-force-copy");

    expect(await run("plan", "-detailed-exitcode")).toContain("No changes.");
    expect(await object("GET", STATE)).toBe(200);
  });

  test("keeps that state from deletion, and states of layers from whom no role of pipelines is", async () => {
    expect(await object("DELETE", STATE)).toBe(403);
    expect(await object("GET", "dev/dev-lake/terraform.tfstate")).toBe(403);
    expect(await object("GET", "dev/nothing")).toBe(404);
  });
});
