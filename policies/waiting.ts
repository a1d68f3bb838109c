/** A rule that is known, and not judged yet. */
export interface WaitingRule {
  readonly id: string;
  /** What will have to hold, as a sentence. */
  readonly title: string;
  /** Types it waits for: it says nothing before the platform has one of them. */
  readonly types: readonly string[];
  /**
   * What else it waits for.
   *
   * @default - nothing but its types
   */
  readonly because?: string;
}

/** Rules that wait for the same types, as titles by id. */
function waiting(types: readonly string[], titles: Readonly<Record<string, string>>, because?: string): WaitingRule[] {
  return Object.entries(titles).map(([id, title]) => ({ id, title, types, ...(because !== undefined && { because }) }));
}

const CATALOG = [
  ...waiting(["aws_glue_catalog_table"], {
    "WIRE-GLUE-01": "Tables that are made as Iceberg tables have no partition_keys",
    "WIRE-GLUE-02": "Columns of Iceberg tables are left to the engines once the table is there",
    "WIRE-GLUE-03": "Tables that are called Iceberg tables are made as such",
  }),
  ...waiting(["aws_glue_connection"], {
    "LAKE-GLUE-08": "Connections to databases use TLS, and take their password from Secrets Manager",
    "WIRE-GLUE-04": "In the subnet and group of a connection, workers reach each other and S3",
  }),
  ...waiting(["aws_glue_crawler"], { "LAKE-GLUE-07": "Crawlers delete no tables" }),
  ...waiting(["aws_glue_crawler", "aws_glue_job"], {
    "LAKE-GLUE-03": "Every job and every crawler has a security configuration",
  }),
  ...waiting(["aws_glue_job"], {
    "LAKE-GLUE-04": "Jobs run on a version of Glue that is supported",
    "LAKE-GLUE-05": "Jobs end after a time, and are tried again a few times",
    "LAKE-GLUE-06": "Jobs write logs and metrics while they run",
    "WIRE-GLUE-07": "Jobs that ask Lake Formation for data have all the settings it takes",
  }),
  ...waiting(["aws_glue_security_configuration"], {
    "LAKE-GLUE-02": "Security configurations encrypt data, logs and bookmarks with a key of ours",
  }),
];

const STREAMS = [
  ...waiting(["aws_kinesis_firehose_delivery_stream", "aws_msk_cluster"], {
    "WIRE-FH-04": "A cluster of Kafka lets the delivery that reads from it connect",
  }),
  ...waiting(["aws_msk_cluster"], {
    "LAKE-MSK-01": "Clients and brokers speak TLS alone",
    "LAKE-MSK-02": "Brokers speak TLS to each other",
    "LAKE-MSK-03": "Clusters are encrypted with a key of ours",
    "LAKE-MSK-04": "Clients say who they are, by IAM",
    "LAKE-MSK-05": "Brokers have no public addresses",
    "LAKE-MSK-06": "Logs of brokers are kept",
    "LAKE-MSK-07": "Brokers are watched one by one, in production by topic",
    "WIRE-MSK-02": "Storage that grows by itself is not set back",
    "WIRE-MSK-04": "Clients reach brokers on the port of how they say who they are",
  }),
  ...waiting(
    ["aws_msk_cluster"],
    { "LAKE-VPC-12": "A VPC resolves and gives out names" },
    "WIRE-VPC-01 asks for it where there are endpoints",
  ),
  ...waiting(["aws_msk_configuration"], {
    "LAKE-MSK-08": "Brokers make no topics by themselves, and keep copies of each",
    "WIRE-MSK-03": "A cluster has as many brokers as its topics have copies",
  }),
  ...waiting(["aws_msk_scram_secret_association", "aws_msk_single_scram_secret_association"], {
    "WIRE-MSK-01": "Passwords of clusters are named, encrypted and associated as MSK wants it",
  }),
];

const WAREHOUSE = [
  ...waiting(["aws_redshift_cluster", "aws_redshiftserverless_workgroup"], {
    "LAKE-RS-01": "Warehouses are not open to the internet",
    "LAKE-RS-05": "Warehouses reach everything through the VPC",
    "WIRE-RS-02": "What a warehouse reaches through the VPC is reachable there",
  }),
  ...waiting(["aws_redshift_cluster", "aws_redshiftserverless_namespace"], {
    "LAKE-RS-02": "Warehouses are encrypted with a key of ours",
    "LAKE-RS-08": "Redshift makes and keeps the administrator's password itself",
    "LAKE-RS-09": "Administrator and database are not called as everywhere",
    "WIRE-RS-03": "The default role of a warehouse is attached to it",
    "WIRE-RS-04": "Roles of external schemas may read catalog, data and streams",
  }),
  ...waiting(["aws_redshift_cluster"], {
    "LAKE-RS-10": "Outside of development snapshots are kept for a week, and one is made at the end",
    "LAKE-RS-11": "Clusters are in subnets of ours, and are kept up to date",
    "LAKE-RS-12": "Clusters in production survive the loss of a zone",
  }),
  ...waiting(["aws_redshift_parameter_group"], { "LAKE-RS-03": "Clusters refuse connections without TLS" }),
  ...waiting(["aws_redshiftserverless_workgroup"], { "LAKE-RS-04": "Workgroups refuse connections without TLS" }),
  ...waiting(["aws_redshift_logging"], {
    "LAKE-RS-06": "Clusters log connections, users and what they do",
    "WIRE-RS-01": "The bucket of a cluster's logs takes them, before the cluster sends any",
  }),
  ...waiting(["aws_redshiftserverless_namespace"], { "LAKE-RS-07": "Namespaces export all three of their logs" }),
  ...waiting(["aws_quicksight_data_source"], {
    "LAKE-QS-01": "Sources of dashboards use TLS",
    "LAKE-QS-02": "Private sources are reached through the VPC, and are shared with groups",
    "WIRE-QS-01": "Subscription, principals and rights of QuickSight are there before what needs them",
  }),
];

