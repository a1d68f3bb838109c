import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedExecutable } from "../../cli/terraform/release";
import { Terraform } from "../../cli/terraform/terraform";
import { fakeCommand, temporaryFolder } from "../support/checkout";

const VERSION = 'if [ "$1" = version ]; then echo \'{"terraform_version":"1.11.4"}\'; exit 0; fi';
const { signal } = new AbortController();
const MEND =
  "Install another from https://developer.hashicorp.com/terraform/install, or take this one off PATH: " +
  "Basin then downloads 1.11.4 for itself.";

/** Terraform played by a shell script; the system's own folders stay on PATH for what the script calls. */
async function fakeTerraform(
  body: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<{ terraform: Terraform; folder: string }> {
  const folder = temporaryFolder();
  fakeCommand(folder, "terraform", `${VERSION}\n${body}`);
  return { terraform: await Terraform.find({ PATH: `${folder}:/usr/bin:/bin`, ...variables }, signal), folder };
}

test.each(["1.10.5", "0.15.0", "2.0.0"])("Terraform %s is refused", async (version) => {
  const folder = temporaryFolder();
  fakeCommand(folder, "terraform", `echo '{"terraform_version":"${version}"}'`);
  await expect(Terraform.find({ PATH: folder }, signal)).rejects.toMatchObject({
    exitCode: 3,
    message: `The Terraform on PATH is ${version}; Basin needs >=1.11.0 <2.0.0.\n${MEND}`,
  });
});

test.each([
  ["another version", 'echo \'{"terraform_version":"1.11.0-rc1"}\'', "is 1.11.0-rc1; Basin needs >=1.11.0 <2.0.0."],
  ["no version", "exit 9", 'version -json" did not tell its version (exit code 9): '],
])("a cached executable of %s is refused with the way to renew it", async (_what, body, message) => {
  const environment = { PATH: temporaryFolder(), XDG_CACHE_HOME: temporaryFolder() };
  const file = cachedExecutable(environment);
  fakeCommand(dirname(file), "terraform", body);
  const failure: unknown = await Terraform.find(environment, signal).catch((error: unknown) => error);
  expect(failure).toMatchObject({ exitCode: 3 });
  expect((failure as Error).message).toContain(file);
  expect((failure as Error).message).toContain(`${message}\nRemove that file: the next command downloads it again.`);
});

test("the Terraform on PATH goes before that in the cache", async () => {
  const cache = temporaryFolder();
  fakeCommand(dirname(cachedExecutable({ XDG_CACHE_HOME: cache })), "terraform", "exit 9");
  const { terraform, folder } = await fakeTerraform("echo from PATH", { XDG_CACHE_HOME: cache });
  expect(await terraform.run(["plan"], { cwd: folder, signal })).toMatchObject({ stdout: "from PATH" });
});

test("a program that only has Terraform's name is refused with what it said", async () => {
  const folder = temporaryFolder();
  fakeCommand(folder, "terraform", "echo 'no such subcommand' >&2; exit 4");
  await expect(Terraform.find({ PATH: folder }, signal)).rejects.toThrow(
    '"terraform version -json" did not tell its version (exit code 4): no such subcommand',
  );
});

test("a run sees neither credentials nor variables that would change its result", async () => {
  const { terraform, folder } = await fakeTerraform("env", {
    AWS_PROFILE: "prod",
    AWS_SECRET_ACCESS_KEY: "secret",
    HTTPS_PROXY: "http://proxy",
    TF_CLI_ARGS_plan: "-destroy",
    TF_DATA_DIR: "/elsewhere",
    TF_REATTACH_PROVIDERS: "{}",
    TF_REGISTRY_CLIENT_TIMEOUT: "3",
    TF_VAR_x: "1",
    TF_WORKSPACE: "other",
  });
  const { stdout } = await terraform.run(["plan"], {
    cwd: folder,
    cliConfigFile: "/the/config.tfrc",
    signal: new AbortController().signal,
  });

  const seen = stdout.split("\n").filter((line) => /^(AWS|TF|HTTPS|GOGC|CHECKPOINT)/.test(line));
  expect(seen.sort()).toEqual([
    "AWS_CONFIG_FILE=/dev/null",
    "AWS_EC2_METADATA_DISABLED=true",
    "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
    "CHECKPOINT_DISABLE=1",
    "GOGC=400",
    "HTTPS_PROXY=http://proxy",
    "TF_CLI_CONFIG_FILE=/the/config.tfrc",
    "TF_INPUT=0",
    "TF_IN_AUTOMATION=1",
    "TF_REGISTRY_CLIENT_TIMEOUT=3",
  ]);
});

test("a run reports exit code and both outputs", async () => {
  const { terraform, folder } = await fakeTerraform("echo out; echo err >&2; exit 7");
  const result = await terraform.run(["plan"], { cwd: folder, signal: new AbortController().signal });
  expect(result).toEqual({ exitCode: 7, stdout: "out", stderr: "err" });
});

/** Interrupts a run of something that ends with an exit code of its own, and writes down what happens to it. */
async function interrupted(exitCode: number) {
  const { terraform, folder } = await fakeTerraform(
    `trap 'echo interrupted >> signals' INT
touch started
for i in 1 2 3 4 5 6; do sleep 0.2; [ -f signals ] && break; done
sleep 0.3
echo finished >> signals
exit ${exitCode}`,
  );
  const interruption = new AbortController();
  const run = terraform.run(["plan"], { cwd: folder, signal: interruption.signal });
  setTimeout(() => {
    interruption.abort();
  }, 400);

  const [ended] = await Promise.allSettled([run]);
  return { ended, signals: readFileSync(join(folder, "signals"), "utf8") };
}

test("an interrupted run gets one interrupt, is waited for, and ends as interrupted", async () => {
  const { ended, signals } = await interrupted(1);

  const message = "Interrupted: what was started has stopped, nothing is locked.";
  expect(ended).toMatchObject({ status: "rejected", reason: { exitCode: 130, message } });
  expect(signals).toBe("interrupted\nfinished\n");
});

test("a run that ends well although it was interrupted has ended well", async () => {
  const { ended, signals } = await interrupted(0);

  expect(ended).toMatchObject({ status: "fulfilled", value: { exitCode: 0 } });
  expect(signals).toBe("interrupted\nfinished\n");
});

test("a run with a journal writes both outputs to files of its own, behind what is there", async () => {
  const { terraform, folder } = await fakeTerraform("echo out; echo err >&2; exit 7");
  const journal = join(folder, "journal.jsonl");
  const options = { cwd: folder, journal, signal: new AbortController().signal };
  await terraform.run(["apply"], options);

  expect(await terraform.run(["apply"], options)).toEqual({ exitCode: 7, stdout: "out\n", stderr: "err\n" });
  expect(readFileSync(journal, "utf8")).toBe("out\nout\n");
  expect(readFileSync(`${journal}.err`, "utf8")).toBe("err\nerr\n");
  expect(statSync(journal).mode & 0o777).toBe(0o600);
});

test("a run is in a process group of its own, so that the terminal's Ctrl-C does not reach it beside ours", async () => {
  const { terraform, folder } = await fakeTerraform("ps -o pgid= -p $$; ps -o pgid= -p $PPID");
  const { stdout } = await terraform.run(["plan"], { cwd: folder, signal });
  const [ours, parents] = stdout.split("\n").map((group) => group.trim());
  expect(ours).toMatch(/^\d+$/);
  expect(ours).not.toBe(parents);
});

test("an interruption while the version is asked for is one too", async () => {
  const folder = temporaryFolder();
  fakeCommand(folder, "terraform", "sleep 5");
  const interruption = new AbortController();
  const found = Terraform.find({ PATH: `${folder}:/usr/bin:/bin` }, interruption.signal);
  setTimeout(() => {
    interruption.abort();
  }, 300);
  await expect(found).rejects.toMatchObject({ exitCode: 130 });
});

test("after an interruption nothing more is started", async () => {
  const { terraform, folder } = await fakeTerraform("touch started");
  const run = terraform.run(["plan"], { cwd: folder, signal: AbortSignal.abort() });
  await expect(run).rejects.toMatchObject({ exitCode: 130 });
  expect(() => readFileSync(join(folder, "started"))).toThrow("ENOENT");
});
