import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { bundle } from "../../cli/commands/bundle";
import { ensureBundles, compareBundleLock } from "../../cli/bundles/ensure";
import { artifactsFolder, readBundleLock, writeBundleLock } from "../../cli/bundles/lock";
import { bundlesOf, placeBundles } from "../../cli/bundles/place";
import { provideBundles, uploadsSomething } from "../../cli/bundles/provide";
import type { PlanJson } from "../../cli/terraform/plan";
import type { PythonRecipe } from "../../cli/bundles/python-bundle";
import { inputsOf, recipesOf } from "../../cli/bundles/recipe";
import { writeZip } from "../../cli/bundles/zip";
import type { CommandContext } from "../../cli/command-context";
import { applyBundle } from "../../cli/deployment/apply-bundle";
import { planBundle } from "../../cli/deployment/plan-bundle";
import type { Session } from "../../cli/deployment/session";
import { type DeployedStack, digestOf } from "../../cli/deployment/synthesis";
import { CommandError } from "../../cli/exit-codes";
import { silentDisplay } from "../../cli/progress";
import type { PackagesForElsewhere } from "../../cli/python/environment";
import { environments } from "../fixtures/environments";
import { repository, temporaryFolder } from "../support/checkout";
import { bundleFileName } from "../../stacks/bundle-file";

const NAME = "table-migrator";
const MIGRATOR = recipesOf(repository).find(({ name }) => name === NAME) as PythonRecipe;
const { signal } = new AbortController();

/** What the stand-in for an installer unpacks. */
let packages: Readonly<Record<string, string>> = {};
const fetched: string[] = [];

jest.mock("../../cli/python/environment", () => ({
  unpackPackages: ({ folder }: PackagesForElsewhere) => {
    fetched.push(folder);
    write(folder, packages);
    return Promise.resolve();
  },
}));

beforeEach(() => {
  fetched.length = 0;
  packages = { "numbers/__init__.py": "one = 1\n", "numbers-1.0.dist-info/METADATA": "Name: numbers\n" };
});

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A repository that holds no more than what the bundle is built from. */
function smallRepository(): string {
  const root = temporaryFolder();
  write(root, {
    "pipelines/tables/basin_tables/__init__.py": "",
    "pipelines/tables/basin_tables/handler.py": "def handle(event, context): pass\n",
    "pipelines/tables/requirements.txt": "numbers==1.0 --hash=sha256:00\n",
    "cli/python/requirements-uv.txt": "uv==1.0 --hash=sha256:00\n",
  });
  return root;
}

interface Run extends CommandContext {
  readonly printed: string[];
  readonly errors: string[];
}

function contextOf(root: string): Run {
  const [printed, errors]: [string[], string[]] = [[], []];
  const note = (texts: string[]) => (text: string) => {
    texts.push(text);
  };
  const display = silentDisplay;
  return { root, variables: {}, signal, display, printed, errors, print: note(printed), printError: note(errors) };
}

/** A repository whose bundle is locked and built, and the path of its zip. */
async function builtRepository(): Promise<{ root: string; context: Run; file: string }> {
  const root = smallRepository();
  const context = contextOf(root);
  await bundle([], { lock: true }, context);
  return { root, context, file: artifactOf(root) };
}

function artifactOf(root: string): string {
  return join(artifactsFolder(root), bundleFileName(NAME, readBundleLock(root)[NAME]?.sha256 ?? ""));
}

const edit = (root: string, name: string, text: string) => {
  writeFileSync(join(root, "pipelines", "tables", name), text);
};

test("the bundles of this repository are locked for what they are built from now", () => {
  expect(compareBundleLock(repository, readBundleLock(repository))).toEqual([]);
  expect(Object.keys(readBundleLock(repository))).toEqual(recipesOf(repository).map(({ name }) => name));
});

