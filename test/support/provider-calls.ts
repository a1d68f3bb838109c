/** The calls of the provider for a type of resources: those of a plan, and those that only a deployment makes. */
export interface Calls {
  readonly reading: readonly string[];
  readonly writing: readonly string[];
}

/** Every type that a layer has. A new one needs a line here, and its calls in stacks/bootstrap. */
export const CALLS: Readonly<Record<string, Calls>> = {
  aws_athena_workgroup: {
    reading: ["athena:GetWorkGroup", "athena:ListTagsForResource"],
    writing: ["athena:CreateWorkGroup", "athena:UpdateWorkGroup", "athena:DeleteWorkGroup", "athena:TagResource"],
  },
  aws_cloudwatch_log_group: {
    reading: ["logs:DescribeLogGroups", "logs:ListTagsForResource"],
    writing: [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutRetentionPolicy",
      "logs:DeleteRetentionPolicy",
      "logs:AssociateKmsKey",
      "logs:DisassociateKmsKey",
      "logs:TagResource",
      "logs:UntagResource",
    ],
  },
  aws_cloudwatch_log_stream: {
    reading: ["logs:DescribeLogStreams"],
    writing: ["logs:CreateLogStream", "logs:DeleteLogStream"],
  },
  aws_cloudwatch_metric_alarm: {
    reading: ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"],
    writing: ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:TagResource"],
  },
  aws_default_security_group: {
    reading: ["ec2:DescribeSecurityGroups"],
    writing: ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:CreateTags"],
  },
  aws_dynamodb_table: {
    reading: [
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
    ],
    writing: [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
  },
  aws_eip: {
    reading: ["ec2:DescribeAddresses"],
    writing: ["ec2:AllocateAddress", "ec2:DisassociateAddress", "ec2:ReleaseAddress"],
  },
  aws_flow_log: {
    reading: ["ec2:DescribeFlowLogs"],
    writing: ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs", "logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
  },
  aws_glue_catalog_database: {
    reading: ["glue:GetDatabase", "glue:GetTags"],
    writing: ["glue:CreateDatabase", "glue:UpdateDatabase", "glue:DeleteDatabase", "glue:TagResource"],
  },
  aws_glue_catalog_table_optimizer: {
    reading: ["glue:GetTableOptimizer"],
    writing: ["glue:CreateTableOptimizer", "glue:UpdateTableOptimizer", "glue:DeleteTableOptimizer", "iam:PassRole"],
  },
  aws_glue_data_catalog_encryption_settings: {
    reading: ["glue:GetDataCatalogEncryptionSettings"],
    writing: ["glue:PutDataCatalogEncryptionSettings", "iam:PassRole"],
  },
  aws_glue_resource_policy: {
    reading: ["glue:GetResourcePolicy"],
    writing: ["glue:PutResourcePolicy", "glue:DeleteResourcePolicy"],
  },
  aws_iam_role: {
    reading: ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
    writing: ["iam:CreateRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:TagRole"],
  },
  aws_iam_role_policy: { reading: ["iam:GetRolePolicy"], writing: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"] },
  aws_internet_gateway: {
    reading: ["ec2:DescribeInternetGateways"],
    writing: [
      "ec2:CreateInternetGateway",
      "ec2:AttachInternetGateway",
      "ec2:DetachInternetGateway",
      "ec2:DeleteInternetGateway",
    ],
  },
  aws_kinesis_firehose_delivery_stream: {
    reading: ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"],
    writing: [
      "firehose:CreateDeliveryStream",
      "firehose:DeleteDeliveryStream",
      "firehose:TagDeliveryStream",
      "firehose:UntagDeliveryStream",
      "firehose:UpdateDestination",
      "iam:PassRole",
    ],
  },
  aws_kinesis_resource_policy: {
    reading: ["kinesis:GetResourcePolicy"],
    writing: ["kinesis:PutResourcePolicy", "kinesis:DeleteResourcePolicy"],
  },
  aws_kinesis_stream: {
    // limits are read for every plan
    reading: ["kinesis:DescribeLimits", "kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"],
    writing: [
      "kinesis:CreateStream",
      "kinesis:DeleteStream",
      "kinesis:AddTagsToStream",
      "kinesis:RemoveTagsFromStream",
      "kinesis:IncreaseStreamRetentionPeriod",
      "kinesis:DecreaseStreamRetentionPeriod",
      "kinesis:StartStreamEncryption",
      "kinesis:StopStreamEncryption",
      "kinesis:UpdateShardCount",
      "kinesis:UpdateStreamMode",
      "kinesis:EnableEnhancedMonitoring",
      "kinesis:DisableEnhancedMonitoring",
    ],
  },
  aws_kinesis_stream_consumer: {
    reading: ["kinesis:DescribeStreamConsumer"],
    writing: ["kinesis:RegisterStreamConsumer", "kinesis:DeregisterStreamConsumer"],
  },
  aws_kms_alias: { reading: ["kms:ListAliases"], writing: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"] },
  aws_kms_key: {
    reading: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
    writing: [
      "kms:CreateKey",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
    ],
  },
  aws_lakeformation_data_cells_filter: {
    reading: ["lakeformation:GetDataCellsFilter"],
    writing: [
      "lakeformation:CreateDataCellsFilter",
      "lakeformation:UpdateDataCellsFilter",
      "lakeformation:DeleteDataCellsFilter",
    ],
  },
  aws_lakeformation_data_lake_settings: {
    reading: ["lakeformation:GetDataLakeSettings"],
    writing: ["lakeformation:PutDataLakeSettings"],
  },
  aws_lakeformation_lf_tag: {
    reading: ["lakeformation:GetLFTag"],
    writing: ["lakeformation:CreateLFTag", "lakeformation:UpdateLFTag", "lakeformation:DeleteLFTag"],
  },
  aws_lakeformation_opt_in: {
    reading: ["lakeformation:ListLakeFormationOptIns"],
    writing: ["lakeformation:CreateLakeFormationOptIn", "lakeformation:DeleteLakeFormationOptIn"],
  },
  aws_lakeformation_permissions: {
    reading: ["lakeformation:ListPermissions"],
    writing: ["lakeformation:GrantPermissions", "lakeformation:RevokePermissions"],
  },
  aws_lakeformation_resource: {
    reading: ["lakeformation:DescribeResource"],
    writing: [
      "lakeformation:RegisterResource",
      "lakeformation:UpdateResource",
      "lakeformation:DeregisterResource",
      "iam:GetRole",
      "iam:PassRole",
    ],
  },
  aws_lakeformation_resource_lf_tags: {
    reading: ["lakeformation:GetResourceLFTags"],
    writing: ["lakeformation:AddLFTagsToResource", "lakeformation:RemoveLFTagsFromResource"],
  },
  aws_lambda_event_source_mapping: {
    reading: ["lambda:GetEventSourceMapping", "lambda:ListTags"],
    writing: [
      "lambda:CreateEventSourceMapping",
      "lambda:UpdateEventSourceMapping",
      "lambda:DeleteEventSourceMapping",
      "lambda:TagResource",
      "lambda:UntagResource",
    ],
  },
  aws_lambda_function: {
    reading: [
      "lambda:GetFunction",
      "lambda:ListVersionsByFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "kms:Decrypt",
    ],
    writing: [
      "lambda:CreateFunction",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:DeleteFunction",
      "lambda:PutFunctionConcurrency",
      "lambda:DeleteFunctionConcurrency",
      "lambda:TagResource",
      "lambda:UntagResource",
      "iam:PassRole",
      "s3:GetObjectVersion",
      "kms:CreateGrant",
      "kms:Encrypt",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
  },
  // nothing is read: the provider keeps what the call answered
  aws_lambda_invocation: { reading: [], writing: ["lambda:InvokeFunction"] },
  aws_nat_gateway: { reading: ["ec2:DescribeNatGateways"], writing: ["ec2:CreateNatGateway", "ec2:DeleteNatGateway"] },
  aws_route: {
    reading: ["ec2:DescribeRouteTables"],
    writing: ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"],
  },
  aws_route_table: { reading: ["ec2:DescribeRouteTables"], writing: ["ec2:CreateRouteTable", "ec2:DeleteRouteTable"] },
  aws_route_table_association: {
    reading: ["ec2:DescribeRouteTables"],
    writing: ["ec2:AssociateRouteTable", "ec2:DisassociateRouteTable", "ec2:ReplaceRouteTableAssociation"],
  },
  aws_s3_bucket: {
    reading: [
      "s3:ListBucket",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLocation",
      "s3:GetBucketRequestPayment",
      "s3:GetBucketTagging",
      "s3:GetBucketWebsite",
      "s3:GetAccelerateConfiguration",
      "s3:GetReplicationConfiguration",
    ],
    writing: ["s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucketTagging"],
  },
  aws_s3_bucket_inventory: { reading: ["s3:GetInventoryConfiguration"], writing: ["s3:PutInventoryConfiguration"] },
  aws_s3_bucket_lifecycle_configuration: {
    reading: ["s3:GetLifecycleConfiguration"],
    writing: ["s3:PutLifecycleConfiguration"],
  },
  aws_s3_bucket_logging: { reading: ["s3:GetBucketLogging"], writing: ["s3:PutBucketLogging"] },
  aws_s3_bucket_object_lock_configuration: {
    reading: ["s3:GetBucketObjectLockConfiguration"],
    writing: ["s3:PutBucketObjectLockConfiguration"],
  },
  aws_s3_bucket_ownership_controls: {
    reading: ["s3:GetBucketOwnershipControls"],
    writing: ["s3:PutBucketOwnershipControls"],
  },
  aws_s3_bucket_policy: { reading: ["s3:GetBucketPolicy"], writing: ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] },
  aws_s3_bucket_public_access_block: {
    reading: ["s3:GetBucketPublicAccessBlock"],
    writing: ["s3:PutBucketPublicAccessBlock"],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    reading: ["s3:GetEncryptionConfiguration"],
    writing: ["s3:PutEncryptionConfiguration"],
  },
  aws_s3_bucket_versioning: { reading: ["s3:GetBucketVersioning"], writing: ["s3:PutBucketVersioning"] },
  aws_s3_object: {
    reading: ["s3:GetObject", "s3:GetObjectTagging"],
    writing: ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "kms:GenerateDataKey"],
  },
  aws_security_group: {
    reading: ["ec2:DescribeSecurityGroups"],
    writing: ["ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"],
  },
  aws_sns_topic: {
    reading: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
    writing: ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:TagResource"],
  },
  aws_sns_topic_policy: { reading: ["sns:GetTopicAttributes"], writing: ["sns:SetTopicAttributes"] },
  aws_sns_topic_subscription: {
    reading: ["sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic"],
    writing: ["sns:Subscribe", "sns:Unsubscribe"],
  },
  aws_sqs_queue: {
    reading: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
    writing: ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
  },
  aws_sqs_queue_policy: { reading: ["sqs:GetQueueAttributes"], writing: ["sqs:SetQueueAttributes"] },
  aws_subnet: {
    reading: ["ec2:DescribeSubnets"],
    writing: [
      "ec2:CreateSubnet",
      "ec2:DeleteSubnet",
      "ec2:ModifySubnetAttribute",
      // network interfaces that functions have left behind
      "ec2:DescribeNetworkInterfaces",
      "ec2:DetachNetworkInterface",
      "ec2:DeleteNetworkInterface",
    ],
  },
  aws_vpc: {
    reading: ["ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeNetworkAcls"],
    writing: ["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"],
  },
  aws_vpc_endpoint: {
    reading: ["ec2:DescribeVpcEndpoints", "ec2:DescribePrefixLists"],
    writing: [
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteVpcEndpoints",
      "ec2:ModifyVpcEndpoint",
      "route53:AssociateVPCWithHostedZone",
    ],
  },
  aws_vpc_security_group_egress_rule: {
    reading: ["ec2:DescribeSecurityGroupRules"],
    writing: ["ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupEgress", "ec2:ModifySecurityGroupRules"],
  },
  aws_vpc_security_group_ingress_rule: {
    reading: ["ec2:DescribeSecurityGroupRules"],
    writing: ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:ModifySecurityGroupRules"],
  },
};
