import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout, edit, fakeCommand, repository, runCli, runScript, temporaryFolder } from "../support/checkout";

const unchanged = copyCheckout();

/** A PATH whose Terraform writes down that it was called, beside what Node itself needs. */
function variables(): { env: NodeJS.ProcessEnv; terraformCalls: () => string } {
  const bin = temporaryFolder();
  fakeCommand(bin, "terraform", `echo "$*" >> "${bin}/calls"; echo '{"terraform_version":"1.11.4"}'`);
  return {
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: temporaryFolder() },
    terraformCalls: () => (existsSync(join(bin, "calls")) ? readFileSync(join(bin, "calls"), "utf8") : ""),
  };
}

test.each([
  [
    "a wrong environment name",
    ["preview", "produ"],
    'There is no environment "produ". environments/index.ts has dev, staging, prod.\n',
  ],
  ["neither an environment nor --all", ["preview"], "Name one environment, or pass --all.\n"],
  ["both", ["preview", "dev", "--all"], "Name one environment, or pass --all.\n"],
  [
    "an unknown option",
    ["preview", "dev", "--fast"],
    "error: unknown option '--fast'\n(--help shows what is possible)\n",
  ],
  [
    "a number that is none",
    ["deploy", "dev", "--max-losses", "many"],
    "error: option '--max-losses <number>' argument 'many' is invalid. It has to be a whole number, 0 or more.\n" +
      "(--help shows what is possible)\n",
  ],
  [
    "two selections of stacks",
    ["plan", "dev", "--stack", "lake", "--changed-since", "main"],
    "--stack and --changed-since: name one of them.\n",
  ],
  [
    "an unknown command",
    ["revue"],
    "error: unknown command 'revue'\n(Did you mean preview?)\n(--help shows what is possible)\n",
  ],
])("%s gives one message and exit code 2", async (_what, args, message) => {
  const { env, terraformCalls } = variables();
  expect(await runCli(unchanged, args, env)).toEqual({ exitCode: 2, stdout: "", stderr: message });
  expect(terraformCalls()).toBe("");
});

test("--out that cannot be written is refused before anything starts", async () => {
  const { env, terraformCalls } = variables();
  const file = join(temporaryFolder(), "report");
  writeFileSync(file, "");
  const { exitCode, stderr } = await runCli(unchanged, ["preview", "dev", "--out", file], env);
  expect(stderr).toBe(`Nothing can be written to ${file} (it is not a folder). Name another folder with --out.\n`);
  expect({ exitCode, calls: terraformCalls() }).toEqual({ exitCode: 2, calls: "" });
});

test("bad values stop the preview of any environment before Terraform starts, all of them reported", async () => {
  const checkout = copyCheckout();
  edit(checkout, "environments/dev.ts", 'cidr: "10.10.0.0/16"', 'cidr: "10.0.0.0/8"');
  edit(checkout, "environments/staging.ts", "deletionWindowDays: 30", "deletionWindowDays: 31");
  edit(checkout, "environments/prod.ts", 'accountId: "333333333333"', 'accountId: "33333333333"');
  const { env, terraformCalls } = variables();

  const { exitCode, stdout, stderr } = await runCli(checkout, ["preview", "prod"], env);

  expect({ exitCode, stdout, calls: terraformCalls() }).toEqual({ exitCode: 2, stdout: "", calls: "" });
  expect(stderr).toBe(`error: environments/dev.ts: network.cidr is "10.0.0.0/8"
  limit:  an IPv4 block from /16 to /28 whose host bits are zero
  remedy: write a private block such as "10.0.0.0/16"

error: environments/staging.ts: keys.deletionWindowDays is 31
  limit:  a whole number of days from 7 to 30
  remedy: use 30 wherever data depends on the key: a deleted key cannot be restored

error: environments/prod.ts: accountId is "33333333333"
  limit:  12 digits, written as a string
  remedy: copy it from "aws sts get-caller-identity" and keep its leading zeros by quoting it
`);
});

test("the same problems stop the native CLI's app, which then writes nothing", async () => {
  const checkout = copyCheckout();
  edit(checkout, "environments/dev.ts", 'region: "eu-west-1"', 'region: "us-eats-1"');
  const { exitCode, stderr } = await runScript(checkout, "cli/run-main.cjs", [], variables().env);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error: environments/dev.ts: region is "us-eats-1"');
  expect(existsSync(join(checkout, "cdktf.out"))).toBe(false);
});

test("in a fresh clone, the commands say that packages have to be installed first", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "cli"));
  copyFileSync(join(repository, "cli/require-packages.cjs"), join(folder, "cli/require-packages.cjs"));
  copyFileSync(join(repository, "package.json"), join(folder, "package.json"));
  const { status, stderr } = spawnSync("npm", ["run", "--silent", "doctor"], { cwd: folder, encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: 'The packages of this project are not installed. Run "npm ci".\n',
  });
});

test("--help names the options and what the exit codes mean", async () => {
  const { exitCode, stdout } = await runCli(unchanged, ["preview", "--help"], variables().env);
  expect(exitCode).toBe(0);
  for (const text of ["--all", "--json", "--out <dir>", "Exit codes: 0 done", "130 interrupted"]) {
    expect(stdout).toContain(text);
  }
});

test("doctor tells what is missing and how to mend it, as text and as JSON", async () => {
  const env = {
    PATH: temporaryFolder(),
    XDG_CACHE_HOME: temporaryFolder(),
    BASIN_PROVIDER_MIRROR: "/absent",
    // nothing listens there
    BASIN_TERRAFORM_RELEASES: "http://127.0.0.1:1",
  };
  const text = await runCli(unchanged, ["doctor"], env);
  expect(text.exitCode).toBe(3);
  expect(text.stdout).toContain("ok       Node.js: v");
  expect(text.stdout).toContain(
    "missing  Terraform: Terraform is not on PATH, and 1.11.4 cannot be downloaded: http://127.0.0.1:1/1.11.4/",
  );
  expect(text.stdout).toContain("mend: Connect this machine to http://127.0.0.1:1, set BASIN_TERRAFORM_RELEASES");
  expect(text.stdout).toContain("missing  provider hashicorp/aws 5.100.0: BASIN_PROVIDER_MIRROR is /absent");
  expect(text.stdout).toContain(
    "missing  Python: Basin needs Python 3.10 or later as python3 on PATH, which cannot be",
  );
  expect(text.stderr).toBe("Missing: Terraform, provider hashicorp/aws 5.100.0, Python.\n");

  const json = await runCli(unchanged, ["doctor", "--json"], env);
  const findings = JSON.parse(json.stdout) as { name: string; ok: boolean; mend?: string }[];
  expect(findings.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
    "Terraform",
    "provider hashicorp/aws 5.100.0",
    "Python",
  ]);
  expect(findings.every(({ ok, mend }) => ok === (mend === undefined))).toBe(true);
});
