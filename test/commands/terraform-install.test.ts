import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AWS_PROVIDER, MIRROR_VARIABLE, providerPath } from "../../cli/terraform/provider-mirror";
import { cachedExecutable } from "../../cli/terraform/release";
import { copyCheckout, runCli, temporaryFolder } from "../support/checkout";
import { archiveName, makeArchive, makeReleaseKey, type ReleaseKey, ReleaseServer } from "../support/release-server";

/** Terraform that writes down how it was called, beside itself. */
const TERRAFORM = `echo "$*" >> "$0.calls"; echo '{"terraform_version":"1.11.4"}'`;

let key: ReleaseKey;
let checkout: string;
let server: ReleaseServer;
let env: NodeJS.ProcessEnv;
let cached: string;

beforeAll(async () => {
  key = await makeReleaseKey();
  // the key that is trusted is part of the code, and nothing but the code
  checkout = copyCheckout();
  writeFileSync(join(checkout, "cli/terraform/hashicorp.asc"), key.armored);
});

beforeEach(async () => {
  server = await ReleaseServer.start();
  await server.publish(makeArchive(TERRAFORM), key);
  env = {
    PATH: temporaryFolder(),
    HOME: temporaryFolder(),
    XDG_CACHE_HOME: temporaryFolder(),
    BASIN_TERRAFORM_RELEASES: server.url,
  };
  cached = cachedExecutable(env);
});

afterEach(async () => {
  await server.stop();
});

/** Starts a preview in a shell that has run `before`. */
function startPreview(before: string) {
  const script = `${before}\nexec "$0" --import tsx cli/index.ts preview dev`;
  const child = spawn("/bin/sh", ["-c", script, process.execPath], { cwd: checkout, env });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<{ exitCode: number | null; stderr: string }>((end) => {
    child.on("close", (exitCode) => {
      end({ exitCode, stderr });
    });
  });
  return { child, ended };
}

test("a preview without Terraform on PATH downloads it, shows how far it is, and runs it; the second finds it in the cache", async () => {
  const first = await runCli(checkout, ["preview", "dev", "--json"], env);
  expect(first.stderr).toContain("Terraform 1.11.4");
  expect(first.stderr).toContain("downloading, 3 of 3 MB");
  expect(first.exitCode).toBe(0);
  expect(JSON.parse(first.stdout)).toHaveProperty("environments");
  expect(readFileSync(`${cached}.calls`, "utf8")).toMatch(/^version -json\ninit .+\nplan .+\nshow .+\n$/);

  const before = [...server.requests];
  const second = await runCli(checkout, ["preview", "dev", "--json"], env);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).not.toContain("Terraform 1.11.4");
  expect(server.requests).toEqual(before);
  expect(before).toHaveLength(3);
});

test("a release that the key in the code has not signed is refused by the command too, whatever the server", async () => {
  await server.publish(makeArchive(TERRAFORM), await makeReleaseKey());
  const { exitCode, stdout, stderr } = await runCli(checkout, ["preview", "dev"], env);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr).toMatch(
    /\nTerraform is not on PATH, and 1\.11\.4 cannot be downloaded: .+ is not what HashiCorp has /,
  );
  expect(readdirSync(dirname(cached))).toEqual([]);
});

test("without Terraform and without a server, one message and exit code 3", async () => {
  await server.stop();
  const { exitCode, stdout, stderr } = await runCli(checkout, ["preview", "dev"], env);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  const message =
    `\nTerraform is not on PATH, and 1.11.4 cannot be downloaded: ${server.url}/1.11.4/terraform_1.11.4_SHA256SUMS ` +
    `does not answer (connect ECONNREFUSED ${new URL(server.url).host}).\n` +
    `Connect this machine to ${server.url}, set BASIN_TERRAFORM_RELEASES to a mirror of ` +
    "https://releases.hashicorp.com/terraform, or install Terraform from " +
    "https://developer.hashicorp.com/terraform/install and put it on PATH.\n";
  expect(stderr.slice(-message.length)).toBe(message);
});

test("Ctrl-C during the download ends the command with 130 and leaves nothing", async () => {
  const asked = new Promise<void>((reached) => {
    server.files.set(archiveName, (response) => {
      response.writeHead(200, { "content-length": 3e6 }).write(Buffer.alloc(1e6));
      reached();
    });
  });
  const { child, ended } = startPreview("");
  await asked;
  child.kill("SIGINT");

  expect(await ended).toEqual({ exitCode: 130, stderr: expect.stringContaining("Interrupted: ") as unknown });
  expect(readdirSync(dirname(cached))).toEqual([]);
  expect(existsSync(`${dirname(cached)}.lock`)).toBe(false);
});

test("where the system stops the writing halfway, nothing stands under the executable's name", async () => {
  await server.publish(makeArchive(`${TERRAFORM}\n#${"x".repeat(40e6)}`), key);
  // files may grow to 16 or 32 MB, as the shell counts; systems refuse the rest, or kill the command
  const { exitCode, stderr } = await startPreview("ulimit -f 32000").ended;
  expect(stderr).toContain("unpacking");
  expect(exitCode).not.toBe(0);
  expect(readdirSync(dirname(cached))).not.toContain("terraform");
});

test("doctor tells that the first command will download Terraform, and later that the cache has it", async () => {
  // without a mirror, doctor asks the registry
  const mirror = temporaryFolder();
  mkdirSync(join(mirror, providerPath(AWS_PROVIDER)), { recursive: true });
  env[MIRROR_VARIABLE] = mirror;

  const before = await runCli(checkout, ["doctor"], env);
  expect(before.stdout).toContain(
    `ok       Terraform: not on PATH; ${server.url} answers, the first preview downloads 1.11.4`,
  );
  expect(before.stdout).toContain(`in the mirror ${mirror}`);
  expect(existsSync(cached)).toBe(false);

  await runCli(checkout, ["preview", "dev"], env);
  const after = await runCli(checkout, ["doctor"], env);
  expect(after.stdout).toContain(`ok       Terraform: 1.11.4 in the cache, ${cached}`);
});

test("a pinned release outside the range of environments/platform.ts is an error before anything is asked for", async () => {
  const newer = copyCheckout();
  const file = join(newer, "environments/platform.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('terraformVersion: "~> 1.11"', 'terraformVersion: "~> 1.12"'));
  const { exitCode, stderr } = await runCli(newer, ["preview", "dev"], env);
  expect(stderr).toMatch(
    /^Terraform is not on PATH; Basin needs >=1\.12\.0 <2\.0\.0, and the release .+ is 1\.11\.4\.\n/,
  );
  expect(exitCode).toBe(3);
  expect(server.requests).toEqual([]);
});
