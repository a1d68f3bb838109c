import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { dirname, join } from "node:path";
import { readKey } from "openpgp";
import { satisfies } from "semver";
import { installTerraform } from "../../cli/terraform/install";
import { cachedExecutable, PINNED_VERSION, TERRAFORM_VERSIONS } from "../../cli/terraform/release";
import { releaseKey, verifySignature } from "../../cli/terraform/signature";
import { repository, temporaryFolder } from "../support/checkout";
import {
  archiveName,
  listName,
  listOf,
  makeArchive,
  makeReleaseKey,
  type ReleaseKey,
  ReleaseServer,
  signatureName,
} from "../support/release-server";

const BY_HAND = "install Terraform from https://developer.hashicorp.com/terraform/install and put it on PATH.";

let key: ReleaseKey;
let server: ReleaseServer;

beforeAll(async () => {
  key = await makeReleaseKey();
});

beforeEach(async () => {
  server = await ReleaseServer.start();
});

afterEach(async () => {
  await server.stop();
});

interface Attempt {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly file: string;
  readonly reports: string[];
  readonly run: (signal?: AbortSignal, idleMs?: number) => Promise<void>;
}

/** An installation from the server on loopback into an empty cache. */
function attempt(variables: NodeJS.ProcessEnv = {}): Attempt {
  const environment = { XDG_CACHE_HOME: temporaryFolder(), BASIN_TERRAFORM_RELEASES: server.url, ...variables };
  const file = cachedExecutable(environment);
  const reports: string[] = [];
  const report = (text: string) => reports.push(text);
  return {
    environment,
    folder: dirname(file),
    file,
    reports,
    run: (signal = new AbortController().signal, idleMs = 400) =>
      installTerraform({ environment, signal, report, trustedKey: key.armored, idleMs }),
  };
}

function paths(...names: string[]): string[] {
  return names.map((name) => `/terraform/${PINNED_VERSION}/${name}`);
}

test("the pinned release is one that environments/platform.ts allows", () => {
  expect(satisfies(PINNED_VERSION, TERRAFORM_VERSIONS)).toBe(true);
});

test("the key in the repository is HashiCorp's, and says until when it is good", async () => {
  const hashicorp = await readKey({ armoredKey: releaseKey() });
  expect(hashicorp.isPrivate()).toBe(false);
  expect(hashicorp.getFingerprint().toUpperCase()).toBe("C874011F0AB405110D02105534365D9472D7468F");
  expect(await hashicorp.getExpirationTime()).toEqual(new Date("2030-03-01T23:14:24Z"));
});

test("the key in the repository verifies what HashiCorp signed before the key was renewed, and nothing else", async () => {
  const released = join(repository, "test/fixtures/hashicorp-release/terraform-provider-null_3.1.0_SHA256SUMS");
  const [list, signature] = [readFileSync(released), readFileSync(`${released}.sig`)];
  await expect(verifySignature(list, signature, releaseKey())).resolves.toBeUndefined();
  const altered = Buffer.from(list.toString().replace(/^f/, "0"));
  await expect(verifySignature(altered, signature, releaseKey())).rejects.toThrow("Signed digest did not match");
  await expect(verifySignature(list, signature, key.armored)).rejects.toThrow("Could not find signing key");
});

test("a release is downloaded, verified and kept as an executable, with progress", async () => {
  await server.publish(makeArchive("echo hello"), key);
  const { folder, file, reports, run } = attempt();
  await run();

  expect(readdirSync(folder)).toEqual(["terraform"]);
  expect(readFileSync(file, "utf8")).toBe("#!/bin/sh\necho hello\n");
  expect(statSync(file).mode & 0o777).toBe(0o755);
  expect(server.requests).toEqual(paths(listName, signatureName, archiveName));
  expect(reports[0]).toBe(`downloading from ${server.url}`);
  expect(reports.slice(-2)).toEqual(["downloading, 3 of 3 MB", "unpacking"]);
  expect(reports.length).toBeLessThan(15);
});