describe("the inputs of a bundle", () => {
  const inputs = (root: string) => inputsOf(root, MIGRATOR);
  const before = inputs(smallRepository());

  test("are the same wherever they are checked out, whatever was compiled there", () => {
    const root = smallRepository();
    write(root, {
      "pipelines/tables/basin_tables/__pycache__/handler.cpython-313.pyc": "compiled",
      "pipelines/tables/notes.md": "",
    });

    expect(inputs(root)).toBe(before);
  });

  test.each([
    ["a source that has changed", "basin_tables/handler.py", "def handle(event, context): return 1\n"],
    ["a new source", "basin_tables/deep/er.py", ""],
    ["other packages", "requirements.txt", "numbers==1.1 --hash=sha256:00\n"],
  ])("are others with %s", (_what, name, text) => {
    const root = smallRepository();
    write(join(root, "pipelines", "tables"), { [name]: text });

    expect(inputs(root)).not.toBe(before);
  });

  test("are others with the content of two files exchanged, another uv, runtime or machine", () => {
    const root = smallRepository();
    edit(root, "basin_tables/__init__.py", "def handle(event, context): pass\n");
    edit(root, "basin_tables/handler.py", "");
    expect(inputs(root)).not.toBe(before);

    const other = smallRepository();
    write(other, { "cli/python/requirements-uv.txt": "uv==1.1 --hash=sha256:00\n" });
    expect(inputs(other)).not.toBe(before);

    const changed = [{ runtime: "python3.14" }, { architecture: "x86_64" }, { platform: "x86_64-manylinux_2_28" }];
    const all = changed.map((change) => inputsOf(smallRepository(), { ...MIGRATOR, ...change }));
    expect(new Set([before, ...all]).size).toBe(changed.length + 1);
  });
});

describe("a zip", () => {
  const FILES = {
    "b.py": "b = 2\n",
    "B.py": "upper = True\n",
    "10": "a name that is a number\n",
    "9": "",
    "a folder/ü + 日本.txt": "names of all kinds\n",
    "a-folder/x.json": "{}".repeat(100_000),
    "a.py": "",
  };

  /** Zips the files, made in an order, at a time and with modes of their own. */
  async function zip(names: readonly string[], mode: number) {
    const folder = join(temporaryFolder(), "of one machine");
    write(folder, Object.fromEntries(names.map((name) => [name, FILES[name as keyof typeof FILES]])));
    const entries = names.map((name) => ({ name, file: join(folder, name) }));
    entries.forEach((entry, index) => {
      chmodSync(entry.file, mode);
      utimesSync(entry.file, 1e9 + index, 1e9 + index);
    });
    const file = join(temporaryFolder(), "x.zip");
    return { ...(await writeZip(file, entries, signal)), content: readFileSync(file) };
  }

  const names = Object.keys(FILES);

  test("is the same of the same files, whatever their order, times and modes", async () => {
    const [one, other] = [await zip(names, 0o600), await zip([...names].reverse(), 0o755)];

    expect(other.content.equals(one.content)).toBe(true);
    expect(other).toEqual(one);
    expect(one).toMatchObject({
      bytes: one.content.length,
      unpackedBytes: Object.values(FILES).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    });
  });

  test("is another one of other files", async () => {
    const one = await zip(names, 0o600);

    expect((await zip(names.slice(1), 0o600)).sha256).not.toBe(one.sha256);
  });

  test("holds the files, for everybody to read, in order and of one time", async () => {
    const { content } = await zip(names, 0o600);

    const files = Object.entries(unzipSync(content)).map(([name, data]) => [name, Buffer.from(data).toString()]);
    expect(Object.fromEntries(files)).toEqual(FILES);
    const listed = centralDirectory(content);
    expect(listed.map(({ name }) => name)).toEqual([
      "10",
      "9",
      "B.py",
      "a folder/ü + 日本.txt",
      "a-folder/x.json",
      "a.py",
      "b.py",
    ]);
    // made on Unix; 1980-01-01 as MS-DOS writes it
    listed.forEach((header) => {
      expect(header).toMatchObject({ system: 3, mode: 0o100644, time: 0, date: 33 });
    });
  });

  test("ends when the person interrupts", async () => {
    const file = join(temporaryFolder(), "x.zip");

    await expect(writeZip(file, [{ name: "x", file }], AbortSignal.abort())).rejects.toThrow("Interrupted");
  });
});

