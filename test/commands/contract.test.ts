import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../../cli/command-context";
import { contract, type ContractOptions } from "../../cli/commands/contract";
import { copyCheckout, edit, git, repository, runCli, temporaryFolder } from "../support/checkout";
import { Guide } from "../support/guide";

// what runs in this process declares what every checkout does
jest.mock("../../domains", () => jest.requireActual<object>("../fixtures/domains"));
jest.mock("../../environments", () => jest.requireActual<object>("../fixtures/environments"));

const env = { PATH: process.env.PATH, HOME: temporaryFolder() };

/** Runs the command in this process, over the domains of the fixtures, with another checkout as repository. */
async function run(root: string, options: Partial<ContractOptions>, path = process.env.PATH) {
  let stdout = "";
  let stderr = "";
  const context: CommandContext = {
    root,
    variables: { ...env, PATH: path },
    signal: new AbortController().signal,
    display: () => Promise.reject(new Error("a contract needs no progress")),
    print: (text) => (stdout += `${text}\n`),
    printError: (text) => (stderr += `${text}\n`),
  };
  const exitCode = await contract({ json: false, schema: false, ...options }, context);
  return { exitCode, stdout, stderr };
}

describe("contract", () => {
  const names = (stdout: string) =>
    (JSON.parse(stdout) as { domain: string; name: string }[]).map(({ domain, name }) => `${domain}.${name}`);

  test("prints one dataset's as an object, a domain's and all as lists", async () => {
    const one = await run(repository, { dataset: "web.clickstream" });
    const domain = await run(repository, { dataset: "sales" });
    const all = await runCli(copyCheckout(), ["contract"], env);

    expect(JSON.parse(one.stdout)).toMatchObject({ domain: "web", name: "clickstream" });
    expect(names(domain.stdout)).toEqual(["sales.orders", "sales.customers", "sales.invoices"]);
    expect(names(all.stdout)).toEqual([
      "reference.countries",
      "reference.exchange_rates",
      ...names(domain.stdout),
      "web.clickstream",
    ]);
    expect([one, domain, all].map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      Array(3).fill({ exitCode: 0, stderr: "" }),
    );
  });

  test("writes them with their JSON Schema", async () => {
    const folder = join(temporaryFolder(), "contracts");
    const schema = await run(repository, { schema: true });

    expect(await run(repository, { dataset: "sales", out: folder })).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readdirSync(folder).sort()).toEqual([
      "contract.schema.json",
      "sales.customers.json",
      "sales.invoices.json",
      "sales.orders.json",
    ]);
    expect(JSON.parse(readFileSync(join(folder, "sales.orders.json"), "utf8"))).toMatchObject({ name: "orders" });
    expect(readFileSync(join(folder, "contract.schema.json"), "utf8")).toBe(schema.stdout);
  });

  test("of an unknown dataset names those there are", async () => {
    await expect(run(repository, { dataset: "web.clicks" })).rejects.toMatchObject({
      exitCode: 2,
      message:
        'There is no dataset "web.clicks". Declared are reference.countries, reference.exchange_rates, sales.orders, ' +
        "sales.customers, sales.invoices, web.clickstream.",
    });
  });
});