test.each([
  [
    "an archive with another checksum",
    () => {
      server.files.set(archiveName, makeArchive("echo evil"));
    },
    /\/terraform_1\.11\.4_\w+\.zip has the SHA-256 checksum [0-9a-f]{64}, the signed list says [0-9a-f]{64}\.\nNothing of it/,
  ],
  [
    "a truncated archive",
    () => {
      server.files.set(archiveName, (response) => {
        response.writeHead(200, { "content-length": 3e6 }).write(Buffer.alloc(1e6), () => response.destroy());
      });
    },
    /\.zip broke off after [01] of 3 MB \(.+\)\.\nConnect this machine to http:/,
  ],
  [
    "a truncated archive of unknown length",
    () => {
      const archive = server.files.get(archiveName) as Buffer;
      server.files.set(archiveName, (response) => {
        response.writeHead(200).end(archive.subarray(0, 1e6));
      });
    },
    /\.zip has the SHA-256 checksum /,
  ],
  [
    "an altered list of checksums",
    () => {
      const archive = makeArchive("echo evil");
      server.files.set(archiveName, archive).set(listName, Buffer.from(listOf(archive)));
    },
    /_SHA256SUMS is not what HashiCorp has signed \(.*Signed digest did not match\)\.\nNothing of it was kept\. Find out why/,
  ],
  [
    "a list signed by somebody else",
    async () => server.publish(makeArchive("echo evil"), await makeReleaseKey()),
    /_SHA256SUMS is not what HashiCorp has signed \(.*Could not find signing key .+\)\.\nNothing of it/,
  ],
  [
    "something that is no signature",
    () => {
      server.files.set(signatureName, Buffer.from("<html>"));
    },
    /_SHA256SUMS is not what HashiCorp has signed \(.+\)\.\nNothing of it/,
  ],
  [
    "no signature",
    () => {
      server.files.delete(signatureName);
    },
    /_SHA256SUMS\.sig answers 404 Not Found\.\nConnect this machine/,
  ],
  [
    "the signed list of another release",
    async () => {
      const archive = makeArchive("echo old");
      await server.publish(archive, key, listOf(archive, archiveName.replace(PINNED_VERSION, "1.11.0")));
    },
    /_SHA256SUMS lists no terraform_1\.11\.4_\w+\.zip\.\nConnect this machine/,
  ],
  [
    "an archive without Terraform",
    () => server.publish(makeArchive("echo vault", "bin/terraform"), key),
    /the archive holds no terraform\.\n/,
  ],
  ["an archive that is none", () => server.publish(Buffer.from("PK"), key), /invalid zip data\.\n/],
  [
    "a server that accepts and is silent",
    () => {
      server.files.set(listName, () => undefined);
    },
    /_SHA256SUMS does not answer \(nothing came for 0\.4 s\)\.\nConnect this machine/,
  ],
  [
    "a server that falls silent",
    () => {
      server.files.set(archiveName, (response) => {
        response.writeHead(200, { "content-length": 3e6 }).write(Buffer.alloc(1e6));
      });
    },
    /\.zip broke off after 1 of 3 MB \(nothing came for 0\.4 s\)\.\n/,
  ],
])("%s is refused with one message, and leaves nothing", async (_what, damage: () => unknown, message) => {
  await server.publish(makeArchive("echo hello"), key);
  await damage();
  const { folder, run } = attempt();
  const failure: unknown = await run().catch((error: unknown) => error);

  expect(failure).toMatchObject({ name: "CommandError", exitCode: 3 });
  const text = (failure as Error).message;
  expect(text).toMatch(message);
  expect(text).toMatch(/^Terraform is not on PATH, and 1\.11\.4 cannot be downloaded: /);
  expect(text.endsWith(`or ${BY_HAND}`)).toBe(true);
  expect(text.split("\n")).toHaveLength(2);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(["releases.example.com", "ftp://releases.example.com", "https://user:secret@releases.example.com"])(
  "the mirror %s is refused without repeating it",
  async (mirror) => {
    const failure: unknown = await attempt({ BASIN_TERRAFORM_RELEASES: mirror })
      .run()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 3 });
    expect((failure as Error).message).toMatch(/^BASIN_TERRAFORM_RELEASES is not an address of the form https:/);
    expect((failure as Error).message).not.toContain("example");
  },
);

test("two at once download once", async () => {
  await server.publish(makeArchive("echo hello"), key);
  const first = attempt();
  const second = attempt({ XDG_CACHE_HOME: first.environment.XDG_CACHE_HOME });
  await Promise.all([first.run(), second.run()]);
  expect(server.requests).toEqual(paths(listName, signatureName, archiveName));
  expect(existsSync(first.file)).toBe(true);
});

test("an interrupted download leaves nothing, and the next one works", async () => {
  const archive = makeArchive("echo hello");
  await server.publish(archive, key);
  const interruption = new AbortController();
  server.files.set(archiveName, (response) => {
    response.writeHead(200, { "content-length": 3e6 }).write(Buffer.alloc(1e6));
    setTimeout(() => {
      interruption.abort();
    }, 100);
  });
  const { folder, run } = attempt();
  // far from idle, so that it is the interruption that ends it
  await expect(run(interruption.signal, 300_000)).rejects.toMatchObject({ name: "InterruptedError", exitCode: 130 });
  expect(readdirSync(folder)).toEqual([]);

  server.files.set(archiveName, archive);
  await run();
  expect(readdirSync(folder)).toEqual(["terraform"]);
});

test("what a killed command left half written is removed, not believed", async () => {
  await server.publish(makeArchive("echo hello"), key);
  const { folder, file, run } = attempt();
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.4711.part`, "#!/bin/sh", { mode: 0o755 });
  await run();
  expect(readdirSync(folder)).toEqual(["terraform"]);
  expect(readFileSync(file, "utf8")).toContain("echo hello");
});

test("a cache that cannot be written is an error that says so", async () => {
  const file = join(temporaryFolder(), "cache");
  writeFileSync(file, "");
  const { folder, run } = attempt({ XDG_CACHE_HOME: file });
  const failure: unknown = await run().catch((error: unknown) => error);
  expect(failure).toMatchObject({ exitCode: 3 });
  expect((failure as Error).message).toMatch(
    new RegExp(
      `^Terraform is not on PATH, and 1\\.11\\.4 cannot be kept in ${folder} \\((Error: )?ENOTDIR: .+\\)\\.\n` +
        "Make the folder writable, set XDG_CACHE_HOME to another, or install Terraform from ",
    ),
  );
  expect(server.requests).toEqual([]);
});

test("without XDG_CACHE_HOME, or with a relative one, the cache is in the home folder", () => {
  const inHome = cachedExecutable({});
  expect(inHome).toMatch(/\/\.cache\/basin\/terraform\/1\.11\.4\/\w+\/terraform$/);
  expect(cachedExecutable({ XDG_CACHE_HOME: "cache" })).toBe(inHome);
});

test("a proxy of the usual variables is used, except for what NO_PROXY names", async () => {
  await server.publish(makeArchive("echo hello"), key);
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, client) => {
    tunnels.push(url);
    const upstream = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    }).on("error", () => client.destroy());
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    await attempt({ HTTP_PROXY: address, NO_PROXY: "127.0.0.1" }).run();
    expect(tunnels).toEqual([]);
    await attempt({ HTTP_PROXY: address }).run();
    expect(new Set(tunnels)).toEqual(new Set([new URL(server.url).host]));
  } finally {
    proxy.close();
  }
});