/** What a zip says of its files, read as its format defines it. */
function centralDirectory(zip: Buffer) {
  const end = zip.length - 22;
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const start = at;
    const length = zip.readUInt16LE(start + 28);
    at += 46 + length + zip.readUInt16LE(start + 30) + zip.readUInt16LE(start + 32);
    return {
      name: zip.subarray(start + 46, start + 46 + length).toString(),
      system: zip[start + 5],
      mode: zip.readUInt32LE(start + 38) >>> 16,
      time: zip.readUInt16LE(start + 12),
      date: zip.readUInt16LE(start + 14),
    };
  });
}

describe("npm run bundle", () => {
  test("builds what is locked, once, and says where it is", async () => {
    const { root, file } = await builtRepository();
    rmSync(artifactsFolder(root), { recursive: true });
    const context = contextOf(root);

    await bundle([], { lock: false }, context);
    await bundle([], { lock: false }, context);

    expect(fetched).toHaveLength(2);
    expect(context.printed).toEqual(Array<string>(2).fill(`${file} (0.0 MB, 0.0 MB unpacked)`));
    expect(readdirSync(artifactsFolder(root))).toEqual([
      bundleFileName(NAME, readBundleLock(root)[NAME]?.sha256 ?? ""),
    ]);
  });

  test("--lock writes what has become of the bundles, and tells which have changed", async () => {
    const { root, context } = await builtRepository();
    const before = readBundleLock(root);
    await bundle([], { lock: true }, context);
    expect(readBundleLock(root)).toEqual(before);

    edit(root, "basin_tables/handler.py", "");
    await bundle([], { lock: true }, context);

    expect(readBundleLock(root)).not.toEqual(before);
    expect(context.errors).toEqual([
      "pipelines/bundles.json was written; table-migrator has changed.",
      "pipelines/bundles.json was written; no bundle has changed.",
      "pipelines/bundles.json was written; table-migrator has changed.",
    ]);
  });

  test("leaves out what differs between machines, and keeps what is read at run time", async () => {
    const kept = {
      "numbers/__init__.py": "one = 1\n",
      "numbers/bin/data": "",
      "numbers/RECORD": "",
      "numbers-1.0.dist-info/METADATA": "Name: numbers\n",
      "numbers-1.0.dist-info/entry_points.txt": "[plugins]\n",
    };
    packages = {
      ...kept,
      ".lock": "",
      "bin/numbers": "#!/home/somebody/python\n",
      "numbers/__pycache__/__init__.cpython-311.pyc": "compiled",
      "numbers/old.pyc": "compiled",
      ...Object.fromEntries(
        ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"].map((name) => [
          `numbers-1.0.dist-info/${name}`,
          "",
        ]),
      ),
    };
    const { file } = await builtRepository();

    const own = ["basin_tables/__init__.py", "basin_tables/handler.py"];
    expect(Object.keys(unzipSync(readFileSync(file))).sort()).toEqual([...own, ...Object.keys(kept)].sort());
  });

  test("builds a damaged zip anew", async () => {
    const { root, file } = await builtRepository();
    const before = readFileSync(file);
    writeFileSync(file, before.subarray(1));

    await ensureBundles(contextOf(root));

    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("refuses a bundle that is not locked, or locked for other inputs, before it builds anything", async () => {
    const { root } = await builtRepository();
    const locked = readBundleLock(root)[NAME]?.inputs ?? "";
    edit(root, "basin_tables/handler.py", "");
    fetched.length = 0;

    await expect(ensureBundles(contextOf(root))).rejects.toMatchObject({
      exitCode: 2,
      message:
        `table-migrator is locked for other inputs than there are now (SHA-256 ${inputsOf(root, MIGRATOR)}, and ` +
        `${locked} in pipelines/bundles.json): pipelines/tables/basin_tables, pipelines/tables/requirements.txt, uv, fflate, or ` +
        'how it is built for python3.13 on arm64 has changed. "npm run bundle -- --lock" builds it anew, and writes what it has become.',
    });
    await expect(ensureBundles(contextOf(smallRepository()))).rejects.toMatchObject({
      exitCode: 2,
      message:
        'pipelines/bundles.json does not lock table-migrator: "npm run bundle -- --lock" builds it, and writes what it has become.',
    });
    expect(fetched).toEqual([]);
  });

  test("refuses a bundle that became another one of the same inputs, and keeps it for comparison", async () => {
    const { root, file } = await builtRepository();
    const locked = readBundleLock(root)[NAME];
    rmSync(file);
    packages = { ...packages, "numbers/__init__.py": "one = 2\n" };

    const refusal = await ensureBundles(contextOf(root)).then(
      () => "",
      (error: unknown) => (error as Error).message,
    );

    const kept = join(artifactsFolder(root), "table-migrator.refused.zip");
    expect(refusal).toMatch(
      /^table-migrator became another bundle than .+ locks, of the same inputs:\n {2}built: {2}SHA-256 /,
    );
    expect(refusal).toContain(
      `  locked: SHA-256 ${String(locked?.sha256)}, ${String(locked?.bytes)} bytes, ${String(locked?.unpackedBytes)} unpacked\n`,
    );
    expect(refusal).toContain(
      `is kept in ${kept}; nothing uploads it. If it is right, "npm run bundle -- --lock" locks it.`,
    );
    expect(readdirSync(artifactsFolder(root))).toEqual(["table-migrator.refused.zip"]);
  });

  test("says what to do where the lock cannot be read", () => {
    const root = smallRepository();
    write(root, { "pipelines/bundles.json": "<<<<<<< HEAD" });
    expect(() => readBundleLock(root)).toThrow('Take it from the last commit, then run "npm run bundle -- --lock".');

    writeBundleLock(root, { [NAME]: { sha256: "short", bytes: 1, unpackedBytes: 1, inputs: "" } });
    expect(() => readBundleLock(root)).toThrow("Take it from the last commit");
  });
});