test("the dataset of docs/add-a-dataset.md is declared as it stands there, and nothing else is edited", async () => {
  const [dataset = ""] = new Guide("add-a-dataset.md").blocks("ts");
  const checkout = copyCheckout();
  edit(checkout, "domains/web.ts", "datasets: [", `datasets: [${dataset}`);
  const { exitCode, stdout, stderr } = await runCli(checkout, ["contract", "web"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject([{ name: "searches" }, { name: "clickstream" }]);
});

test.each<[string, Partial<ContractOptions>, string]>([
  ["--schema with a dataset", { schema: true, dataset: "web" }, "--schema goes alone."],
  ["--schema with --diff", { schema: true, diff: "main" }, "--schema goes alone."],
  ["--out with --diff", { out: ".", diff: "main" }, "--out writes contracts, --diff compares them: name one."],
  ["--json without --diff", { json: true }, "--json is of --diff: contracts are JSON anyway."],
])("%s is refused", async (_what, options, message) => {
  await expect(run(repository, options)).rejects.toMatchObject({ exitCode: 2, message });
});

describe("contract --diff", () => {
  let checkout: string;

  beforeAll(() => {
    checkout = copyCheckout();
    git(checkout, "init", "--quiet", "--initial-branch=main");
    writeFileSync(join(checkout, ".gitignore"), "node_modules\n.basin\n");
    git(checkout, "add", ".");
    git(checkout, "commit", "--quiet", "--message=contracts");
  });

  /** Commits what the domain web was before, under a tag, and then what it is. */
  function before(tag: string, is: string, was: string): void {
    edit(checkout, "domains/web.ts", is, was);
    git(checkout, "commit", "--quiet", "--all", `--message=${tag}`);
    git(checkout, "tag", tag);
    edit(checkout, "domains/web.ts", was, is);
    git(checkout, "commit", "--quiet", "--all", `--message=after ${tag}`);
  }

  test("finds nothing where nothing has changed", async () => {
    const { exitCode, stdout } = await run(checkout, { diff: "main" });

    expect(stdout).toMatch(
      /^No contract has changed since [0-9a-f]{12}, which main and the work here have in common\.\n$/,
    );
    expect(exitCode).toBe(0);
  });

  test.each([
    ["compatible", 0, 'comment: "Made by the browser"', 'comment: "Of the browser"'],
    ["tightening", 4, '{ consumer: "analysts", upTo: "confidential" }', '{ consumer: "analysts", upTo: "pii" }'],
    ["loosening", 5, '{ consumer: "analysts", upTo: "confidential" }', '{ consumer: "analysts", upTo: "internal" }'],
  ])("tells %s changes, by exit code %d as well", async (worst, exitCode, is, was) => {
    before(worst, is, was);
    const result = await run(checkout, { diff: worst, json: true });

    expect(result.exitCode).toBe(exitCode);
    expect(JSON.parse(result.stdout)).toMatchObject({
      class: worst,
      changes: [{ class: worst, dataset: "web.clickstream" }],
    });
  });

  test("keeps to the dataset that is asked for", async () => {
    before("other", "freshnessMinutes: 10,", "freshnessMinutes: 5,");
    const { exitCode, stdout } = await run(checkout, { diff: "other", dataset: "sales" });

    expect(stdout).toMatch(/^No contract has changed since /);
    expect(exitCode).toBe(0);
  });

  test("takes nothing for ours that others have merged since", async () => {
    git(checkout, "checkout", "--quiet", "-b", "merged-since");
    edit(checkout, "domains/web.ts", "freshnessMinutes: 10,", "freshnessMinutes: 5,");
    git(checkout, "commit", "--quiet", "--all", "--message=of others");
    git(checkout, "checkout", "--quiet", "main");

    expect((await run(checkout, { diff: "merged-since" })).exitCode).toBe(0);
  });

  test("may run several times at once", async () => {
    rmSync(join(checkout, ".basin"), { recursive: true, force: true });
    const results = await Promise.all([1, 2, 3].map(() => run(checkout, { diff: "main" })));

    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(readdirSync(join(checkout, ".basin", "revisions")).filter((name) => !/^[0-9a-f]{40}$/.test(name))).toEqual(
      [],
    );
  });

  test("begins again where a checkout was interrupted", async () => {
    const revisions = join(checkout, ".basin", "revisions");
    rmSync(revisions, { recursive: true, force: true });
    mkdirSync(join(revisions, "unfinished", "domains"), { recursive: true });

    expect((await run(checkout, { diff: "main" })).exitCode).toBe(0);
  });

  test("finds the project within a larger repository", async () => {
    const top = temporaryFolder();
    const project = join(top, "platform");
    renameSync(copyCheckout(), project);
    git(top, "init", "--quiet", "--initial-branch=main");
    writeFileSync(join(top, ".gitignore"), "node_modules\n.basin\n");
    git(top, "add", ".");
    git(top, "commit", "--quiet", "--message=contracts");

    expect((await run(project, { diff: "main" })).exitCode).toBe(0);
  });

  test("tells what the work tree breaks, and leaves it and the index as they are", async () => {
    edit(checkout, "domains/web.ts", "freshnessMinutes: 10,", "freshnessMinutes: 20,");
    git(checkout, "add", "domains/web.ts");
    edit(checkout, "domains/web.ts", "freshnessMinutes: 20,", "freshnessMinutes: 30,");
    edit(checkout, "domains/sales.ts", "expectedRecordsPerSecond: 2,", "expectedRecordsPerSecond: 3,");
    const status = () => execFileSync("git", ["status", "--porcelain"], { cwd: checkout, env, encoding: "utf8" });
    rmSync(join(checkout, ".basin"), { recursive: true, force: true });
    const { exitCode, stdout } = await runCli(checkout, ["contract", "--diff", "main"], env);

    expect(stdout).toMatch(/breaking\s+│ web\.clickstream\s+│ freshnessMinutes\s+│ was 10, is 30/);
    expect(stdout).toContain("1 compatible, 0 tightening, 0 loosening, 1 breaking.");
    expect(exitCode).toBe(6);
    expect(status()).toBe(" M domains/sales.ts\nMM domains/web.ts\n");
    git(checkout, "reset", "--quiet", "--hard");
  });

  test.each([
    [
      "no revision",
      "nowhere",
      /^There is no revision "nowhere" in .*: name a commit, branch or tag; a shallow clone has few/,
    ],
    ["an option of git", "--all", /^There is no revision "--all" in /],
  ])("of %s is one message", async (_what, ref, message) => {
    await expect(run(checkout, { diff: ref })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  test("of a revision before contracts says so", async () => {
    git(checkout, "rm", "--quiet", "--cached", "cli/commands/contract.ts");
    git(checkout, "commit", "--quiet", "--message=before");

    await expect(run(checkout, { diff: "HEAD" })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^[0-9a-f]{40} is older than contracts: there is nothing to compare with\.$/,
      ) as string,
    });
  });

  test("without git is one message", async () => {
    await expect(run(checkout, { diff: "main" }, temporaryFolder())).rejects.toMatchObject({
      exitCode: 3,
      message: "git is not on PATH; install it from https://git-scm.com.",
    });
  });
});
