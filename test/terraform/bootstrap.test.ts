import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../../cli/exit-codes";
import { callQuery, send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { environments } from "../fixtures/environments";
import { copyCheckout, limitRetries, runCli, temporaryFolder } from "../support/checkout";
import { until } from "../support/until";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const { dev: environment } = environments;

const BUCKET = "basin-dev-state-111111111111";
const STATE = "dev/bootstrap-dev/terraform.tfstate";

describeTerraform("the bootstrap of dev, on the emulator", () => {
  const checkout = copyCheckout();
  const folder = join(checkout, ".basin", "bootstrap", "dev");
  let emulator: Emulator;
  let variables: NodeJS.ProcessEnv;
  let there = "";

  beforeAll(async () => {
    limitRetries(checkout);
    emulator = await startEmulator(environment);
    variables = { PATH: process.env.PATH, HOME: temporaryFolder(), ...emulator.variables };
    // somebody else's, under a name of ours
    await callQuery(emulator, "iam", {
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "basin-dev-plan",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
    });
  });

  afterAll(() => emulator.stop());

  const bootstrap = (...more: readonly string[]) => runCli(checkout, ["bootstrap", "dev", ...more], variables);

  const object = async (method: string, key: string): Promise<number> =>
    (await send(emulator, { service: "s3", method, path: `/${BUCKET}/${key}` })).status;

  test("is killed in the middle of it", async () => {
    const args = ["--import", "tsx", "cli/index.ts", "bootstrap", "dev"];
    const child = spawn(process.execPath, args, { cwd: checkout, env: variables, stdio: "ignore" });
    const ended = new Promise((end) => child.once("close", end));
    await until(() => journal().includes('"type":"apply_complete"'));
    // as when the machine goes down: Terraform and the provider, which have a group of their own, and who started them
    terraformOf(child).forEach((terraform) => process.kill(-terraform, "SIGKILL"));
    child.kill("SIGKILL");
    await ended;

    expect(journal()).not.toContain('"type":"change_summary","changes":{"add":19');
    expect(existsSync(join(folder, "bootstrap-dev.tfstate"))).toBe(true);
  });

  test("stops at what is there already, after it has made everything else", async () => {
    const { exitCode, stderr } = await bootstrap();

    expect(stderr).toContain("EntityAlreadyExists");
    const hint = /npm run bootstrap -- dev --adopt '(aws_iam_role\.bootstrap_plan_role_\w+)'\n$/;
    expect(stderr).toMatch(hint);
    [, there = ""] = hint.exec(stderr) ?? [];
    expect(exitCode).toBe(ExitCode.unapproved);
    expect(await object("GET", STATE)).toBe(404);
  });

  test("takes it over where that is asked for, and moves its state into the bucket that it has made", async () => {
    const { exitCode, stdout, stderr } = await bootstrap("--adopt", there);

    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("The state was moved into its bucket.");
    expect(stdout).toContain("bootstrap-dev, its state in S3: nothing to do.");
    expect(await object("GET", STATE)).toBe(200);
    expect(existsSync(join(folder, "bootstrap-dev.tfstate"))).toBe(false);
  });

  test("has nothing left to do when it is run once more, from whatever machine", async () => {
    const { exitCode, stdout } = await runCli(another(), ["bootstrap", "dev"], variables);

    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      'bootstrap-dev, its state in S3: nothing to do.\ndev is bootstrapped: "npm run plan -- dev" comes next, as one of its roles.\n',
    );
  });

  test("keeps that state from deletion, and states of layers from whom no role of pipelines is", async () => {
    expect(await object("DELETE", STATE)).toBe(403);
    expect(await object("GET", "dev/dev-lake/terraform.tfstate")).toBe(403);
    expect(await object("GET", "dev/nothing")).toBe(404);
  });

  function journal(): string {
    const file = join(folder, "journal.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  function another(): string {
    const other = copyCheckout();
    limitRetries(other);
    return other;
  }
});

/** Process ids of the Terraform that a command has started. */
function terraformOf({ pid = 0 }: ChildProcess): number[] {
  return execFileSync("pgrep", ["-P", String(pid), "terraform"], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map(Number);
}