/** A stack with an object for each source. */
function stackOf(root: string, ...sources: readonly string[]): DeployedStack {
  const objects = Object.fromEntries(
    sources.map((source, index) => [`object_${index}`, { bucket: "code", key: "k", source }]),
  );
  const directory = join(root, "stacks", "dev-processing");
  mkdirSync(directory, { recursive: true });
  const json = { resource: { aws_s3_object: objects } };
  return { name: "dev-processing", directory, json, dependencies: [], reads: [], digest: digestOf(json, directory) };
}

describe("what a stack uploads", () => {
  test("is built, and put where Terraform runs", async () => {
    const { root, file } = await builtRepository();
    const content = readFileSync(file);
    rmSync(file);
    const name = basename(file);
    const stack = stackOf(root, `bundles/${name}`, `bundles/${name}`, "assets/other.txt");
    write(stack.directory, { "bundles/table-migrator-of-before.zip": "" });

    await provideBundles([stack], contextOf(root));

    expect(readdirSync(join(stack.directory, "bundles"))).toEqual([name]);
    expect(readFileSync(join(stack.directory, "bundles", name)).equals(content)).toBe(true);
  });

  test("may be nothing: then nothing is built, nor asked of the lock", async () => {
    const root = smallRepository();
    const stack = stackOf(root, "assets/other.txt");

    await provideBundles([stack, { ...stack, json: {} }], contextOf(root));

    expect(fetched).toEqual([]);
    expect(existsSync(join(stack.directory, "bundles"))).toBe(false);
  });

  test("has to be locked", () => {
    const root = smallRepository();
    const message = "dev-processing uploads bundles/unknown.zip, which pipelines/bundles.json does not lock.";

    expect(() => bundlesOf([stackOf(root, "bundles/unknown.zip")], root)).toThrow(message);
  });

  test("is told where it is not built, not locked or damaged: a synth goes on without it", async () => {
    const { root, file } = await builtRepository();
    const name = basename(file);
    const stack = stackOf(root, `bundles/${name}`, "bundles/unknown.zip");
    expect(placeBundles([stack], root)).toEqual(["unknown.zip"]);

    writeFileSync(file, "damaged");
    expect(placeBundles([stack], root)).toEqual([name, "unknown.zip"]);
    rmSync(file);
    expect(placeBundles([stack], root)).toEqual([name, "unknown.zip"]);
    expect(existsSync(join(stack.directory, "bundles"))).toBe(false);
  });
});

