import { Workgroup, type WorkgroupProps } from "../../modules/athena/workgroup";
import type { Statement } from "../../modules/iam/policy";
import {
  account,
  address,
  dataBucket,
  encryptionKey,
  only,
  reference,
  serviceRole,
  statementsOf,
  synth,
} from "../support/synth";

/** A workgroup whose queries a role may start, and what it says that querying needs. */
function synthWorkgroup(options: Partial<WorkgroupProps> = {}): { json: string; needed: readonly Statement[] } {
  let needed: readonly Statement[] = [];
  const json = synth((stack) => {
    const workgroup = new Workgroup(stack, "analysts", {
      workgroupName: "basin-test-analysts",
      description: "Queries of analysts",
      results: dataBucket(stack),
      folder: "analysts",
      encryptionKey: encryptionKey(stack),
      scanLimitBytes: 1_000_000_000,
      account,
      destroyProtection: true,
      ...options,
    });
    workgroup.grantUse(serviceRole(stack));
    needed = workgroup.statements();
  });
  return { json, needed };
}

describe("a workgroup", () => {
  test("enforces a limit of what a query reads, and where and how encrypted its result is kept", () => {
    const { json } = synthWorkgroup();

    expect(only(json, "aws_athena_workgroup")).toEqual({
      name: "basin-test-analysts",
      description: "Queries of analysts",
      force_destroy: false,
      configuration: {
        enforce_workgroup_configuration: true,
        publish_cloudwatch_metrics_enabled: true,
        bytes_scanned_cutoff_per_query: 1_000_000_000,
        requester_pays_enabled: false,
        engine_version: { selected_engine_version: "Athena engine version 3" },
        result_configuration: {
          output_location: `s3://${reference(json, "aws_s3_bucket", "bucket", "bucket")}/analysts/`,
          expected_bucket_owner: "111122223333",
          encryption_configuration: {
            encryption_option: "SSE_KMS",
            kms_key_arn: reference(json, "aws_kms_key", "key", "arn"),
          },
        },
      },
      depends_on: [
        address(json, "aws_s3_bucket_server_side_encryption_configuration", "bucket_encryption"),
        address(json, "aws_s3_bucket_versioning", "bucket_versioning"),
        address(json, "aws_s3_bucket_policy", "bucket_bucket-policy"),
      ],
    });
  });

  test("goes with its queries and their history where the environment says so", () => {
    const { json } = synthWorkgroup({ destroyProtection: false });

    expect(only(json, "aws_athena_workgroup").force_destroy).toBe(true);
  });

  test.each([10_485_759, 5_000_000, 0, 10_485_760.5, Number.NaN])("takes no limit of %d bytes", (scanLimitBytes) => {
    expect(() => synthWorkgroup({ scanLimitBytes })).toThrow(
      `scanLimitBytes must be a whole number of 10485760 or more, got ${scanLimitBytes}`,
    );
  });

  test("takes a limit of 10 MiB", () => {
    const { json } = synthWorkgroup({ scanLimitBytes: 10_485_760 });

    expect(only(json, "aws_athena_workgroup").configuration).toMatchObject({
      bytes_scanned_cutoff_per_query: 10_485_760,
    });
  });

  test("lets a role query in it, browse the catalog, and use the folder of its results, nothing else", () => {
    const { json } = synthWorkgroup();
    const bucketArn = reference(json, "aws_s3_bucket", "bucket", "arn");
    const arnOf = (resource: string) => `arn:aws:athena:eu-west-1:111122223333:${resource}`;

    expect(statementsOf("reader", json)).toEqual([
      {
        Sid: "Query",
        Effect: "Allow",
        Action: [
          "athena:BatchGetNamedQuery",
          "athena:BatchGetQueryExecution",
          "athena:GetNamedQuery",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:GetQueryResultsStream",
          "athena:GetWorkGroup",
          "athena:ListNamedQueries",
          "athena:ListQueryExecutions",
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
        ],
        Resource: [arnOf("workgroup/basin-test-analysts")],
      },
      {
        Sid: "BrowseCatalog",
        Effect: "Allow",
        Action: [
          "athena:GetDatabase",
          "athena:GetDataCatalog",
          "athena:GetTableMetadata",
          "athena:ListDatabases",
          "athena:ListTableMetadata",
        ],
        Resource: [arnOf("datacatalog/AwsDataCatalog")],
      },
      {
        Sid: "ListCatalogs",
        Effect: "Allow",
        Action: ["athena:ListDataCatalogs", "athena:ListEngineVersions", "athena:ListWorkGroups"],
        Resource: ["*"],
      },
      {
        Sid: "FindResults",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: [bucketArn],
      },
      {
        Sid: "UseResults",
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        Resource: [`${bucketArn}/analysts/*`],
      },
      {
        Sid: "EncryptResults",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [reference(json, "aws_kms_key", "key", "arn")],
        Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": bucketArn } },
      },
    ]);
  });

  test("tells principals of others the same", () => {
    const { json, needed } = synthWorkgroup();
    const granted = statementsOf("reader", json);

    expect(needed.map(({ Sid, Action }) => [Sid, Action])).toEqual(granted.map(({ Sid, Action }) => [Sid, Action]));
    expect(needed.every(({ Effect }) => Effect === "Allow")).toBe(true);
  });
});
