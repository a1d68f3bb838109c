import type { Conditions, Statement } from "../../modules/iam/policy";
import { forArtifacts, forFunctions, forKeyValueTables, ofFunctions, type Scope } from "./scope";

/** Services that resources of the layers hand a role to. WIRE-IAM-05 tells which one is missing. */
const SERVICES_WITH_ROLES = [
  "firehose.amazonaws.com",
  "glue.amazonaws.com",
  "lakeformation.amazonaws.com",
  "lambda.amazonaws.com",
];

/**
 * Services that make a role for themselves when they are first used, of those that the platform is built for.
 *
 * Source: the services' own documentation of their service-linked roles; WIRE-IAM-06 tells which one is missing.
 */
const SERVICE_LINKED = [
  "airflow.amazonaws.com",
  "kafka.amazonaws.com",
  "ops.emr-serverless.amazonaws.com",
  "redshift.amazonaws.com",
];

/** Makes, changes and destroys networks, keys and buckets. A type of resources that a layer adds needs its calls here or below. */
export function foundationWriting(scope: Scope): Statement[] {
  return [...ofNetworks(scope), ...ofKeys(scope), ...ofBuckets(scope)];
}

/** Makes, changes and destroys what services have, and the roles that they run with. */
export function serviceWriting(scope: Scope): Statement[] {
  return [...ofServices(scope), ...ofStreams(scope), ...ofRoles(scope)];
}

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: string | readonly string[],
  Condition?: Conditions,
): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