describe("what plan and deploy upload", () => {
  const options = { json: true, lockTimeoutSeconds: 0 };

  /** An environment of a stack that uploads a bundle; Terraform is not reached, but what it would find is noted. */
  function sessionOf(root: string, file: string) {
    const stack = stackOf(root, `bundles/${file}`);
    const found: string[][] = [];
    const prepare = () => {
      const folder = join(stack.directory, "bundles");
      found.push(existsSync(folder) ? readdirSync(folder) : []);
      return Promise.reject(new CommandError("it got through", 1));
    };
    const states = { read: () => Promise.resolve(undefined) };
    const session = {
      ...{ environment: environments.dev, commit: "c0ffee", terraform: { version: "1.11.4" }, prepare, states, found },
      ...{ stacks: [stack], vanished: [], known: new Map() },
    };
    return session as unknown as Session & typeof session;
  }

  test.each(["deploy", "destroy"] as const)("is no matter to a plan of what to %s", async (purpose) => {
    const { root, file, context } = await builtRepository();
    rmSync(file);
    fetched.length = 0;
    const session = sessionOf(root, basename(file));
    const props = { ...options, stacks: session.stacks, bundle: join(root, "plans"), purpose };

    await expect(planBundle(session, props, context)).rejects.toThrow("it got through");
    expect(session.found).toEqual([[]]);
    expect(fetched).toEqual([]);
  });

  const planOf = (type: string, ...actions: string[]) =>
    ({ resource_changes: [{ address: `${type}.a`, type, change: { actions } }] }) as unknown as PlanJson;

  test.each<[string, PlanJson | undefined, boolean]>([
    ["that makes a file", planOf("aws_s3_object", "create"), true],
    ["that changes a file", planOf("aws_s3_object", "update"), true],
    ["that replaces a file", planOf("aws_s3_object", "delete", "create"), true],
    ["that was deferred", undefined, true],
    ["that deletes a file", planOf("aws_s3_object", "delete"), false],
    ["that leaves files alone", planOf("aws_s3_object", "no-op"), false],
    ["that makes something else", planOf("aws_s3_bucket", "create"), false],
  ])("may be something of a plan %s: %p", (_what, plan, expected) => {
    expect(uploadsSomething(plan)).toBe(expected);
  });

  test("is there before Terraform applies", async () => {
    const { root, file, context } = await builtRepository();
    const session = sessionOf(root, basename(file));
    const folder = join(root, "plans");
    const { name, accountId } = environments.dev;
    const [stack] = session.stacks;
    const entry = { kind: "deferred", name: stack?.name, digest: stack?.digest, waitsFor: [] };
    const manifest = {
      ...{ version: 1, purpose: "deploy", environment: name, accountId, commit: "c0ffee", terraformVersion: "1.11.4" },
      stacks: [{ ...entry, expected: { creates: [], deletes: [], updates: [] } }],
    };
    write(folder, { "manifest.json": JSON.stringify(manifest) });
    rmSync(file);

    const approvals = { names: [], maxLosses: 0 };
    const applied = applyBundle(session, { ...options, purpose: "deploy", bundle: folder, approvals }, context);

    await expect(applied).rejects.toThrow("Not applied: dev-processing.");
    expect(session.found).toEqual([[basename(file)]]);
  });
});
