import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { artifactsFolder, readBundleLock } from "../../cli/bundles/lock";
import { RECIPES } from "../../cli/bundles/recipe";
import { findPython } from "../../cli/python/environment";
import { copyRepository, repository, runCli, runProgram, temporaryFolder } from "../support/checkout";
import { bundleFileName } from "../../stacks/bundle-file";

const FETCHING_MS = 600_000;
const { signal } = new AbortController();

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;

/** Machine of an ELF file for arm64: https://github.com/ARM-software/abi-aa/blob/main/aaelf64/aaelf64.rst */
const EM_AARCH64 = 183;

/** What the bundles of a checkout are, built there by its command line, which compares them with the lock. */
async function build(checkout: string, timeZone: string): Promise<string> {
  const { exitCode, stderr } = await runCli(checkout, ["bundle"], { ...process.env, TZ: timeZone });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return artifactsFolder(checkout);
}

let folders: readonly string[];

beforeAll(async () => {
  const one = copyRepository();
  const other = join(temporaryFolder(), "a folder of somebody's");
  cpSync(one, other, { recursive: true });
  folders = await Promise.all([build(one, "America/Los_Angeles"), build(other, "Pacific/Auckland")]);
  // packages have to be fetched the first time
}, FETCHING_MS);

describe.each(RECIPES)("the bundle $name", (recipe) => {
  const variables = process.env;
  const locked = readBundleLock(repository)[recipe.name];
  const fileIn = (folder = "") => join(folder, bundleFileName(recipe.name, locked?.sha256 ?? ""));
  let file: string;
  let files: Readonly<Record<string, Uint8Array>>;

  beforeAll(() => {
    file = fileIn(folders[0]);
    files = unzipSync(readFileSync(file));
  });

  test("is what is locked, byte by byte, wherever it is built", () => {
    const [one, other] = folders.map((folder) => readFileSync(fileIn(folder)));

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

    const { stdout } = await runProgram(executable, ["-m", "zipfile", "-t", file], { cwd, env: variables });

    expect(stdout).toBe("Done testing\n");
  });

  test("stays below what Lambda unpacks", () => {
    const sum = Object.values(files).reduce((bytes, content) => bytes + content.length, 0);

    expect(sum).toBe(locked?.unpackedBytes);
    expect(sum).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  test("holds its handler and what that imports", () => {
    const names = Object.keys(files);
    expect(names).toEqual(
      expect.arrayContaining([
        `${recipe.packageName}/handler.py`,
        "boto3/__init__.py",
        "pyiceberg/catalog/glue.py",
        "s3fs/__init__.py",
      ]),
    );
    expect(Buffer.from(files[`${recipe.packageName}/handler.py`] ?? []).toString()).toMatch(/^def handle\(/m);
  });

  test("holds nothing that was compiled for another machine or another Python", () => {
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
