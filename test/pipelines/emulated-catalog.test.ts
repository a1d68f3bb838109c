import { callJson, type EmulatedAnswer } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";

const FETCHING_MS = 600_000;

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ accountId: "111122223333", region: "eu-west-1" });
  await glue("CreateDatabase", { DatabaseInput: { Name: "shop" } });
  await glue("CreateTable", { DatabaseName: "shop", TableInput: { Name: "orders", Description: "first" } });
}, FETCHING_MS);

afterAll(() => emulator.stop());

function glue(operation: string, input: object): Promise<EmulatedAnswer> {
  return callJson(emulator, { service: "glue", target: `AWSGlue.${operation}`, input });
}

const update = (description: string, more: object = {}) =>
  glue("UpdateTable", { DatabaseName: "shop", TableInput: { Name: "orders", Description: description }, ...more });

async function current(): Promise<{ VersionId: string; Description: string }> {
  const { text } = await glue("GetTable", { DatabaseName: "shop", Name: "orders" });
  return (JSON.parse(text) as { Table: { VersionId: string; Description: string } }).Table;
}

async function versions(): Promise<string[]> {
  const { text } = await glue("GetTableVersions", { DatabaseName: "shop", TableName: "orders" });
  const { TableVersions } = JSON.parse(text) as { TableVersions: { VersionId: string }[] };
  return TableVersions.map(({ VersionId }) => VersionId);
}

describe("a table of the emulated catalog", () => {
  test("is updated from the version that it has, and from no other", async () => {
    const { VersionId } = await current();
    expect(await update("second", { VersionId })).toMatchObject({ status: 200 });

    const late = await update("late", { VersionId });

    expect(late).toMatchObject({
      status: 400,
      text: expect.stringContaining("ConcurrentModificationException") as string,
    });
    expect(await current()).toMatchObject({ Description: "second" });
  });

  test("is updated once by many that are as early", async () => {
    const { VersionId } = await current();

    const answers = await Promise.all(["a", "b", "c", "d"].map((description) => update(description, { VersionId })));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
  });

  test("is updated by who does not say from which version, and keeps the old one unless told not to", async () => {
    const { VersionId } = await current();
    expect(await update("third")).toMatchObject({ status: 200 });
    expect(await versions()).toContain(VersionId);
    const archived = await versions();
    const { VersionId: replaced } = await current();

    expect(await update("fourth", { SkipArchive: true })).toMatchObject({ status: 200 });

    expect(await versions()).toEqual([
      ...archived.filter((version) => version !== replaced),
      (await current()).VersionId,
    ]);
  });
});