function ofNetworks({ account, arnOf }: Scope): Statement[] {
  return [
    allow(
      "ChangeNetworks",
      [
        "ec2:AllocateAddress",
        "ec2:AssociateRouteTable",
        "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroup*",
        "ec2:CreateFlowLogs",
        "ec2:CreateInternetGateway",
        "ec2:CreateNatGateway",
        "ec2:CreateRoute*",
        "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet",
        "ec2:CreateTags",
        "ec2:CreateVpc",
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteFlowLogs",
        "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway",
        // those that functions leave behind for a while, which keep subnets and groups from going
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteRoute*",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet",
        "ec2:DeleteTags",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcEndpoints",
        "ec2:DetachInternetGateway",
        "ec2:DetachNetworkInterface",
        "ec2:DisassociateAddress",
        "ec2:DisassociateRouteTable",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReleaseAddress",
        "ec2:ReplaceRoute*",
        "ec2:RevokeSecurityGroup*",
        "ec2:UpdateSecurityGroupRuleDescriptions*",
      ],
      // ids are made up by EC2; the account holds one environment
      arnOf("ec2", "*"),
    ),
    // what CreateFlowLogs and CreateVpcEndpoint ask for beside themselves, which cannot be confined to resources
    allow("DeliverFlowLogs", ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"], "*"),
    allow("NameEndpoints", ["route53:AssociateVPCWithHostedZone"], `arn:${account.partition}:route53:::hostedzone/*`),
  ];
}

function ofKeys(scope: Scope): Statement[] {
  const { arnOf, keyAliases, tags } = scope;
  const having = (kind: "Request" | "Resource"): Conditions => ({
    StringEquals: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${kind}Tag/${key}`, value])),
  });
  return [
    allow("MakeKeys", ["kms:CreateKey", "kms:TagResource"], "*", having("Request")),
    allow(
      "ChangeKeys",
      [
        "kms:*Alias",
        "kms:CancelKeyDeletion",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ],
      arnOf("kms", "key/*"),
      having("Resource"),
    ),
    allow("NameKeys", ["kms:*Alias"], arnOf("kms", `${keyAliases}*`)),
    allow("EncryptArtifacts", ["kms:GenerateDataKey"], arnOf("kms", "key/*"), forArtifacts(scope)),
    // Lambda grants the function's role the use of the key in the name of whoever makes the function
    allow("EncryptVariables", ["kms:CreateGrant", "kms:Encrypt"], arnOf("kms", "key/*"), forFunctions(scope)),
    // what DynamoDB asks of whoever makes a table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    allow(
      "EncryptKeyValueTables",
      ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      arnOf("kms", "key/*"),
      forKeyValueTables(scope),
    ),
  ];
}

function ofBuckets({ artifacts, buckets, mayEmptyBuckets }: Scope): Statement[] {
  return [
    allow(
      "ChangeBuckets",
      [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutInventoryConfiguration",
        "s3:PutLifecycleConfiguration",
      ],
      buckets,
    ),
    allow(
      "ChangeArtifacts",
      ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"],
      `${artifacts}/*`,
    ),
    // a file goes with all of its versions
    allow("FindArtifacts", ["s3:ListBucketVersions"], artifacts),
    ...(mayEmptyBuckets
      ? [
          allow(
            "EmptyBuckets",
            ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"],
            [buckets, `${buckets}/*`],
          ),
        ]
      : []),
  ];
}

function ofServices({ alarms, catalog, functions, logGroups, topics, workgroups }: Scope): Statement[] {
  return [
    allow(
      "ChangeLakeFormation",
      [
        "lakeformation:*LFTag",
        "lakeformation:AddLFTagsToResource",
        "lakeformation:*LakeFormationOptIn",
        "lakeformation:CreateDataCellsFilter",
        "lakeformation:DeleteDataCellsFilter",
        "lakeformation:DeregisterResource",
        "lakeformation:GrantPermissions",
        "lakeformation:PutDataLakeSettings",
        "lakeformation:RegisterResource",
        "lakeformation:RemoveLFTagsFromResource",
        "lakeformation:RevokePermissions",
        "lakeformation:UpdateDataCellsFilter",
        "lakeformation:UpdateResource",
      ],
      // none of its actions can be confined to resources
      "*",
    ),
    allow(
      "ChangeWorkgroups",
      [
        "athena:CreateWorkGroup",
        "athena:DeleteWorkGroup",
        "athena:TagResource",
        "athena:UntagResource",
        "athena:UpdateWorkGroup",
      ],
      workgroups,
    ),
    allow(
      "ChangeCatalog",
      [
        "glue:*ResourcePolicy",
        "glue:*TableOptimizer",
        "glue:CreateDatabase",
        "glue:DeleteDatabase",
        "glue:PutDataCatalogEncryptionSettings",
        "glue:TagResource",
        "glue:UntagResource",
        "glue:UpdateDatabase",
      ],
      catalog,
    ),
    allow(
      "ChangeFunctions",
      [
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:InvokeFunction",
        "lambda:PutFunctionConcurrency",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunction*",
      ],
      functions,
    ),
    allow(
      "ChangeLogGroups",
      [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DeleteLogGroup",
        "logs:DeleteLogStream",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      logGroups,
    ),
    allow(
      "ChangeAlarms",
      ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"],
      alarms,
    ),
    allow(
      "ChangeTopics",
      [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ],
      topics,
    ),
  ];
}

/** Streams and what becomes of what is in them, none of which is read or written. */
function ofStreams(scope: Scope): Statement[] {
  const { deliveryStreams, keyValueTables, mappings, queues, streams } = scope;
  return [
    allow(
      "ChangeStreams",
      [
        "kinesis:*EnhancedMonitoring",
        "kinesis:*StreamConsumer",
        "kinesis:*StreamEncryption",
        "kinesis:*StreamRetentionPeriod",
        "kinesis:*TagsToStream",
        "kinesis:CreateStream",
        "kinesis:DeleteResourcePolicy",
        "kinesis:DeleteStream",
        "kinesis:PutResourcePolicy",
        "kinesis:RemoveTagsFromStream",
        "kinesis:UpdateShardCount",
      ],
      streams,
    ),
    // this one cannot be confined to resources
    allow("ChangeStreamModes", ["kinesis:UpdateStreamMode"], "*"),
    allow(
      "ChangeDeliveryStreams",
      [
        "firehose:CreateDeliveryStream",
        "firehose:DeleteDeliveryStream",
        "firehose:TagDeliveryStream",
        "firehose:UntagDeliveryStream",
        "firehose:UpdateDestination",
      ],
      deliveryStreams,
    ),
    allow(
      "ChangeMappings",
      ["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"],
      // while one is made it has no ARN yet
      "*",
      ofFunctions(scope),
    ),
    allow("TagMappings", ["lambda:TagResource", "lambda:UntagResource"], mappings),
    allow(
      "ChangeQueues",
      ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
      queues,
    ),
    allow(
      "ChangeKeyValueTables",
      [
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ],
      keyValueTables,
    ),
  ];
}

/** Roles of layers alone, and none without the boundary: else whoever deploys could make a role that may do anything. */
function ofRoles({ account, names, roles }: Scope): Statement[] {
  const { partition, accountId } = account;
  const bounded = { StringEquals: { "iam:PermissionsBoundary": names.boundaryArn } };
  return [
    allow(
      "ChangeRoles",
      [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      roles,
      bounded,
    ),
    allow("TagRoles", ["iam:TagRole", "iam:UntagRole"], roles),
    allow("PassRoles", ["iam:PassRole"], roles, { StringEquals: { "iam:PassedToService": SERVICES_WITH_ROLES } }),
    allow(
      "MakeServiceLinkedRoles",
      ["iam:CreateServiceLinkedRole"],
      `arn:${partition}:iam::${accountId}:role/aws-service-role/*`,
      { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    ),
  ];
}

/** Drops tables, which no deployment does: those of a dataset that is gone stay until a person decides. */
export function tableDropping({ catalog }: Scope): Statement[] {
  return [allow("DropTables", ["glue:BatchDeleteTable", "glue:DeleteTable", "glue:GetTables"], catalog)];
}

/** What the bootstrap made is an administrator's: who deploys must not widen what they may do themselves. */
export function bootstrapDenial({ account, names }: Scope, stateKeyArn: string): Statement[] {
  const { partition, accountId } = account;
  const changes = [
    "Add",
    "Attach",
    "Create",
    "Delete",
    "Detach",
    "Pass",
    "Put",
    "Remove",
    "Set",
    "Tag",
    "Untag",
    "Update",
  ];
  return [
    {
      Sid: "KeepBootstrap",
      Effect: "Deny",
      Action: changes.map((change) => `iam:${change}*`),
      Resource: [
        ...Object.values(names.roleArns),
        names.boundaryArn,
        ...Object.values(names.policyArns),
        `arn:${partition}:iam::${accountId}:oidc-provider/*`,
      ],
    },
    { Sid: "KeepBoundary", Effect: "Deny", Action: "iam:DeleteRolePermissionsBoundary", Resource: "*" },
    {
      Sid: "KeepStateKey",
      Effect: "Deny",
      Action: [
        "kms:*Alias",
        "kms:*Grant",
        "kms:Disable*",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
      ],
      Resource: [stateKeyArn, names.stateKeyAliasArn],
    },
  ];
}
