import type { Statement } from "../../modules/iam/policy";
import type { Scope } from "./scope";

/** What workloads of a data platform do with its services. A role gets of it what its own policy allows. */
const WORK = [
  "airflow:*",
  "athena:*",
  "cloudwatch:*",
  "dynamodb:*Item",
  "ec2:*NetworkInterface*",
  "ec2:*PrivateIpAddresses",
  "ec2:CreateTags",
  "ec2:Describe*",
  "emr-serverless:*",
  "events:*",
  "firehose:*",
  "glue:*",
  "kafka-cluster:*",
  "kafka:*",
  "kinesis:*",
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey*",
  "kms:ReEncrypt*",
  "lakeformation:*",
  "lambda:GetFunctionConfiguration",
  "lambda:InvokeFunction",
  "logs:*",
  "quicksight:*",
  "redshift-data:*",
  "redshift-serverless:*",
  "redshift:*",
  "s3:AbortMultipartUpload",
  "s3:DeleteObject*",
  "s3:Get*",
  "s3:List*",
  "s3:PutObject*",
  "scheduler:*",
  "secretsmanager:DescribeSecret",
  "secretsmanager:GetSecretValue",
  "sns:Publish",
  "sqs:*",
  "ssm:GetParameter*",
  "states:*",
  "xray:*",
];

/** The most that a role of a layer may do: work with data, but neither with permissions nor with states. */
export function boundaryStatements(
  { names, roles }: Scope,
  states: { readonly bucketArn: string; readonly keyArn: string },
): Statement[] {
  return [
    { Sid: "Work", Effect: "Allow", Action: WORK, Resource: "*" },
    // Airflow and state machines hand roles to the jobs they start
    { Sid: "PassRoles", Effect: "Allow", Action: "iam:PassRole", Resource: roles },
    {
      Sid: "KeepStates",
      Effect: "Deny",
      Action: ["s3:*", "kms:*"],
      Resource: [states.bucketArn, `${states.bucketArn}/*`, states.keyArn],
    },
    { Sid: "KeepPipelines", Effect: "Deny", Action: ["iam:PassRole"], Resource: Object.values(names.roleArns) },
  ];
}
