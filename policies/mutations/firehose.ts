import { find, hastily, inOrder, type Mutation, removed, set, setIn, statement, withoutActions } from "./mutation";

const DELIVERY = ["aws_kinesis_firehose_delivery_stream", "clickstream_"] as const;
const POLICY = ["aws_iam_role_policy", "clickstream_delivery_"] as const;
const TRANSFORM = ["aws_lambda_function", "clickstream_transform_"] as const;
const ICEBERG = "iceberg_configuration";

const inIceberg = (path: readonly string[], value: unknown) => setIn(...DELIVERY, [ICEBERG, ...path], value);
const ofTables = (change: (tables: Record<string, unknown>[]) => unknown[]): Mutation["edit"] => {
  return (stacks) => {
    const { [ICEBERG]: iceberg } = find(stacks, ...DELIVERY).values as { [ICEBERG]: Record<string, unknown> };
    const tables = iceberg.destination_table_configuration as Record<string, unknown>[];
    iceberg.destination_table_configuration = change(tables);
  };
};

/** Lets the role use keys for another stream alone; what S3 asks of them has no stream. */
const ofAnotherStream = (sid: string) =>
  statement(...POLICY, sid, (found) => {
    found.Condition = {
      StringEqualsIfExists: {
        "kms:EncryptionContext:aws:kinesis:arn": "arn:aws:kinesis:eu-west-1:333333333333:stream/other",
      },
    };
  });

/** Each weakens the delivery of production's stream, or keeps it from what it needs, and says which rule notices. */
export const FIREHOSE_MUTATIONS: readonly Mutation[] = (
  [
    {
      rule: "LAKE-FH-01",
      what: "a delivery that is written to, without a key",
      edit: inOrder(
        set(...DELIVERY, "kinesis_source_configuration", undefined),
        // which looks at what it reads
        removed("aws_cloudwatch_metric_alarm", "clickstream_stream-age_"),
      ),
    },
    {
      rule: "LAKE-FH-02",
      what: "failures without a key",
      edit: inIceberg(["s3_configuration", "kms_key_arn"], undefined),
    },
    {
      rule: "LAKE-FH-02",
      what: "failures that are not logged",
      edit: inIceberg(["cloudwatch_logging_options", "enabled"], false),
    },
    { rule: "WIRE-FH-01", what: "no commits", edit: withoutActions(POLICY, /^glue:UpdateTable$/) },
    { rule: "WIRE-FH-01", what: "no list of shards", edit: withoutActions(POLICY, /^kinesis:ListShards$/) },
    { rule: "WIRE-FH-01", what: "no transform", edit: withoutActions(POLICY, /^lambda:/) },
    { rule: "WIRE-FH-01", what: "no logs", edit: withoutActions(POLICY, /^logs:/) },
    {
      rule: "WIRE-FH-01",
      what: "failures where it may not put them",
      edit: inIceberg(["s3_configuration", "error_output_prefix"], "errors/"),
    },
    {
      rule: "WIRE-FH-01",
      what: "failures among the files of its table",
      edit: inIceberg(["s3_configuration", "error_output_prefix"], "web/clickstream/errors/"),
    },
    {
      rule: "WIRE-FH-02",
      what: "a database for a catalog",
      edit: inIceberg(["catalog_arn"], "arn:aws:glue:eu-west-1:333333333333:database/web"),
    },
    { rule: "WIRE-FH-02", what: "everything backed up", edit: inIceberg(["s3_backup_mode"], "AllData") },
    {
      rule: "WIRE-FH-03",
      what: "rows told apart by another column than the key",
      edit: ofTables(([first, ...others]) => [{ ...first, unique_keys: ["session_id"] }, ...others]),
    },
    {
      rule: "WIRE-FH-03",
      what: "a table for refused records that it does not name",
      edit: ofTables((tables) => tables.slice(0, 1)),
    },
    {
      rule: "WIRE-FH-05",
      what: "leave to decrypt another stream alone",
      edit: inOrder(ofAnotherStream("DecryptWithKeyData"), ofAnotherStream("UseKeyData")),
    },
    {
      rule: "WIRE-FH-06",
      what: "a stream of logs that nothing makes",
      edit: inIceberg(["s3_configuration", "cloudwatch_logging_options", "log_stream_name"], "BackupDelivery"),
    },
    { rule: "WIRE-FH-07", what: "a transform that takes too long", edit: set(...TRANSFORM, "timeout", 600) },
    {
      rule: "WIRE-FH-07",
      what: "a transform that is not called",
      edit: inIceberg(["processing_configuration", "enabled"], false),
    },
    {
      rule: "WIRE-IAM-01",
      what: "a delivery that does not wait for what its role may",
      edit: hastily(...DELIVERY, "aws_iam_role_policy."),
    },
  ] as const
).map((one) => ({ ...one, found: DELIVERY }));
