import { AthenaWorkgroup } from "@cdktf/provider-aws/lib/athena-workgroup";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import type { Statement } from "../iam/policy";
import type { ServiceRole } from "../iam/service-role";
import type { EncryptionKey } from "../kms/encryption-key";
import type { Bucket } from "../s3/bucket";

/** The least that Athena takes. Source: Athena User Guide, "Configure per-query and per-workgroup data usage controls". */
const MIN_SCAN_BYTES = 10_485_760;

export interface WorkgroupProps {
  /** Up to 128 letters, digits and . _ -. Source of names' and descriptions' lengths: Athena API Reference, "CreateWorkGroup". */
  readonly workgroupName: string;
  /** Whose queries it runs, up to 1024 characters. */
  readonly description: string;
  /** Where results are kept. No location of Lake Formation: it would refuse to have results written there. */
  readonly results: Bucket;
  /** Folder within the bucket, without slashes at its ends. */
  readonly folder: string;
  readonly encryptionKey: EncryptionKey;
  /** The most that a query may read before it is cancelled, in bytes (10,485,760 or more). */
  readonly scanLimitBytes: number;
  readonly account: Account;
  /** Keeps queries that were saved, and the history of all, from being destroyed. */
  readonly destroyProtection: boolean;
}

/** Where a group of people queries: what settings it has is up to nobody who queries. */
export class Workgroup extends Construct {
  readonly workgroupName: string;
  private readonly props: WorkgroupProps;

  constructor(scope: Construct, id: string, props: WorkgroupProps) {
    super(scope, id);
    this.props = props;
    const { workgroupName, description, results, folder, encryptionKey, scanLimitBytes, account } = props;
    if (!Number.isInteger(scanLimitBytes) || scanLimitBytes < MIN_SCAN_BYTES) {
      throw new Error(`scanLimitBytes must be a whole number of ${MIN_SCAN_BYTES} or more, got ${scanLimitBytes}`);
    }

    const workgroup = new AthenaWorkgroup(this, "workgroup", {
      name: workgroupName,
      description,
      // a workgroup with a history can be destroyed with it alone
      forceDestroy: !props.destroyProtection,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: scanLimitBytes,
        requesterPaysEnabled: false,
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: `s3://${results.bucketName}/${folder}/`,
          expectedBucketOwner: account.accountId,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: encryptionKey.keyArn },
        },
      },
    });
    after(workgroup, ...results.ready);

    this.workgroupName = workgroup.name;
  }

  /** Lets `role` query. What it reads is granted apart. */
  grantUse(role: ServiceRole): void {
    role.allowAll(this.statements());
  }

  /**
   * What querying needs in IAM, for principals that are made elsewhere.
   *
   * Sources: Athena User Guide, "AWS managed policies for Amazon Athena", and IAM's list of actions of Athena.
   */
  statements(): Statement[] {
    const { workgroupName, results, folder, encryptionKey, account } = this.props;
    const { partition, region, accountId } = account;
    const arnOf = (resource: string) => `arn:${partition}:athena:${region}:${accountId}:${resource}`;
    return [
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
        Resource: arnOf(`workgroup/${workgroupName}`),
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
        Resource: arnOf("datacatalog/AwsDataCatalog"),
      },
      // these cannot be confined to resources
      {
        Sid: "ListCatalogs",
        Effect: "Allow",
        Action: ["athena:ListDataCatalogs", "athena:ListEngineVersions", "athena:ListWorkGroups"],
        Resource: "*",
      },
      {
        Sid: "FindResults",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: results.bucketArn,
      },
      {
        Sid: "UseResults",
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        Resource: `${results.bucketArn}/${folder}/*`,
      },
      {
        Sid: "EncryptResults",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: encryptionKey.keyArn,
        // of all that the key encrypts, the bucket of results alone: its ARN is the context in which S3 encrypts
        Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": results.bucketArn } },
      },
    ];
  }
}
