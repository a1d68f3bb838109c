import type { Statement } from "../../modules/iam/policy";
import { forArtifacts, forFunctions, ofFunctions, type Scope } from "./scope";

/**
 * Reads how the resources of the layers are configured, and no data: no object of the lake, no secret, no key but that of
 * the states. A type of resources that a layer adds needs its reading calls here.
 */
export function configurationReading(scope: Scope): Statement[] {
  const {
    account,
    alarms,
    arnOf,
    artifacts,
    buckets,
    catalog,
    deliveryStreams,
    functions,
    keyValueTables,
    logGroups,
    mappings,
    names,
    queues,
    roles,
    streams,
    topics,
    workgroups,
  } = scope;
  const allow = (Sid: string, Action: readonly string[], Resource: string | readonly string[]): Statement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  const { partition, accountId } = account;
  return [
    allow(
      "ReadBuckets",
      [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:GetInventoryConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        // tells that a bucket is there; names of objects come with it
        "s3:ListBucket",
      ],
      buckets,
    ),
    allow("ReadArtifacts", ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"], `${artifacts}/*`),
    { ...allow("DecryptArtifacts", ["kms:Decrypt"], arnOf("kms", "key/*")), Condition: forArtifacts(scope) },
    // without it Lambda shows a function as if it had no variables, and every plan would add them
    { ...allow("DecryptVariables", ["kms:Decrypt"], arnOf("kms", "key/*")), Condition: forFunctions(scope) },
    allow(
      "ReadKeys",
      ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
      arnOf("kms", "key/*"),
    ),
    // these cannot be confined to resources
    allow("Find", ["ec2:Describe*", "kinesis:DescribeLimits", "kms:ListAliases", "logs:DescribeLogGroups"], "*"),
    allow(
      "ReadRoles",
      [
        "iam:GetOpenIDConnectProvider",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListPolicyVersions",
        "iam:ListRolePolicies",
      ],
      [roles, names.boundaryArn, `arn:${partition}:iam::${accountId}:oidc-provider/*`],
    ),
    allow(
      "ReadCatalog",
      [
        "glue:GetDatabase",
        "glue:GetDataCatalogEncryptionSettings",
        "glue:GetResourcePolicy",
        "glue:GetTableOptimizer",
        "glue:GetTags",
      ],
      catalog,
    ),
    allow(
      "ReadFunctions",
      ["lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:ListTags", "lambda:ListVersionsByFunction"],
      functions,
    ),
    { ...allow("ReadMappings", ["lambda:GetEventSourceMapping"], mappings), Condition: ofFunctions(scope) },
    allow("ReadTagsOfMappings", ["lambda:ListTags"], mappings),
    allow(
      "ReadStreams",
      [
        "kinesis:DescribeStreamConsumer",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetResourcePolicy",
        "kinesis:ListTagsForStream",
      ],
      streams,
    ),
    allow(
      "ReadDeliveryStreams",
      ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"],
      deliveryStreams,
    ),
    allow("ReadQueues", ["sqs:GetQueueAttributes", "sqs:ListQueueTags"], queues),
    allow(
      "ReadKeyValueTables",
      [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ],
      keyValueTables,
    ),
    // none of these can be confined to resources; what they show is up to Lake Formation
    allow(
      "ReadLakeFormation",
      [
        "lakeformation:DescribeResource",
        "lakeformation:GetDataCellsFilter",
        "lakeformation:GetDataLakeSettings",
        "lakeformation:GetLFTag",
        "lakeformation:GetResourceLFTags",
        "lakeformation:ListLakeFormationOptIns",
        "lakeformation:ListPermissions",
        "lakeformation:ListResources",
      ],
      "*",
    ),
    allow("ReadWorkgroups", ["athena:GetWorkGroup", "athena:ListTagsForResource"], workgroups),
    allow("ReadLogGroups", ["logs:DescribeLogStreams", "logs:ListTagsForResource"], logGroups),
    allow("ReadAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"], alarms),
    allow(
      "ReadTopics",
      [
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
      ],
      topics,
    ),
  ];
}
