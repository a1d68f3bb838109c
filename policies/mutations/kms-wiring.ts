import { addedStatement, find, type Mutation, set, statement } from "./mutation";

const KEY = "aws_kms_key";
const LOGS_KEY = [KEY, "foundation_logs-key"] as const;
const TOPIC = ["aws_sns_topic", "alert"] as const;
const ROLE = ["aws_iam_role", "lake_catalog-encryption"] as const;
const POLICY = ["aws_iam_role_policy", "lake_catalog-encryption"] as const;
const INVENTORY = ["aws_s3_bucket_inventory", "invoices"] as const;

const administration = (change?: object) =>
  statement(...LOGS_KEY, "AdministerByAccount", change && ((found) => Object.assign(found, change)));

const publishing = (sid: string, change?: object) =>
  statement(KEY, "foundation_messaging-key", sid, change && ((found) => Object.assign(found, change)));

const inventories = (change?: object) =>
  statement(KEY, "foundation_data-key", "EncryptInventoryReports", change && ((found) => Object.assign(found, change)));

/** Lets the role of the catalog's encryption do something with objects of the raw zone, and with their key. */
const withObjects =
  (action: string, onKey?: object): Mutation["edit"] =>
  (stacks) => {
    const bucket = `\${${find(stacks, "aws_s3_bucket", "lake_raw_").address}.arn}`;
    addedStatement(...POLICY, { Effect: "Allow", Action: action, Resource: `${bucket}/*` })(stacks);
    if (onKey !== undefined) {
      const { rule } = find(stacks, "aws_s3_bucket_server_side_encryption_configuration", "lake_raw_").values;
      const [key] = /\$\{[^}]+\}/.exec(JSON.stringify(rule)) ?? [];
      addedStatement(...POLICY, { Effect: "Allow", Resource: key, ...onKey })(stacks);
    }
  };

/** Each keeps somebody from a key who needs it, and says which rule notices. */
export const KMS_WIRING_MUTATIONS: readonly Mutation[] = [
  ...[
    { what: "no statement for the account", change: undefined },
    { what: "an account that may only look", change: { Action: ["kms:Describe*", "kms:Get*", "kms:List*"] } },
    { what: "an account that may not", change: { Effect: "Deny" } },
    {
      what: "an account that acts through a service alone",
      change: { Condition: { StringEquals: { "kms:ViaService": "logs.eu-west-1.amazonaws.com" } } },
    },
    {
      what: "some of the account",
      change: { Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/admin" } } },
    },
  ].map(({ what, change }): Mutation => ({
    rule: "WIRE-KMS-01",
    what,
    edit: administration(change),
    found: LOGS_KEY,
  })),
  {
    rule: "WIRE-KMS-01",
    what: "a check bypassed",
    edit: set(...LOGS_KEY, "bypass_policy_lockout_safety_check", true),
    found: LOGS_KEY,
  },
  ...[
    { what: "no statement for alarms and budgets", edit: publishing("PublishMessages") },
    { what: "no statement for events", edit: publishing("PublishEvents") },
    {
      what: "no budgets",
      edit: publishing("PublishMessages", {
        Principal: { Service: ["cloudwatch.amazonaws.com", "costalerts.amazonaws.com"] },
      }),
    },
    { what: "no data keys", edit: publishing("PublishMessages", { Action: "kms:Decrypt" }) },
    {
      what: "another account's alarms",
      edit: publishing("PublishMessages", { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }),
    },
    {
      what: "messages of an organization",
      edit: publishing("PublishMessages", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
    },
    {
      what: "events of an account that they do not name",
      edit: publishing("PublishEvents", { Condition: { StringEquals: { "aws:SourceAccount": "333333333333" } } }),
    },
  ].map(({ what, edit }): Mutation => ({ rule: "WIRE-KMS-03", what, edit, found: TOPIC })),
  ...[
    { what: "a reader without the key", edit: withObjects("s3:GetObject") },
    { what: "a writer without the key", edit: withObjects("s3:PutObject") },
    {
      what: "a reader that may decrypt through another service",
      edit: withObjects("s3:GetObject", {
        Action: "kms:Decrypt",
        Condition: { StringEquals: { "kms:ViaService": "kinesis.eu-west-1.amazonaws.com" } },
      }),
    },
    {
      what: "a reader that may decrypt for another account",
      edit: withObjects("s3:GetObject", {
        Action: "kms:Decrypt",
        Condition: { StringEquals: { "kms:CallerAccount": "999999999999" } },
      }),
    },
    {
      what: "a writer that cannot upload in parts",
      edit: withObjects("s3:PutObject", { Action: "kms:GenerateDataKey" }),
    },
  ].map(({ what, edit }): Mutation => ({ rule: "WIRE-KMS-04", what, edit, found: ROLE })),
  ...[
    { what: "no statement for inventories", change: undefined },
    { what: "a service that may only decrypt", change: { Action: "kms:Decrypt" } },
    {
      what: "inventories of other buckets",
      change: { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::basin-prod-lake-published-*" } } },
    },
  ].map(({ what, change }): Mutation => ({ rule: "WIRE-KMS-05", what, edit: inventories(change), found: INVENTORY })),
  ...[
    { what: "no statement for logs", change: undefined },
    {
      what: "logs of other groups",
      change: {
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:333333333333:log-group:x" },
        },
      },
    },
    { what: "logs of every region", change: { Principal: { Service: "logs.amazonaws.com" } } },
  ].map(({ what, change }): Mutation => ({
    rule: "WIRE-KMS-02",
    what,
    edit: statement(...LOGS_KEY, "EncryptLogGroups", change && ((found) => Object.assign(found, change))),
    // said of the first group with that key
    found: ["aws_cloudwatch_log_group", "clickstream_consumer-purchases_"],
  })),
];
