import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../../cli/command-context";
import { contract, type ContractOptions } from "../../cli/commands/contract";
import { copyCheckout, edit, repository, runCli, temporaryFolder } from "../support/checkout";

const env = { PATH: process.env.PATH, HOME: temporaryFolder() };

function git(checkout: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd: checkout, env });
}

/** Runs the command in this process, over the real domains, with another checkout as repository. */
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
    const all = await runCli(repository, ["contract"], env);

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
  const documented = readFileSync(join(repository, "docs", "add-a-dataset.md"), "utf8");
  const [, dataset = ""] = /^```ts\n(.*?)^```/ms.exec(documented) ?? [];
  const checkout = copyCheckout();
  edit(checkout, "domains/web.ts", "datasets: [", `datasets: [${dataset}`);
  const { exitCode, stdout, stderr } = await runCli(checkout, ["contract", "web"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject([{ name: "searches" }, { name: "clickstream" }]);
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

  /** Commits what the domain web was before, on a branch of its own. */
  function before(branch: string, is: string, was: string): void {
    git(checkout, "checkout", "--quiet", "-b", branch, "main");
    edit(checkout, "domains/web.ts", is, was);
    git(checkout, "commit", "--quiet", "--all", `--message=${branch}`);
    git(checkout, "checkout", "--quiet", "main");
  }

  test("finds nothing where nothing has changed", async () => {
    const { exitCode, stdout } = await run(checkout, { diff: "main" });

    expect(stdout).toMatch(/^No contract has changed since main \([0-9a-f]{12}\)\.\n$/);
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

    expect(stdout).toMatch(/^No contract has changed since other /);
    expect(exitCode).toBe(0);
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
    ["no revision", "nowhere", /^There is no revision "nowhere" in .*: name a commit, branch or tag\.$/],
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
      message: "HEAD is older than contracts: there is nothing to compare with.",
    });
  });

  test("without git is one message", async () => {
    await expect(run(checkout, { diff: "main" }, temporaryFolder())).rejects.toMatchObject({
      exitCode: 3,
      message: "git is not on PATH; install it from https://git-scm.com.",
    });
  });
});