const ORCHESTRATION = [
  ...waiting(["aws_mwaa_environment"], {
    "LAKE-MWAA-01": "Airflow's web server is private",
    "LAKE-MWAA-02": "Airflow keeps all five of its logs",
    "LAKE-MWAA-03": "Airflow is encrypted with a key of ours",
    "LAKE-MWAA-04": "Airflow is in two private subnets of two zones",
    "LAKE-MWAA-05": "Airflow takes secrets from Secrets Manager, and files in a version that is named",
    "WIRE-MWAA-01": "The bucket with the DAGs is versioned and closed before Airflow reads it",
    "WIRE-MWAA-02": "Airflow's security group lets its own members talk to each other",
    "WIRE-MWAA-03": "Airflow's role may do what Airflow itself does",
    "WIRE-MWAA-04": "Airflow's key is named by its ARN, is also the bucket's, and lets in the logs",
    "WIRE-MWAA-05": "Without NAT, Airflow installs packages from files",
  }),
  ...waiting(["aws_sfn_state_machine"], {
    "LAKE-SFN-01": "State machines keep logs, without data that is personal",
    "LAKE-SFN-02": "State machines are traced",
    "LAKE-SFN-03": "Every task is tried again, and its failure is caught",
    "WIRE-LOG-02": "Logs of state machines have names that need no policy of their own",
    "WIRE-SFN-01": "The role of a state machine that logs may set up the delivery",
    "WIRE-SFN-02": "The role of a state machine that waits by events may manage their rule",
    "WIRE-SFN-03": "The role of a state machine may do each of its tasks",
  }),
  ...waiting(["aws_cloudtrail", "aws_sfn_state_machine"], {
    "WIRE-LOG-01": "ARNs of log groups end as the service wants them to",
  }),
  ...waiting(["aws_emrserverless_application"], {
    "LAKE-EMRS-01": "Applications run in the VPC",
    "LAKE-EMRS-02": "Applications are bounded, and stop when they are idle",
    "WIRE-EMRS-01": "Applications are in private subnets with a way out, and their jobs have a role",
  }),
  ...waiting(["aws_scheduler_schedule"], { "WIRE-SCH-01": "Roles of schedules are for a group of them, not for one" }),
];

const OPERATIONS = [
  ...waiting(["aws_cloudtrail"], {
    "LAKE-CT-01": "The trail is on, in every region and for global services",
    "LAKE-CT-02": "The trail's files can be verified, and are encrypted with a key of ours",
    "LAKE-CT-03": "The trail goes to CloudWatch, too",
    "LAKE-CT-04": "In production the trail has every reading and writing of the lake's objects",
    "WIRE-CT-01": "The trail's bucket lets it in, by its name, before it is made",
    "WIRE-CT-02": "The trail's key lets it encrypt, and those who read it decrypt",
  }),
  ...waiting(["aws_cloudwatch_composite_alarm"], { "WIRE-CW-01": "Alarms on alarms refer to them" }),
  ...waiting(["aws_cloudwatch_event_rule"], { "WIRE-S3-02": "Buckets of which events are awaited send them" }),
  ...waiting(["aws_cloudwatch_event_target"], {
    "WIRE-EVB-01": "Targets of events are given as their service wants them",
    "WIRE-LOG-03": "Log groups that are targets of events have a policy that lets them in",
  }),
  ...waiting(["aws_budgets_budget", "aws_ce_anomaly_monitor"], {
    "WIRE-BUD-01": "Tags that budgets go by are activated for billing",
  }),
  ...waiting(["aws_s3_bucket_notification"], {
    "WIRE-S3-03": "Who is notified by a bucket lets it, and is there first",
  }),
  ...waiting(
    ["aws_s3_bucket_replication_configuration"],
    { "LAKE-S3-17": "In production zones that are to be replicated are" },
    "a setting that says which zones are",
  ),
  ...waiting(["aws_secretsmanager_secret"], {
    "LAKE-SEC-01": "Secrets are encrypted with a key of ours, rotated, and recoverable",
    "WIRE-SEC-01": "The name of a secret that was deleted is free again",
  }),
];

/** Rules that are known, and wait for what they would judge. */
export const WAITING: readonly WaitingRule[] = [...CATALOG, ...STREAMS, ...WAREHOUSE, ...ORCHESTRATION, ...OPERATIONS];
