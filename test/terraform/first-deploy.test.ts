import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { preparePython } from "../../cli/python/environment";
import { isTable, quarantineTable, TABLE_ZONES } from "../../domains/schema";
import { loadConfiguration } from "../../stacks/configuration";
import { contentsOf } from "../emulator/account";
import { type Emulator, startEmulator } from "../emulator/emulator";
import unsupportedTypes from "../emulator/unsupported-types.json";
import { environments } from "../fixtures/environments";
import {
  commitAll,
  copyCheckout,
  fakeCommand,
  limitRetries,
  repository,
  runProgram,
  temporaryFolder,
} from "../support/checkout";
import { migratorPython } from "../emulator/migrator-python";
import { buildBundles } from "../support/bundles";
import { Guide } from "../support/guide";
import { describeTerraform } from "../support/terraform";

/** Half of it is the provider waiting for resources to settle. */
const TIMEOUT_MS = 1_500_000;

jest.setTimeout(TIMEOUT_MS);

const { dev } = environments;
const COMMANDS = new Guide("first-deploy.md").blocks("sh");

const STACKS = [
  "dev-foundation",
  "dev-lake",
  "dev-processing",
  "dev-domain-reference",
  "dev-domain-sales",
  "dev-domain-web",
];

describeTerraform("the guide to the first deployment, command by command, on the emulator", () => {
  const { signal } = new AbortController();
  let emulator: Emulator;
  /** What each group of commands has printed, as far as they ran. */
  let printed: readonly string[];
  let failure: string;
  /** What is in the account when everything is deployed. */
  let deployed: Awaited<ReturnType<typeof contentsOf>>;

  beforeAll(async () => {
    await buildBundles();
    emulator = await startEmulator({ ...dev, lambdaPython: await migratorPython(signal) });
    const env = await shell();
    const outputs = temporaryFolder();
    const run = async (groups: readonly string[], first: number) => {
      // one shell for all: what one group exports or where it goes, the next one finds
      const restore = join(outputs, "shell");
      const script = [
        ...(existsSync(restore) ? [`source ${restore}`] : []),
        ...groups.map((commands, index) => `{\n${commands}} > ${join(outputs, String(first + index))} 2>&1`),
        `{ export -p; echo "cd '$PWD'"; } > ${restore}`,
      ];
      return runProgram("bash", ["-euo", "pipefail", "-c", script.join("\n")], { cwd: temporaryFolder(), env });
    };
    const before = await run(COMMANDS.slice(0, -1), 0);
    deployed = await contentsOf(emulator);
    const last = before.exitCode === 0 ? await run(COMMANDS.slice(-1), COMMANDS.length - 1) : before;
    const files = COMMANDS.map((_commands, index) => join(outputs, String(index))).filter((file) => existsSync(file));
    printed = files.map((file) => readFileSync(file, "utf8"));
    failure = last.exitCode === 0 ? "" : `${last.stderr}\n${printed.at(-1) ?? ""}\n${emulator.log()}`;
  });

  afterAll(() => emulator.stop());

  test("ends well", () => {
    expect(failure).toBe("");
    expect(printed).toHaveLength(COMMANDS.length);
  });

  test("checks and previews what was filled in", () => {
    expect(printed[1]).toContain("dev: ");
    expect(printed[1]).toContain("0 failed");
  });

  test("bootstraps, and moves the state of that into the bucket it has made", () => {
    expect(printed[2]).toContain("The state was moved into its bucket.");
    expect(printed[2]).toContain("bootstrap-dev, its state in S3: nothing to do.");
  });

  test("plans what can be planned, and defers the rest", () => {
    expect(rows(printed[5])).toMatchObject([
      { stack: "dev-foundation", kind: "planned" },
      ...STACKS.slice(1).map((stack) => ({ stack, kind: "deferred" })),
    ]);
    expect(printed[5]).toMatch(/dev-lake: waits for\n( {2}dev-foundation: aws_\S+\n){3}/);
  });

  test("deploys every stack, and nothing is left to do", () => {
    expect(outcomes(printed[6])).toEqual(STACKS.map((stack) => `applied ${stack}`));
    expect(rows(printed[7])).toEqual(STACKS.map((stack) => ({ stack, kind: "planned", numbers: [0, 0, 0, 0, 0] })));
    // what the emulator could not carry would have to be left out of the stacks, and told here
    expect(unsupportedTypes).toEqual([]);
    const missing = Object.entries(deployed).filter(([, names]) => names.length === 0);
    // no dataset of ours asks for a throughput of its own; streams-root.test.ts has such a consumer
    expect(missing).toEqual([["consumers", []]]);
    // the migrator has run as it is deployed
    expect(deployed.tables).toEqual(tablesOf("dev"));
  });

  test("destroys it again, those who read others first, and leaves the bootstrap alone", async () => {
    expect(outcomes(printed[8])).toEqual(expect.arrayContaining(STACKS.map((stack) => `applied ${stack}`)));
    expect(outcomes(printed[8]).at(-1)).toBe("applied dev-foundation");
    expect(await contentsOf(emulator)).toEqual({
      buckets: ["basin-dev-state-111111111111"],
      alarms: [],
      consumers: [],
      databases: [],
      deliveryStreams: [],
      functions: [],
      keyValueTables: [],
      keys: [expect.any(String)],
      lfTags: [],
      locations: [],
      logGroups: [],
      mappings: [],
      permissions: [],
      queues: [],
      // consumers' roles are none of ours
      roles: [
        "analysts",
        ...["apply", "break-glass", "drift", "plan"].map((role) => `basin-dev-${role}`),
        "customer-care",
        "shop-frontend",
      ],
      streams: [],
      tables: [],
      topics: [],
      vpcs: [],
      workgroups: [],
    });
  });

  /** A shell with this repository at the address of the guide, the AWS CLI, and credentials of an administrator. */
  async function shell(): Promise<NodeJS.ProcessEnv> {
    const origin = copyCheckout();
    limitRetries(origin);
    commitAll(origin);
    const requirements = join(repository, "test", "support", "aws-cli", "requirements.txt");
    const python = await preparePython({ name: "aws-cli", requirements, signal });
    const shims = temporaryFolder();
    // packages and bundles are those of this checkout: tests talk to this machine alone
    const { PATH = "" } = process.env;
    const npm =
      PATH.split(delimiter)
        .map((folder) => join(folder, "npm"))
        .find((path) => existsSync(path)) ?? "npm";
    const modules = join(repository, "node_modules");
    const artifacts = join(repository, ".basin", "artifacts");
    const link = `mkdir -p .basin; ln -s '${modules}' node_modules; ln -s '${artifacts}' .basin/artifacts`;
    fakeCommand(shims, "npm", `if [ "$1" = ci ]; then ${link}; else exec '${npm}' "$@"; fi`);
    return {
      ...emulator.variables,
      HOME: temporaryFolder(),
      PATH: [shims, dirname(python), PATH].join(delimiter),
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${origin}.insteadOf`,
      GIT_CONFIG_VALUE_0: "https://github.com/your-organization/basin.git",
    };
  }
});

/** Names of the tables that an environment's datasets have in the catalog. */
function tablesOf(name: string): string[] {
  const { domains } = loadConfiguration();
  return domains
    .flatMap((domain) =>
      domain.datasets
        .filter(isTable)
        .flatMap((dataset) => [
          ...TABLE_ZONES.map((zone) => `basin_${name}_${domain.name}_${zone}.${dataset.name}`),
          ...(dataset.source.kind === "stream"
            ? [`basin_${name}_${domain.name}_raw.${quarantineTable(dataset.name)}`]
            : []),
        ]),
    )
    .sort();
}

/** Lines of a table of plans: counts come in the order create, update, replace, delete, forget. */
function rows(text = ""): { stack: string; kind: string; numbers: number[] }[] {
  return text.split("\n").flatMap((line) => {
    const [, stack = "", kind = "", ...numbers] = line.split("│").map((cell) => cell.trim());
    return stack.startsWith("dev-")
      ? [{ stack, kind, numbers: numbers.filter((cell) => cell !== "").map(Number) }]
      : [];
  });
}

/** What became of each stack, in order. */
function outcomes(text = ""): string[] {
  return text
    .split("\n")
    .flatMap((line) => /^(applied|unchanged|\w+ed) +(dev-\S+)$/.exec(line)?.slice(1, 3).join(" ") ?? []);
}
