import type { TableContract } from "../../domains/contract";
import { commitAll, copyCheckout, git, runCli, runProgram, temporaryFolder } from "../support/checkout";
import { apply, Guide } from "../support/guide";
import { EmulatedLake, type Zone, ZONES } from "./lake";
import type { Answer } from "./line-process";
import { insertion, type Written } from "./rows";
import { Spark } from "./spark";

const FETCHING_MS = 600_000;

jest.setTimeout(300_000);

const { signal } = new AbortController();
const GUIDE = new Guide("change-a-dataset.md");
const ADDS_A_COLUMN = GUIDE.block("diff", "+        {");
const DROPS_A_COLUMN = GUIDE.block("diff", "-        {");
const SHOWS_CHANGES = GUIDE.block("sh", "npm run contract");

/** What the guide is about. */
const SALES_ORDERS = { domain: "sales", name: "orders" };

let lake: EmulatedLake;
let spark: Spark;

beforeAll(async () => {
  lake = await EmulatedLake.start(signal, SALES_ORDERS.domain);
  spark = await Spark.start(lake.emulator, signal);
  // its packages have to be fetched the first time
}, FETCHING_MS);

afterAll(() => spark.stop());
afterAll(() => lake.stop());

describe("a dataset is changed as docs/change-a-dataset.md says:", () => {
  test("a new column is a change of one file, which tables follow, and rows from before stay readable", async () => {
    const checkout = branch();
    const before = await contractIn(checkout);
    await migrate(before);
    await inEachZone((zone) => spark.run(SALES_ORDERS, insertion(read(before), [order("a")]), zone));

    apply(checkout, ADDS_A_COLUMN);

    const changedFiles = await shell(checkout, GUIDE.block("sh", "git diff"));
    expect(changedFiles).toMatchObject({ exitCode: 0, stdout: GUIDE.block("text", "1 file changed") });
    const { exitCode, stdout } = await shell(checkout, SHOWS_CHANGES);
    expect(withoutCommit(stdout)).toContain(withoutCommit(GUIDE.block("text", "│ compatible")));
    expect(exitCode).toBe(0);

    const after = await contractIn(checkout);
    const ofAfter = insertion(read(after), [{ ...order("b"), coupon_code: "'SPRING'" }]);
    await expect(spark.run(SALES_ORDERS, ofAfter)).rejects.toThrow("`coupon_code`");
    const changed = { outcome: "changed", changes: ["columns.coupon_code is new: string"] };
    expect(await migrate(after)).toMatchObject({ result: { tables: ZONES.map((zone) => ({ zone, ...changed })) } });
    await inEachZone((zone) => spark.run(SALES_ORDERS, ofAfter, zone));

    const rows = await inEachZone((zone) =>
      spark.run(SALES_ORDERS, "SELECT order_id, total, coupon_code FROM TABLE ORDER BY order_id", zone),
    );
    expect(rows).toEqual(
      ZONES.map(() => [
        { order_id: "a", total: "9.99", coupon_code: null },
        { order_id: "b", total: "9.99", coupon_code: "SPRING" },
      ]),
    );
    expect(await migrate(after)).toMatchObject({ result: { tables: ZONES.map(() => ({ outcome: "unchanged" })) } });
  });

  test("after that, jobs write all columns; the raw zone takes rows as they arrive", async () => {
    const contract = await contractIn(branch(ADDS_A_COLUMN));
    await migrate(contract);
    const row = order("c");
    const [names, values] = [Object.keys(row).join(", "), Object.values(row).join(", ")];
    const rows = `(SELECT * FROM VALUES (${values}) AS s(${names}))`;
    const merge = `MERGE INTO TABLE t USING ${rows} s ON t.order_id = s.order_id WHEN NOT MATCHED THEN INSERT`;

    const missing = "Cannot find data for the output column `coupon_code`";
    await expect(spark.run(SALES_ORDERS, `INSERT INTO TABLE (${names}) VALUES (${values})`)).rejects.toThrow(missing);
    await expect(spark.run(SALES_ORDERS, `INSERT INTO TABLE VALUES (${values})`)).rejects.toThrow("NOT_ENOUGH_DATA");
    await expect(spark.run(SALES_ORDERS, `${merge} *`)).rejects.toThrow("`coupon_code` cannot be resolved");

    await spark.run(SALES_ORDERS, `${merge} (${names}) VALUES (${values})`);
    await spark.run(SALES_ORDERS, "UPDATE TABLE SET status = 'paid' WHERE order_id = 'c'");
    const written = "SELECT status, coupon_code FROM TABLE WHERE order_id = 'c'";
    expect(await spark.run(SALES_ORDERS, written)).toEqual([{ status: "paid", coupon_code: null }]);

    const arriving = [row, row, { ...row, customer_id: "NULL", status: "NULL" }];
    await spark.run(SALES_ORDERS, insertion(read(contract), arriving), "raw");
    const arrived = "SELECT customer_id, status FROM TABLE WHERE order_id = 'c' ORDER BY status";
    expect(await spark.run(SALES_ORDERS, arrived, "raw")).toEqual([
      { customer_id: null, status: null },
      { customer_id: 1, status: "new" },
      { customer_id: 1, status: "new" },
    ]);
  });

  test("dropping a column is refused in every zone before anything is changed, and a revert goes back", async () => {
    const checkout = branch(ADDS_A_COLUMN);
    const before = await contractIn(checkout);
    await migrate(before);
    await inEachZone((zone) => spark.run(SALES_ORDERS, insertion(read(before), [order("d")]), zone));
    const was = await inEachZone((zone) => lake.describe(SALES_ORDERS, zone));

    apply(checkout, DROPS_A_COLUMN);

    const { exitCode, stdout } = await shell(checkout, SHOWS_CHANGES);
    expect(withoutCommit(stdout)).toContain(withoutCommit(GUIDE.block("text", "│ breaking")));
    expect(exitCode).toBe(6);

    const refused = await migrate(await contractIn(checkout));
    expect(refused.error).toBe("RefusedChangesError");
    expect(`${refused.message ?? ""}\n`).toBe(GUIDE.block("text", "nothing was changed"));
    expect(await inEachZone((zone) => lake.describe(SALES_ORDERS, zone))).toEqual(was);
    const currencies = "SELECT currency_code FROM TABLE WHERE order_id = 'd'";
    expect(await inEachZone((zone) => spark.run(SALES_ORDERS, currencies, zone))).toEqual(
      ZONES.map(() => [{ currency_code: "EUR" }]),
    );

    git(checkout, "commit", "--quiet", "--all", "--message", "without the currency");
    expect(await shell(checkout, GUIDE.block("sh", "git revert"))).toMatchObject({ exitCode: 0 });
    const again = await contractIn(checkout);
    expect(again).toBe(before);
    expect(await migrate(again)).toMatchObject({
      result: { tables: was.map(({ metadataLocation }) => ({ outcome: "unchanged", metadataLocation })) },
    });
  });
});

