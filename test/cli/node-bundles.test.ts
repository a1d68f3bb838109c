import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { compareBundleLock, ensureBundles } from "../../cli/bundles/ensure";
import { artifactsFolder, readBundleLock } from "../../cli/bundles/lock";
import { bundleText, type NodeRecipe } from "../../cli/bundles/node-bundle";
import { inputsOf, recipesOf } from "../../cli/bundles/recipe";
import { bundle } from "../../cli/commands/bundle";
import { silentDisplay } from "../../cli/progress";
import { bundleFileName } from "../../stacks/bundle-file";
import { temporaryFolder } from "../support/checkout";

// a machine without Python
jest.mock("../../cli/python/environment", () => ({
  unpackPackages: () => Promise.reject(new Error("there is no Python")),
}));

const NAME = "consumer-purchases";
const ENTRY = "pipelines/functions/consumers/purchases.ts";

const SOURCES = {
  [ENTRY]: `import type { Context } from "aws-lambda";
import { type Kind } from "../../../domains/kinds";
import { type Event } from "events-of-aws";
import { count } from "counting";
import { join } from "node:path";
import { shared } from "../shared";

export const handler = (event: Event & { kind: Kind }, _context?: Context) => Promise.resolve([event.kind, shared, count(2), join("a", "b"), process.env.TZ]);
`,
  "pipelines/functions/shared.ts": `export const shared: string = "shared";\n`,
  "pipelines/functions/consumers/notes.md": "no function\n",
  "domains/kinds.ts": `export type Kind = "a" | "b";\n`,
  "pipelines/tables/requirements.txt": "numbers==1.0 --hash=sha256:00\n",
  "pipelines/tables/basin_tables/handler.py": "def handle(event, context): pass\n",
  "cli/python/requirements-uv.txt": "uv==1.0 --hash=sha256:00\n",
};

const PACKAGES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "node_modules/counting": {
    version: "1.0.0",
    dependencies: { adding: "1" },
    optionalDependencies: { absent: "1" },
    peerDependencies: { peer: "1" },
  },
  "node_modules/counting/node_modules/adding": { version: "1.5.0" },
  "node_modules/adding": { version: "2.0.0", peerDependencies: { counting: "1" } },
  "node_modules/unrelated": { version: "3.0.0" },
};

const MODULES = {
  "node_modules/counting/index.js": 'const { add } = require("adding");\nexports.count = (n) => add(n, 1);\n',
  "node_modules/counting/node_modules/adding/index.js": "exports.add = (one, other) => one + other;\n",
  "node_modules/adding/index.js": "exports.add = () => 'another version';\n",
};

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** What npm locks, and what it installs of that. */
function install(root: string, packages = PACKAGES): void {
  write(root, MODULES);
  for (const [path, { version }] of Object.entries(packages)) {
    write(root, { [`${path}/package.json`]: JSON.stringify({ name: basename(path), version }) });
  }
  lockPackages(root, packages);
}

