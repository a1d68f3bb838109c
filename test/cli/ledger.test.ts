import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareLedger, type Ledger, ledgerOf, readLedger } from "../../cli/ledger";
import { synthesizeEverything } from "../../cli/check-stacks";
import { loadConfiguration } from "../../stacks/configuration";
import { repository, temporaryFolder } from "../support/checkout";

const ADDRESS = "aws_s3_bucket.lake_raw";
const LEDGER = { "dev-lake": [ADDRESS] };

const lake = (ids: readonly string[], moved: readonly { from: string; to: string }[] = []) => [
  {
    name: "dev-lake",
    dependencies: [],
    json: {
      moved,
      resource: { aws_s3_bucket: Object.fromEntries(ids.map((id) => [id, {}])), aws_sns_topic: { alerts: {} } },
    },
  },
];

test("the ledger of this repository knows everything that holds data, and nothing of it is lost", () => {
  const stacks = synthesizeEverything(loadConfiguration(), temporaryFolder());

  expect(compareLedger(readLedger(repository), stacks)).toEqual([]);
});

describe("the ledger", () => {
  test("holds what holds data, by stack", () => {
    expect(ledgerOf(lake(["lake_raw"]))).toEqual(LEDGER);
    expect(ledgerOf([{ name: "dev-web", dependencies: [], json: {} }])).toEqual({});
  });

  test("is the same where nothing has changed", () => {
    expect(compareLedger(LEDGER, lake(["lake_raw"]))).toEqual([]);
  });

  test("asks to be written where something is new", () => {
    expect(compareLedger(LEDGER, lake(["lake_raw", "lake_new"]))).toEqual([
      'dev-lake: aws_s3_bucket.lake_new is not in stateful-addresses.json: "npm run ledger" writes it',
    ]);
  });

  test("names the moved block that keeps what was renamed", () => {
    const [loss] = compareLedger(LEDGER, lake(["lake_renamed"]));

    expect(loss).toContain(
      `dev-lake: ${ADDRESS} holds data, and a deployment would destroy it: if it was renamed, add to its stack: ` +
        `moved { from = ${ADDRESS}, to = aws_s3_bucket.lake_renamed }`,
    );
    const moved = [{ from: ADDRESS, to: "aws_s3_bucket.lake_renamed" }];
    expect(compareLedger(LEDGER, lake(["lake_renamed"], moved))).toEqual([
      'dev-lake: aws_s3_bucket.lake_renamed is not in stateful-addresses.json: "npm run ledger" writes it',
    ]);
  });

  test("follows moves one after the other, and takes none for two", () => {
    const [old, between, now] = ["aws_s3_bucket.old", "aws_s3_bucket.between", "aws_s3_bucket.now"] as const;
    const chain = [
      { from: old, to: between },
      { from: between, to: now },
    ];
    const lost = (ledger: Ledger, moved: readonly { from: string; to: string }[]) =>
      compareLedger(ledger, lake(["now"], moved)).filter((text) => text.includes("holds data"));

    expect(lost({ "dev-lake": [old] }, chain)).toEqual([]);
    const two = [
      { from: old, to: now },
      { from: between, to: now },
    ];
    expect(lost({ "dev-lake": [old, between] }, two)).toHaveLength(1);
  });

  test("that cannot be read is one message", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "stateful-addresses.json"), "<<<<<<< HEAD");

    expect(() => readLedger(root)).toThrow('Take it from the last commit, then run "npm run ledger".');
    expect(readLedger(temporaryFolder())).toEqual({});
  });

  test("tells what is lost with its code, or with its stack", () => {
    const text = `dev-lake: ${ADDRESS} holds data, and a deployment would destroy it: put its code back; if it shall go with what it holds, "npm run ledger" forgets it`;

    expect(compareLedger(LEDGER, lake([]))).toEqual([text]);
    expect(compareLedger(LEDGER, [])).toEqual([text]);
  });
});