/** A branch of the repository; an edit that is given is merged already. */
function branch(merged?: string): string {
  const checkout = copyCheckout();
  commitAll(checkout);
  if (merged !== undefined) {
    apply(checkout, merged);
    git(checkout, "commit", "--quiet", "--all", "--message", "merged");
  }
  git(checkout, "update-ref", "refs/remotes/origin/main", "HEAD");
  return checkout;
}

function environment(): NodeJS.ProcessEnv {
  const [name, email] = ["Test", "test@example.com"];
  return {
    PATH: process.env.PATH,
    HOME: temporaryFolder(),
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email },
  };
}

/** Runs commands of the guide in a checkout. */
function shell(checkout: string, commands: string) {
  return runProgram("bash", ["-euo", "pipefail", "-c", commands], { cwd: checkout, env: environment() });
}

/** The contract that a checkout declares, as the command line prints it. */
async function contractIn(checkout: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(checkout, ["contract", "sales.orders"], environment());
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

function read(contract: string): TableContract {
  return JSON.parse(contract) as TableContract;
}

/** Calls the migrator with a contract. */
function migrate(contract: string): Promise<Answer> {
  return lake.handle({ contract: JSON.parse(contract) as unknown, tables: lake.tablesOf(SALES_ORDERS, ZONES) });
}

/** One zone after the other: what answers has one input. */
async function inEachZone<T>(act: (zone: Zone) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const zone of ZONES) {
    results.push(await act(zone));
  }
  return results;
}

/** An order as SQL writes it, by the columns that there were before a change. */
function order(id: string): Written {
  return {
    order_id: `'${id}'`,
    customer_id: "1",
    ordered_at: "TIMESTAMP '2026-01-31 12:00:00'",
    status: "'new'",
    country_code: "'NL'",
    currency_code: "'EUR'",
    total: "9.99BD",
    lines: "array(named_struct('sku', 'x', 'quantity', 1, 'price', 9.99BD))",
    delivery_note: "NULL",
  };
}

/** The commit that the guide names is another one each time. */
function withoutCommit(text: string): string {
  return text.replace(/Since [0-9a-f]{12}/, "Since COMMIT");
}
