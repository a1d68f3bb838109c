import { callJson } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

function refused(error: string) {
  return { status: 400, text: expect.stringContaining(error) as string };
}

describe("a workgroup", () => {
  const athena = (operation: string, input: object) =>
    callJson(emulator, { service: "athena", target: `AmazonAthena.${operation}`, input });
  const EncryptionConfiguration = { EncryptionOption: "SSE_KMS", KmsKey: "arn:aws:kms:eu-west-1:111122223333:key/0" };
  const ResultConfiguration = { OutputLocation: "s3://lake/results/", EncryptionConfiguration };
  const Configuration = { ResultConfiguration, BytesScannedCutoffPerQuery: 10_000_000 };
  const told = async (WorkGroup: string) =>
    (JSON.parse((await athena("GetWorkGroup", { WorkGroup })).text) as { WorkGroup: object }).WorkGroup;
  const ResourceARN = "arn:aws:athena:eu-west-1:111122223333:workgroup/kept";

  test("is changed in what a request names, and has tags or none", async () => {
    const engine = "Athena engine version 3";
    const Tags = [{ Key: "a", Value: "1" }];
    await athena("CreateWorkGroup", { Name: "kept", Configuration, Tags, Description: "text" });
    const ExpectedBucketOwner = account.accountId;
    const updates = {
      RemoveBytesScannedCutoffPerQuery: true,
      EngineVersion: { SelectedEngineVersion: engine },
      ResultConfigurationUpdates: { RemoveEncryptionConfiguration: true, ExpectedBucketOwner },
    };
    const update = { WorkGroup: "kept", ConfigurationUpdates: updates, State: "DISABLED" };
    expect(await athena("UpdateWorkGroup", update)).toMatchObject({ status: 200 });

    expect(await told("kept")).toMatchObject({
      Description: "text",
      State: "DISABLED",
      Configuration: {
        EnforceWorkGroupConfiguration: true,
        EngineVersion: { SelectedEngineVersion: engine, EffectiveEngineVersion: engine },
        ResultConfiguration: { OutputLocation: "s3://lake/results/", ExpectedBucketOwner },
      },
    });
    expect(await told("kept")).not.toHaveProperty("Configuration.BytesScannedCutoffPerQuery");
    expect(await told("kept")).not.toHaveProperty("Configuration.ResultConfiguration.EncryptionConfiguration");
    expect(JSON.parse((await athena("ListTagsForResource", { ResourceARN })).text)).toEqual({ Tags });
    await athena("UntagResource", { ResourceARN, TagKeys: ["a"] });
    expect(JSON.parse((await athena("ListTagsForResource", { ResourceARN })).text)).toEqual({ Tags: [] });
    expect(await athena("DeleteWorkGroup", { WorkGroup: "kept" })).toMatchObject({ status: 200 });
    expect(await athena("ListTagsForResource", { ResourceARN })).toMatchObject(refused("ResourceNotFoundException"));
  });

  test("that is not empty goes only with what is in it", async () => {
    await athena("CreateWorkGroup", { Name: "full", Configuration });
    const query = { Name: "query", Database: "sales", QueryString: "SELECT 1", WorkGroup: "full" };
    expect(await athena("CreateNamedQuery", query)).toMatchObject({ status: 200 });

    expect(await athena("DeleteWorkGroup", { WorkGroup: "full" })).toMatchObject(refused("is not empty"));
    await athena("DeleteWorkGroup", { WorkGroup: "full", RecursiveDeleteOption: true });
    expect(await athena("GetWorkGroup", { WorkGroup: "full" })).toMatchObject(refused("is not found"));
    expect(JSON.parse((await athena("ListNamedQueries", {})).text)).toMatchObject({ NamedQueryIds: [] });
  });

  const results = (changes: object) => ({ ResultConfiguration: { ...ResultConfiguration, ...changes } });

  test.each<[string, string, object, string]>([
    ["that is there", "CreateWorkGroup", { Name: "primary" }, "is already created"],
    ["with an empty list of tags", "CreateWorkGroup", { Name: "n", Tags: [] }, "must not be empty"],
    [
      "with too low a limit",
      "CreateWorkGroup",
      { Name: "n", Configuration: { BytesScannedCutoffPerQuery: 1 } },
      "10000000",
    ],
    [
      "whose results go elsewhere",
      "CreateWorkGroup",
      { Name: "n", Configuration: results({ OutputLocation: "lake" }) },
      "S3 path",
    ],
    [
      "with KMS and no key",
      "CreateWorkGroup",
      { Name: "n", Configuration: results({ EncryptionConfiguration: { EncryptionOption: "SSE_KMS" } }) },
      "KmsKey is required",
    ],
    [
      "of an old engine",
      "CreateWorkGroup",
      { Name: "n", Configuration: { EngineVersion: { SelectedEngineVersion: "Athena engine version 1" } } },
      "engine",
    ],
    [
      "of an owner that is no account",
      "CreateWorkGroup",
      { Name: "n", Configuration: results({ ExpectedBucketOwner: "me" }) },
      "ExpectedBucketOwner",
    ],
    ["that is not there, changed", "UpdateWorkGroup", { WorkGroup: "absent" }, "is not found"],
    ["that is not there, deleted", "DeleteWorkGroup", { WorkGroup: "absent" }, "is not found"],
    ["that every account has, deleted", "DeleteWorkGroup", { WorkGroup: "primary" }, "cannot be deleted"],
  ])("is refused %s", async (_, operation, input, error) => {
    const answer = await athena(operation, input);

    expect(answer).toMatchObject(refused(error));
    expect(answer.text).toContain("InvalidRequestException");
  });

  test("is refused with what nobody does", async () => {
    const ManagedQueryResultsConfiguration = { Enabled: true };

    expect(
      await athena("CreateWorkGroup", { Name: "n", Configuration: { ManagedQueryResultsConfiguration } }),
    ).toMatchObject({ status: 501 });
  });
});
