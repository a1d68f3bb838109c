import {
  LakeFormationClient,
  PutDataLakeSettingsCommand,
  RegisterResourceCommand,
} from "@aws-sdk/client-lakeformation";
import type { FirstApply } from "../../cli/lake-formation/first-apply";
import { presentIn } from "../../cli/lake-formation/present";
import { callQuery, makeBucket } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { environments } from "../fixtures/environments";
import { copyCheckout, runCli, temporaryFolder } from "../support/checkout";

jest.setTimeout(120_000);

const { dev } = environments;
const OLD = `arn:aws:iam::${dev.accountId}:role/old`;

const checkout = copyCheckout();
const env = { PATH: process.env.PATH, HOME: temporaryFolder() };

interface Credentials {
  name: string;
  ok: boolean;
  found: string;
  mend?: string;
}

/** What the command says, whatever else this machine lacks. */
async function doctor(variables: NodeJS.ProcessEnv) {
  const { exitCode, stdout, stderr } = await runCli(checkout, ["doctor", "dev", "--json"], { ...env, ...variables });
  return {
    exitCode,
    stderr,
    report: (stdout === "" ? {} : JSON.parse(stdout)) as { machine: Credentials[]; lakeFormation: FirstApply | null },
  };
}

test("without credentials it says that it could not look, and how to get some", async () => {
  const nowhere = { AWS_EC2_METADATA_DISABLED: "true" };
  const { exitCode, stderr, report } = await doctor(nowhere);

  expect(report.machine.at(-1)).toEqual({
    name: "credentials of dev",
    ok: false,
    found: expect.stringMatching(
      /^Lake Formation was not looked at\. AWS was asked who you are, and did not say: /,
    ) as string,
    mend: `Get credentials for account ${dev.accountId}, for example with "aws sso login".`,
  });
  expect(report.lakeFormation).toBeNull();
  expect(stderr).toContain("credentials of dev");
  expect(exitCode).toBe(3);
});

describe("with credentials", () => {
  let emulator: Emulator;
  let client: LakeFormationClient;

  beforeAll(async () => {
    emulator = await startEmulator(dev);
    client = new LakeFormationClient({
      region: dev.region,
      endpoint: emulator.endpoint,
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    });
  });

  afterAll(async () => {
    client.destroy();
    await emulator.stop();
  });

  test("it reads what is there, and compares it with what the stacks set", async () => {
    // principals and locations have to be there
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await callQuery(emulator, "iam", {
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: "old",
      AssumeRolePolicyDocument,
    });
    await makeBucket(emulator, "elsewhere");
    const settings = {
      DataLakeAdmins: [{ DataLakePrincipalIdentifier: OLD }],
      Parameters: { CROSS_ACCOUNT_VERSION: "1" },
    };
    const everybody = {
      Principal: { DataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" },
      Permissions: ["ALL" as const],
    };
    const DataLakeSettings = { ...settings, CreateTableDefaultPermissions: [everybody] };
    await client.send(new PutDataLakeSettingsCommand({ DataLakeSettings }));
    await client.send(new RegisterResourceCommand({ ResourceArn: "arn:aws:s3:::elsewhere", RoleArn: OLD }));
    const { report } = await doctor(emulator.variables);

    expect(report.machine.at(-1)).toMatchObject({ ok: true, found: `of account ${dev.accountId}` });
    expect(report.lakeFormation).toMatchObject({ collisions: [], registered: [] });
    expect(report.lakeFormation?.settings).toContainEqual(
      expect.objectContaining({ setting: "administrators", removed: [OLD], same: [] }),
    );
    const changed = { ...process.env };
    Object.assign(process.env, emulator.variables);
    const present = await presentIn(dev).finally(() => {
      process.env = changed;
    });
    expect(present).toMatchObject({
      settings: {
        administrators: [OLD],
        "permissions of new tables": ["IAM_ALLOWED_PRINCIPALS: ALL"],
        parameters: expect.arrayContaining(["CROSS_ACCOUNT_VERSION=1"]) as string[],
      },
      locations: [{ arn: "arn:aws:s3:::elsewhere", roleArn: OLD }],
    });
  });

  test("those of another account are refused", async () => {
    const other = await startEmulator({ ...dev, accountId: "444455556666" });
    const { exitCode, stderr } = await doctor(other.variables).finally(() => other.stop());

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      `These are credentials of account 444455556666; dev is in ${dev.accountId}. Nothing was read or changed.\n`,
    );
  });
});