function lockPackages(root: string, packages: object): void {
  write(root, { "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } }) });
}

function smallRepository(root = temporaryFolder()): string {
  write(root, SOURCES);
  install(root);
  return root;
}

const recipeOf = (root: string) => recipesOf(root).find(({ name }) => name === NAME) as NodeRecipe;
const inputs = (root: string) => inputsOf(root, recipeOf(root));

function contextOf(root: string) {
  const [printed, errors]: [string[], string[]] = [[], []];
  return {
    ...{ root, variables: {}, signal: new AbortController().signal, display: silentDisplay, printed, errors },
    print: (text: string) => void printed.push(text),
    printError: (text: string) => void errors.push(text),
  };
}

async function lockedRepository(): Promise<string> {
  const root = smallRepository();
  await bundle([NAME], { lock: true }, contextOf(root));
  return root;
}

const zipOf = (root: string) =>
  join(artifactsFolder(root), bundleFileName(NAME, readBundleLock(root)[NAME]?.sha256 ?? ""));

describe("the bundles of a repository", () => {
  test("are those of its functions, those that need Python last, and of consumers one for each file", () => {
    const root = smallRepository();
    write(root, {
      "pipelines/functions/transform/index.ts": "",
      "pipelines/functions/transform/other.ts": "",
      "pipelines/functions/consumers/zero.ts": "",
      "pipelines/functions/consumers/alerts.ts": "",
    });

    expect(recipesOf(root).map(({ name }) => name)).toEqual([
      "consumer-alerts",
      NAME,
      "consumer-zero",
      "stream-transform",
      "table-migrator",
    ]);
  });
});

describe("the inputs of a bundle of Node", () => {
  const before = inputs(smallRepository());

  test("are the same wherever they are checked out, whatever nothing of it imports", () => {
    const root = smallRepository(join(temporaryFolder(), "a folder of somebody's"));
    write(root, {
      "tsconfig.json": '{ "compilerOptions": { "target": "es5", "strict": false } }',
      "domains/kinds.ts": 'export type Kind = "another";\n',
      "pipelines/functions/consumers/alerts.ts": "export const handler = 1;\n",
      "pipelines/functions/unused.ts": "",
    });
    lockPackages(root, { ...PACKAGES, "node_modules/unrelated": { version: "3.0.1" } });
    rmSync(join(root, "node_modules"), { recursive: true });

    expect(inputs(root)).toBe(before);
  });

  test.each([
    ["another handler", ENTRY, `export { shared as handler } from "../shared";\n`],
    ["another source that it imports", "pipelines/functions/shared.ts", 'export const shared = "other";\n'],
  ])("are others with %s", (_what, file, text) => {
    const root = smallRepository();
    write(root, { [file]: text });

    expect(inputs(root)).not.toBe(before);
  });

  test.each([
    ["another version of a package", "node_modules/counting", { version: "1.0.1" }],
    ["other bytes of a version of a package", "node_modules/counting", { integrity: "sha512-other" }],
    ["another version of what a package has for itself", "node_modules/counting/node_modules/adding", { version: "1" }],
    ["what a package may have", "node_modules/absent", { version: "1.0.0" }],
    ["what a package asks its user to have", "node_modules/peer", { version: "1.0.0" }],
  ])("are others with %s", (_what, path, change) => {
    const root = smallRepository();
    lockPackages(root, { ...PACKAGES, [path]: { ...PACKAGES[path], ...change } });

    expect(inputs(root)).not.toBe(before);
  });

  test("are told to be no longer those of the lock", async () => {
    const root = await lockedRepository();
    const locked = readBundleLock(root)[NAME]?.inputs ?? "";
    write(root, { "pipelines/functions/shared.ts": 'export const shared = "other";\n' });

    const message =
      `consumer-purchases is locked for other inputs than there are now (SHA-256 ${inputs(root)}, and ${locked} in ` +
      `pipelines/bundles.json): ${ENTRY}, what it imports of ours or of package-lock.json, esbuild, fflate, or how it is built ` +
      'has changed. "npm run bundle -- --lock" builds it anew, and writes what it has become.';
    expect(compareBundleLock(root, readBundleLock(root), [NAME])).toEqual([message]);
    await expect(ensureBundles(contextOf(root), [NAME])).rejects.toMatchObject({ exitCode: 2, message });
  });

  test("are told to be gone", async () => {
    const root = await lockedRepository();
    const context = contextOf(root);
    rmSync(join(root, ENTRY));
    const message =
      'pipelines/bundles.json locks consumer-purchases, which is built of nothing any more: "npm run bundle -- --lock" removes it.';

    expect(compareBundleLock(root, readBundleLock(root))).toContain(message);
    await expect(ensureBundles(context, [NAME])).rejects.toMatchObject({ exitCode: 2, message });
    await expect(bundle([NAME], { lock: true }, context)).rejects.toMatchObject({
      exitCode: 2,
      message: "There is no bundle consumer-purchases. There are: table-migrator.",
    });
  });
});

describe("a bundle of Node", () => {
  test("is one file that runs without packages, each of them in the version that its user has", async () => {
    const root = await lockedRepository();

    const files = unzipSync(readFileSync(zipOf(root)));

    expect(Object.keys(files)).toEqual(["index.js"]);
    const folder = temporaryFolder();
    write(folder, { "index.js": Buffer.from(files["index.js"] ?? []).toString() });
    const call = 'require("./index.js").handler({ kind: "b" }).then((result) => console.log(JSON.stringify(result)))';
    const stdout = execFileSync(process.execPath, ["-e", call], { cwd: folder, env: { TZ: "UTC" }, encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual(["b", "shared", 3, join("a", "b"), "UTC"]);
  });

  test("is the same where the packages are linked, and where they are not", () => {
    const root = smallRepository();
    const linked = smallRepository(join(temporaryFolder(), "a folder of somebody's"));
    const elsewhere = join(temporaryFolder(), "elsewhere");
    cpSync(join(linked, "node_modules"), elsewhere, { recursive: true });
    rmSync(join(linked, "node_modules"), { recursive: true });
    symlinkSync(elsewhere, join(linked, "node_modules"));

    const text = bundleText(linked, recipeOf(linked));

    expect(text).toBe(bundleText(root, recipeOf(root)));
    expect(text).toContain("// node_modules/counting/index.js");
    expect(text).not.toContain("elsewhere");
  });

  test("is the same whatever our own checks ask of TypeScript", () => {
    const root = smallRepository();
    write(root, { "pipelines/functions/shared.ts": "export class shared {\n  static one: number;\n}\n" });
    const before = bundleText(root, recipeOf(root));
    write(root, { "tsconfig.json": '{ "compilerOptions": { "useDefineForClassFields": false } }' });

    expect(bundleText(root, recipeOf(root))).toBe(before);
  });

  test("keeps what it throws readable: names as they are written, and no lines of it joined", () => {
    const root = smallRepository();
    write(root, {
      "pipelines/functions/shared.ts": `export function shared(): never {\n  throw new RangeError("no good");\n}\n`,
      [ENTRY]: `import { shared } from "../shared";\nexport const handler = () => shared();\n`,
    });

    expect(bundleText(root, recipeOf(root))).toContain(
      '// pipelines/functions/shared.ts\nfunction shared() {\n  throw new RangeError("no good");\n}\n',
    );
  });

  test("is built and locked where there is no Python, alone by its name", async () => {
    const root = smallRepository();
    const context = contextOf(root);

    await expect(bundle([], { lock: true }, context)).rejects.toThrow("there is no Python");
    expect(readBundleLock(root)).toEqual({});
    await bundle([NAME], { lock: true }, context);

    expect(Object.keys(readBundleLock(root))).toEqual([NAME]);
    expect(context.printed).toEqual([`${zipOf(root)} (0.0 MB, 0.0 MB unpacked)`]);
    expect(context.errors).toEqual(["pipelines/bundles.json was written; consumer-purchases has changed."]);
  });

  test("leaves the others locked as they are, and takes out what is gone", async () => {
    const root = await lockedRepository();
    const lock = readBundleLock(root);
    const other = { ...lock[NAME], sha256: "0".repeat(64) };
    write(root, { "pipelines/bundles.json": JSON.stringify({ ...lock, gone: other, "table-migrator": other }) });
    const context = contextOf(root);

    await bundle([NAME], { lock: true }, context);

    expect(readBundleLock(root)).toEqual({ ...lock, "table-migrator": other });
    expect(context.errors).toEqual(["pipelines/bundles.json was written; gone has changed."]);
  });

  test("is refused where a package has been changed by hand", async () => {
    const root = await lockedRepository();
    rmSync(zipOf(root));
    write(root, { "node_modules/counting/index.js": "exports.count = () => 0;\n" });

    const refused = ensureBundles(contextOf(root), [NAME]);

    await expect(refused).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(
        'Most likely a package in node_modules is not as it was published ("npm ci"). What was built is kept in ' +
          `${join(artifactsFolder(root), "consumer-purchases.refused.zip")}; nothing uploads it. ` +
          'If it is right, "npm run bundle -- --lock" locks it.',
      ) as string,
    });
    expect(readdirSync(artifactsFolder(root))).toEqual(["consumer-purchases.refused.zip"]);
  });
});

describe("a bundle of Node is not built", () => {
  const refusal = (root: string) => {
    try {
      return bundleText(root, recipeOf(root));
    } catch (error) {
      return (error as Error).message;
    }
  };

  test("of other packages than are locked", () => {
    const root = smallRepository();
    lockPackages(root, { ...PACKAGES, "node_modules/counting/node_modules/adding": { version: "1.6.0" } });

    expect(refusal(root)).toBe(
      'node_modules/counting/node_modules/adding is 1.5.0, and package-lock.json locks 1.6.0: "npm ci".',
    );
  });

  test("of packages that a folder above has", () => {
    const above = temporaryFolder();
    const root = smallRepository(join(above, "checkout"));
    renameSync(join(root, "node_modules"), join(above, "node_modules"));

    expect(refusal(root)).toBe(
      [
        '../node_modules/counting is outside of the repository, whose own packages are not installed: "npm ci".',
        '../node_modules/counting/node_modules/adding is outside of the repository, whose own packages are not installed: "npm ci".',
      ].join("\n"),
    );
  });

  test("of a package that none of the others says it needs", () => {
    const root = smallRepository();
    write(root, { "node_modules/counting/index.js": 'exports.count = require("unrelated").count;\n' });
    write(root, { "node_modules/unrelated/index.js": "exports.count = () => 0;\n" });

    expect(refusal(root)).toBe(
      "consumer-purchases holds node_modules/unrelated, which package-lock.json does not name as needed by what it imports.",
    );
  });

  test("of a package that is not locked", () => {
    const root = smallRepository();
    lockPackages(root, {});

    expect(refusal(root)).toBe(
      'consumer-purchases imports counting, which package-lock.json does not lock: "npm install --save-exact counting".',
    );
  });

  test("where it would look for a package when it runs", () => {
    const root = smallRepository();
    write(root, { "node_modules/counting/index.js": 'try { exports.count = require("absent"); } catch {}\n' });

    expect(refusal(root)).toBe("consumer-purchases would import absent when it runs, and nothing there has it.");
  });

  test("of a source that is not there, or is none", () => {
    const root = smallRepository();
    rmSync(join(root, "pipelines/functions/shared.ts"));
    expect(refusal(root)).toBe(`consumer-purchases cannot be bundled:\n${ENTRY}:6: Could not resolve "../shared"`);

    write(root, { [ENTRY]: "const = 1;\n" });
    expect(refusal(root)).toBe(`consumer-purchases cannot be bundled:\n${ENTRY}:1: Expected identifier but found "="`);
  });

  test("where nobody knows which packages are installed", () => {
    const root = smallRepository();
    write(root, { "package-lock.json": "<<<<<<< HEAD" });

    expect(refusal(root)).toContain(`${join(root, "package-lock.json")} cannot be read: `);
  });
});
