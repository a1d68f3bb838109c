import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lakeOf } from "../../cli/access/sources";
import type { CommandContext } from "../../cli/command-context";
import { access, type AccessOptions } from "../../cli/commands/access";
import { byName, byTags, EMPTY, matrixOf, namesOf } from "../support/access";
import { graphOf, type Lake } from "../support/lake-formation";

jest.mock("../../cli/access/sources", () => ({
  ...jest.requireActual<object>("../../cli/access/sources"),
  lakeOf: jest.fn(),
}));

const root = mkdtempSync(join(tmpdir(), "basin-test-"));

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Runs the command over a lake that takes the place of dev's. */
async function run(steps: Lake["steps"], options: Partial<AccessOptions>, disagreements: readonly string[] = []) {
  jest.mocked(lakeOf).mockReturnValue({
    graph: graphOf({ ...EMPTY, steps }, "contract"),
    names: namesOf(),
    declared: new Map(),
    disagreements: () => disagreements,
  });
  const printed: string[] = [];
  const context: CommandContext = {
    root,
    variables: {},
    signal: new AbortController().signal,
    display: () => Promise.reject(new Error("access needs no progress")),
    print: (text) => printed.push(text),
    printError: (text) => printed.push(text),
  };
  const exitCode = await access({ environment: "dev", json: false, ...options }, context).catch(
    (error: unknown) => error,
  );
  return { exitCode, stdout: printed.join("\n") };
}

const internal = byTags("analysts", "published", ["internal"]);
const confidential = byTags("analysts", "published", ["internal", "confidential"]);
const refused = byName("analysts", ["SUPER_USER"]);

test("a grant that Lake Formation refuses fails the command, after all is told", async () => {
  const { exitCode, stdout } = await run([refused], {});

  expect(exitCode).toMatchObject({
    exitCode: 1,
    message: "Lake Formation refuses 1 of the grants of dev: aws_lakeformation_permissions.s0.",
  });
  expect(stdout).toContain("Lake Formation refuses these grants:\n  aws_lakeformation_permissions.s0 (");
});

test("stacks that grant something else than what is declared fail the command, after all is told", async () => {
  const { exitCode, stdout } = await run([internal], {}, ["analysts sales.orders.total: declared all, granted none"]);

  expect(exitCode).toMatchObject({
    exitCode: 1,
    message:
      "What is declared and what the stacks of dev grant do not agree:\n  analysts sales.orders.total: declared all, granted none",
  });
  expect(stdout).toContain("Who may read what in dev");
});

test.each([
  ["nothing changes", [internal], [internal], 0, "none"],
  ["somebody reads less", [confidential], [internal], 4, "lost"],
  ["somebody reads more", [internal], [confidential], 5, "gained"],
])("--diff tells by its exit code that %s", async (_what, before, after, code, name) => {
  const file = join(root, "before.json");
  writeFileSync(file, JSON.stringify(matrixOf(before)));
  const { exitCode, stdout } = await run(after, { diff: file, json: true });

  expect(exitCode).toBe(code);
  expect(JSON.parse(stdout)).toMatchObject({
    accessVersion: 1,
    environment: "dev",
    against: { kind: "file", name: file },
    class: name,
    withoutGrant: { gained: [], lost: [] },
    refused: [],
  });
});

test("--who and --what with --json print the same form, of one column and one principal", async () => {
  const who = await run([internal], { who: "sales.orders.total", json: true });
  const what = await run([internal], { what: "analysts", json: true });

  expect(JSON.parse(who.stdout)).toMatchObject({ accessVersion: 1, only: "sales.orders.total" });
  expect(JSON.parse(what.stdout)).toMatchObject({
    accessVersion: 1,
    only: "analysts",
    principals: [{ id: "analysts" }],
  });
});

test("of two questions at once it answers none", async () => {
  const { exitCode } = await run([], { who: "a.b", diff: "main" });

  expect(exitCode).toMatchObject({ exitCode: 2, message: "--who, --what, --diff and --policy: name one of them." });
});
