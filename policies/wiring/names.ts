/** How far a name has to be unique; "global" is all of AWS. */
export type Scope = "global" | "account" | "region";

/** How the resources of a type are named. */
export interface NameKind {
  /**
   * The attribute that holds the name.
   *
   * @default "name"
   */
  readonly attribute?: string;
  /** @default "region" */
  readonly scope?: Scope;
  /** The attribute that says within what it is unique, for example "vpc_id". */
  readonly within?: string;
  /** Type whose resources have their names among the same ones. */
  readonly sharedWith?: string;
  readonly ignoresCase?: boolean;
  /**
   * The most characters it may have.
   *
   * @default - AWS documents none
   */
  readonly maximum?: number;
  /**
   * What may be in it.
   *
   * @default - AWS documents nothing, or nearly everything
   */
  readonly characters?: RegExp;
}

const WORD = /^[\w-]*$/;
const DOTTED = /^[\w.-]*$/;
const LOWER = /^[a-z0-9-]*$/;
// IAM User Guide, "IAM and AWS STS quotas"
const IAM = { scope: "account", ignoresCase: true, characters: /^[\w+=,.@-]*$/ } as const;
// Glue API Reference: any character but control characters
const GLUE = { maximum: 255 } as const;

/** Names by type. Limits are those of the API that creates it, as the API reference of its service has them. */
export const NAMES: Readonly<Record<string, NameKind>> = {
  aws_athena_workgroup: { maximum: 128, characters: DOTTED },
  aws_budgets_budget: { scope: "account", maximum: 100, characters: /^[^:\\]*$/ },
  aws_cloudtrail: { maximum: 128, characters: DOTTED },
  aws_cloudwatch_composite_alarm: {
    attribute: "alarm_name",
    sharedWith: "aws_cloudwatch_metric_alarm",
    maximum: 255,
  },
  aws_cloudwatch_dashboard: { attribute: "dashboard_name", scope: "account", maximum: 255, characters: WORD },
  aws_cloudwatch_event_bus: { maximum: 256, characters: /^[\w./-]*$/ },
  aws_cloudwatch_event_rule: { within: "event_bus_name", maximum: 64, characters: DOTTED },
  aws_cloudwatch_log_group: { maximum: 512, characters: /^[\w./#-]*$/ },
  aws_cloudwatch_log_resource_policy: { attribute: "policy_name" },
  aws_cloudwatch_log_stream: { within: "log_group_name", maximum: 512, characters: /^[^:*]*$/ },
  aws_cloudwatch_metric_alarm: { attribute: "alarm_name", maximum: 255 },
  aws_dynamodb_table: { maximum: 255, characters: DOTTED },
  aws_glue_catalog_database: { ...GLUE, ignoresCase: true },
  aws_glue_catalog_table: { ...GLUE, ignoresCase: true, within: "database_name" },
  aws_glue_connection: GLUE,
  aws_glue_crawler: GLUE,
  aws_glue_job: GLUE,
  aws_glue_registry: { ...GLUE, attribute: "registry_name", characters: /^[\w$#.-]*$/ },
  aws_glue_security_configuration: GLUE,
  aws_glue_trigger: GLUE,
  aws_glue_workflow: GLUE,
  aws_iam_instance_profile: { ...IAM, maximum: 128 },
  aws_iam_policy: { ...IAM, maximum: 128 },
  aws_iam_role: { ...IAM, maximum: 64 },
  aws_iam_role_policy: { ...IAM, ignoresCase: false, within: "role", maximum: 128 },
  aws_kinesis_firehose_delivery_stream: { maximum: 64, characters: DOTTED },
  aws_kinesis_stream: { maximum: 128, characters: DOTTED },
  aws_kinesis_stream_consumer: { within: "stream_arn", maximum: 128, characters: DOTTED },
  aws_kms_alias: { maximum: 256, characters: /^[\w:/-]*$/ },
  aws_lakeformation_lf_tag: { attribute: "key", ignoresCase: true, maximum: 128 },
  aws_lambda_function: { attribute: "function_name", maximum: 64, characters: WORD },
  aws_msk_cluster: { attribute: "cluster_name", maximum: 64 },
  aws_msk_configuration: {},
  aws_msk_serverless_cluster: { attribute: "cluster_name", sharedWith: "aws_msk_cluster", maximum: 64 },
  aws_mwaa_environment: { maximum: 80, characters: WORD },
  aws_redshift_cluster: { attribute: "cluster_identifier", maximum: 63, characters: LOWER },
  aws_redshift_parameter_group: { ignoresCase: true, maximum: 255, characters: /^[A-Za-z0-9-]*$/ },
  aws_redshift_subnet_group: { ignoresCase: true, maximum: 255, characters: /^[A-Za-z0-9-]*$/ },
  aws_redshiftserverless_namespace: { attribute: "namespace_name", maximum: 64, characters: LOWER },
  aws_redshiftserverless_workgroup: { attribute: "workgroup_name", maximum: 64, characters: LOWER },
  aws_s3_bucket: {
    attribute: "bucket",
    scope: "global",
    ignoresCase: true,
    maximum: 63,
    characters: /^[a-z0-9.-]*$/,
  },
  aws_scheduler_schedule: { within: "group_name", maximum: 64, characters: DOTTED },
  aws_scheduler_schedule_group: { maximum: 64, characters: DOTTED },
  aws_secretsmanager_secret: { maximum: 512, characters: /^[\w/+=.@-]*$/ },
  aws_security_group: {
    within: "vpc_id",
    ignoresCase: true,
    maximum: 255,
    characters: /^[\w .:/()#,@[\]+=&;{}!$*-]*$/,
  },
  aws_sfn_state_machine: { maximum: 80, characters: /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]*$/ },
  aws_sns_topic: { maximum: 256, characters: DOTTED },
  aws_sqs_queue: { maximum: 80, characters: DOTTED },
  aws_ssm_parameter: { maximum: 1011, characters: /^[\w./-]*$/ },
};
