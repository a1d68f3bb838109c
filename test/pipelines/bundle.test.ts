import { createHash } from "node:crypto";
import { cpSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { artifactsFolder, readBundleLock } from "../../cli/bundles/lock";
import { type Recipe, recipesOf } from "../../cli/bundles/recipe";
import { findPython } from "../../cli/python/environment";
import { copyRepository, repository, runCli, runProgram, temporaryFolder } from "../support/checkout";
import { bundleFileName } from "../../stacks/bundle-file";

const FETCHING_MS = 600_000;
const { signal } = new AbortController();

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;

/** What a cold start has to read before it does anything: Node takes some 80 ms a megabyte. */
const MAX_SCRIPT_BYTES = 3 * 1024 * 1024;

/** Machine of an ELF file for arm64: https://github.com/ARM-software/abi-aa/blob/main/aaelf64/aaelf64.rst */
const EM_AARCH64 = 183;

/** What the bundles of a checkout are, built there by its command line, which compares them with the lock. */
async function build(checkout: string, variables: NodeJS.ProcessEnv): Promise<string> {
  const { exitCode, stderr } = await runCli(checkout, ["bundle"], { ...process.env, ...variables });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return artifactsFolder(checkout);
}

/** What functions of Node are told; nothing that says where packages are. */
const VARIABLES = {
  AWS_REGION: "eu-west-1",
  POWERTOOLS_SERVICE_NAME: "test",
  CONTRACT_BUCKET: "artifacts",
  CONTRACT_KEY: "contracts/web/clickstream.json",
  CONTRACT_VERSION: "version",
  SNAPSHOT_BUCKET: "artifacts",
  DATABASE: "basin_dev_web_raw",
  TABLE: "clickstream",
  QUARANTINE_TABLE: "clickstream_quarantine",
  IDEMPOTENCY_TABLE: "basin-dev-web-idempotency",
  CONSUMER: "basin-dev-web-clickstream-purchases",
};

let checkouts: readonly string[];
let folders: readonly string[];

beforeAll(async () => {
  const one = copyRepository();
  const other = join(temporaryFolder(), "a folder of somebody's");
  cpSync(one, other, { recursive: true });
  checkouts = [one, other];
  folders = await Promise.all([
    build(one, { TZ: "America/Los_Angeles", LC_ALL: "C" }),
    build(other, { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8", NODE_ENV: "production" }),
  ]);
  // packages have to be fetched the first time
}, FETCHING_MS);

const recipes = recipesOf(repository);
const lock = readBundleLock(repository);

const fileOf = ({ name }: Recipe, folder = "") => join(folder, bundleFileName(name, lock[name]?.sha256 ?? ""));

const unpacked = new Map<string, Readonly<Record<string, Uint8Array>>>();

function filesOf(recipe: Recipe): Readonly<Record<string, Uint8Array>> {
  const files = unpacked.get(recipe.name) ?? unzipSync(readFileSync(fileOf(recipe, folders[0])));
  unpacked.set(recipe.name, files);
  return files;
}

describe.each(recipes)("the bundle $name", (recipe) => {
  const variables = process.env;
  const locked = lock[recipe.name];

  test("is what is locked, byte by byte, wherever it is built", () => {
    const [one, other] = folders.map((folder) => readFileSync(fileOf(recipe, folder)));

    expect(other?.equals(one ?? Buffer.of())).toBe(true);
    expect(
      createHash("sha256")
        .update(one ?? "")
        .digest("hex"),
    ).toBe(locked?.sha256);
    expect(one?.length).toBe(locked?.bytes);
  });

  test("is a zip to others, too", async () => {
    const { executable } = await findPython({ variables, signal });
    const cwd = temporaryFolder();

    const file = fileOf(recipe, folders[0]);
    const { stdout } = await runProgram(executable, ["-m", "zipfile", "-t", file], { cwd, env: variables });

    expect(stdout).toBe("Done testing\n");
  });

  test("stays below what Lambda unpacks, and what is worth a cold start", () => {
    const sum = Object.values(filesOf(recipe)).reduce((bytes, content) => bytes + content.length, 0);

    expect(sum).toBe(locked?.unpackedBytes);
    expect(sum).toBeLessThan(recipe.kind === "node" ? MAX_SCRIPT_BYTES : MAX_UNPACKED_BYTES);
  });
});

describe.each(recipes.filter(({ kind }) => kind === "node"))("the bundle $name, of Node,", (recipe) => {
  test("is one file, which tells nothing of where it was built", () => {
    const files = filesOf(recipe);

    expect(Object.keys(files)).toEqual(["index.js"]);
    const text = Buffer.from(files["index.js"] ?? []).toString();
    const packages = realpathSync(join(repository, "node_modules"));
    [repository, packages, ...checkouts].forEach((folder) => {
      expect(text.includes(folder)).toBe(false);
    });
    expect(text).not.toMatch(/^\s*\/\/ (\/|\.\.\/)|sourceMappingURL=/m);
  });

  test("has its handler, and all that it needs, by itself", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "index.js"), filesOf(recipe)["index.js"] ?? "");
    const script = 'console.log(typeof require("./index.js").handler)';

    const { exitCode, stdout, stderr } = await runProgram(process.execPath, ["-e", script], { cwd, env: VARIABLES });

    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: "function\n" });
  });
});

describe.each(recipes.filter((recipe) => recipe.kind === "python"))("the bundle $name, of Python,", (recipe) => {
  test("holds its handler and what that imports", () => {
    const files = filesOf(recipe);
    const handler = `${recipe.packageName}/handler.py`;

    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([handler, "boto3/__init__.py", "pyiceberg/catalog/glue.py", "s3fs/__init__.py"]),
    );
    expect(Buffer.from(files[handler] ?? []).toString()).toMatch(/^def handle\(/m);
  });

  test("holds nothing that was compiled for another machine or another Python", () => {
    const files = filesOf(recipe);
    const compiled = Object.entries(files).filter(([name]) => /\.so(\.|$)/.test(name));
    expect(compiled.length).toBeGreaterThan(10);
    for (const [name, content] of compiled) {
      const { buffer, byteOffset } = content;
      const view = new DataView(buffer, byteOffset);
      expect({ name, magic: view.getUint32(0), machine: view.getUint16(18, true) }).toEqual({
        name,
        magic: 0x7f454c46,
        machine: EM_AARCH64,
      });
      expect(name).toMatch(/\.(cpython-313-aarch64-linux-gnu|abi3)\.so$/);
    }
    expect(Object.keys(files).filter((name) => /\.(pyd|dll|dylib|pyc)$/.test(name))).toEqual([]);
  });
});
