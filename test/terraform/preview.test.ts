import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { PlanSummary } from "../../cli/report/summary";
import type { PlanJson } from "../../cli/terraform/plan";
import { addPlatform } from "../../stacks/platform";
import { loadConfiguration } from "../../stacks/configuration";
import { copyCheckout, copyRepository, edit, type Finished, runCli, temporaryFolder } from "../support/checkout";
import { addresses, namedEnvironments, synthesize } from "../support/environments";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

/** What a newcomer has: a PATH, a home, and where the provider comes from. No credentials. */
function variables(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: temporaryFolder(), TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE };
}

describeTerraform("preview", () => {
  const checkout = copyRepository();
  const out = join(temporaryFolder(), "reports");
  let finished: Finished;
  let summaries: readonly PlanSummary[];

  beforeAll(async () => {
    finished = await runCli(checkout, ["preview", "--all", "--json", "--out", out], variables());
    if (finished.exitCode !== 0) {
      throw new Error(`preview --all failed:\n${finished.stderr}`);
    }
    summaries = (JSON.parse(finished.stdout) as { environments: PlanSummary[] }).environments;
  });

  test.each(namedEnvironments)(
    "of %s plans exactly the synthesized resources, all to be created",
    (name, environment) => {
      const plan = JSON.parse(readFileSync(join(out, `${name}.plan.json`), "utf8")) as PlanJson;
      const changes = plan.resource_changes ?? [];

      expect(changes.map(({ address }) => address).sort()).toEqual(
        addresses(synthesize(environment, "single").values()),
      );
      expect(new Set(changes.map(({ change }) => change.actions.join()))).toEqual(new Set(["create"]));
      const total = { create: changes.length, update: 0, replace: 0, delete: 0 };
      expect(summaries.find(({ environment }) => environment === name)).toMatchObject({ total, warnings: [] });
      expect(readFileSync(join(out, `${name}.md`), "utf8")).toContain(`${name}: ${changes.length} to create`);
    },
  );

  test("shows progress on standard error only", () => {
    for (const [name] of namedEnvironments) {
      expect(finished.stderr).toContain(`preview of ${name}`);
    }
    expect(finished.stderr).toContain("initializing Terraform");
  });

  test("of one environment prints its table and needs no second init", async () => {
    const stamp = join(checkout, ".basin/preview/prod/stacks/prod/.terraform/basin-init.json");
    const initialized = statSync(stamp).mtimeMs;

    const { exitCode, stdout } = await runCli(checkout, ["preview", "prod"], variables());

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/│ layer +│ resource type +│ create │/);
    expect(stdout).toMatch(/│ foundation +│ aws_default_security_group +│ +1 │/);
    expect(stdout).toMatch(/prod: \d+ to create, in \d+ layers\. Took [\d.]+ s\./);
    expect(statSync(stamp).mtimeMs).toBe(initialized);
  });

  test("heals a working directory that other versions have left behind", async () => {
    const directory = join(checkout, ".basin/preview/dev/stacks/dev");
    const lockFile = join(directory, ".terraform.lock.hcl");
    writeFileSync(lockFile, readFileSync(lockFile, "utf8").replaceAll("5.100.0", "5.99.0"));
    writeFileSync(join(directory, ".terraform/basin-init.json"), "{}");

    const { exitCode, stderr } = await runCli(checkout, ["preview", "dev"], variables());

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(readFileSync(lockFile, "utf8")).toContain("5.100.0");
  });

  test("reports what Terraform refuses, with the resource", async () => {
    const broken = copyCheckout();
    edit(broken, "modules/sns/alert-topic.ts", 'protocol: "email"', 'protocol: "pigeon"');

    const { exitCode, stderr } = await runCli(broken, ["preview", "dev"], variables());

    expect(exitCode).toBe(1);
    expect(stderr).toContain("terraform plan failed in");
    expect(stderr).toMatch(/error: .*expected protocol to be one of .*"email".* got pigeon/);
  });

  test("ends with one message where the registry cannot be reached", async () => {
    const config = join(temporaryFolder(), "unreachable.tfrc");
    writeFileSync(config, 'provider_installation {\n  network_mirror {\n    url = "https://127.0.0.1:9/"\n  }\n}\n');

    const { exitCode, stdout, stderr } = await runCli(copyCheckout(), ["preview", "dev"], {
      ...variables(),
      TF_CLI_CONFIG_FILE: config,
      TF_REGISTRY_DISCOVERY_RETRY: "0",
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain(`The provider hashicorp/aws 5.100.0 could not be installed as ${config} says.`);
    expect(stderr).toContain("connection refused");
    expect(stderr).toContain("or set BASIN_PROVIDER_MIRROR to a filesystem mirror that holds the provider.");
  });

  test("keeps a second preview of the same environment out, and leaves nothing locked when interrupted", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "cli/index.ts", "preview", "dev", "--settle"], {
      cwd: checkout,
      env: variables(),
    });
    let stderr = "";
    const planning = new Promise<void>((reached) => {
      child.stderr.on("data", (text: Buffer) => {
        stderr += text.toString();
        if (/planning \d+ resources/.test(stderr)) {
          reached();
        }
      });
    });
    const ended = new Promise<number | null>((end) => child.on("close", end));

    await planning;
    const second = await runCli(checkout, ["preview", "dev"], variables());
    child.kill("SIGINT");

    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("Another preview of dev is running in");
    expect(await ended).toBe(130);
    expect(stderr).toContain("Interrupted: what was started has stopped, nothing is locked.");
    expect(existsSync(join(checkout, ".basin/preview/dev.lock"))).toBe(false);
    expect((await runCli(checkout, ["preview", "dev"], variables())).exitCode).toBe(0);
  });
});

describeTerraform("the single layout of prod", () => {
  const folder = join(temporaryFolder(), "single");

  beforeAll(() => {
    const { platform, environments, domains } = loadConfiguration();
    const app = new App({ outdir: folder });
    environments
      .filter(({ name }) => name === "prod")
      .forEach((environment) => {
        addPlatform(app, { platform, environment, domains, layout: "single" });
      });
    app.synth();
  });

  test("is valid Terraform", () => {
    expect(folder).toBeValidTerraform();
  });

  test("plans successfully", () => {
    expect(folder).toPlanSuccessfully();
  });
});
