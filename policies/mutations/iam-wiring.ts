import { added, addedStatement, find, type Mutation, set, statement } from "./mutation";

const ROLE = ["aws_iam_role", "lake_catalog-encryption"] as const;
const POLICY = ["aws_iam_role_policy", "lake_catalog-encryption"] as const;
const SETTINGS = ["aws_glue_data_catalog_encryption_settings", "lake_"] as const;
const KEY = ["aws_kms_key", "foundation_data-key"] as const;
const LOGS_KEY = ["aws_kms_key", "foundation_logs-key"] as const;
const ENDPOINT = ["aws_vpc_endpoint", "endpoints_glue"] as const;
const GROUP = ["aws_security_group", "workloads"] as const;
const TABLE = ["aws_route_table", "egress-a-routes"] as const;
const TOPIC = ["aws_sns_topic", "alert"] as const;

const names = (...principals: readonly string[]) =>
  statement(...KEY, "AdministerByAccount", (found) => {
    const { AWS: account } = found.Principal as { AWS: string };
    found.Principal = { AWS: [account, ...principals] };
  });

const trust = (change: object) =>
  statement(...ROLE, "TrustServices", (found) => Object.assign(found, change), "assume_role_policy");

const permissions = (change: object) => statement(...POLICY, "UseKeyCatalog", (found) => Object.assign(found, change));

const own = (accountId: string) => ({ StringEquals: { "aws:SourceAccount": accountId } });

/** Each breaks what lets roles be used, or policies be written, and says which rule notices. */
export const IAM_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-IAM-02",
    what: "a role of a later stack",
    edit: names("arn:aws:iam::333333333333:role/basin-prod-catalog-encryption"),
    found: KEY,
  },
  {
    rule: "WIRE-IAM-02",
    what: "a role that nobody has declared",
    edit: names("arn:aws:iam::333333333333:role/somebody"),
    found: KEY,
  },
  {
    rule: "WIRE-IAM-02",
    what: "a role of the same stack that nothing makes wait for",
    edit: addedStatement("aws_s3_bucket_policy", "lake_raw_", {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::333333333333:role/basin-prod-catalog-encryption" },
      Action: "s3:ListBucket",
      Resource: "*",
    }),
    found: ["aws_s3_bucket_policy", "lake_raw_"],
  },
  ...[
    { what: "another service", change: { Principal: { Service: "lambda.amazonaws.com" } } },
    { what: "a service that may tag sessions alone", change: { Action: "sts:TagSession" } },
    { what: "a service that is refused", change: { Effect: "Deny" } },
    {
      what: "another account's settings",
      change: {
        Condition: { ...own("333333333333"), ArnLike: { "aws:SourceArn": "arn:aws:glue:*:999999999999:*" } },
      },
    },
  ].map(({ what, change }): Mutation => ({ rule: "WIRE-IAM-03", what, edit: trust(change), found: SETTINGS })),
  ...[
    { what: "a Sid with spaces", change: { Sid: "Use the catalog's key" } },
    { what: "a principal in a role's policy", change: { Principal: "*" } },
    { what: "an action without a service", change: { Action: ["kms:*", "Decrypt"] } },
  ].map(({ what, change }): Mutation => ({ rule: "WIRE-IAM-04", what, edit: permissions(change), found: POLICY })),
  {
    rule: "WIRE-IAM-04",
    what: "two statements of one name",
    edit: addedStatement(...POLICY, {
      Sid: "UseKeyCatalog",
      Effect: "Allow",
      Action: "kms:ListAliases",
      Resource: "*",
    }),
    found: POLICY,
  },
  { rule: "WIRE-IAM-04", what: "a trust in resources", edit: trust({ Resource: "*" }), found: ROLE },
  {
    rule: "WIRE-IAM-04",
    what: "a dash that KMS does not know",
    edit: statement(...LOGS_KEY, "EncryptLogGroups", (found) => {
      found.Sid = "Encrypt — log groups";
    }),
    found: LOGS_KEY,
  },
  {
    rule: "WIRE-IAM-04",
    what: "a name where an ARN belongs",
    edit: (stacks) => {
      const { address } = find(stacks, "aws_s3_bucket", "lake_raw_");
      addedStatement(...POLICY, { Effect: "Allow", Action: "s3:ListBucket", Resource: `\${${address}.bucket}` })(
        stacks,
      );
    },
    found: POLICY,
  },
  { rule: "WIRE-IAM-04", what: "no JSON", edit: set(...ENDPOINT, "policy", "{"), found: ENDPOINT },
  {
    rule: "WIRE-IAM-07",
    what: "a role's tag in lower case",
    edit: set(...ROLE, "tags", { environment: "prod" }),
    found: ROLE,
  },
  {
    rule: "WIRE-IAM-07",
    what: "a topic's tag in upper case",
    edit: set(...TOPIC, "tags", { OWNER: "data-platform" }),
    found: TOPIC,
  },
  {
    rule: "WIRE-IAM-08",
    what: "rules in a security group that has others",
    edit: set(...GROUP, "egress", [{ protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: ["10.30.0.0/16"] }]),
    found: GROUP,
  },
  {
    rule: "WIRE-IAM-08",
    what: "routes in a table that has others",
    edit: set(...TABLE, "route", [{ cidr_block: "10.40.0.0/16", transit_gateway_id: "tgw-1" }]),
    found: TABLE,
  },
  {
    rule: "WIRE-IAM-08",
    what: "a policy in a role that has another",
    edit: (stacks) => {
      const { policy } = find(stacks, ...POLICY).values;
      set(...ROLE, "inline_policy", [{ name: "other", policy }])(stacks);
    },
    found: ROLE,
  },
  {
    rule: "WIRE-IAM-08",
    what: "a second policy of an endpoint",
    edit: (stacks) => {
      const { address, values } = find(stacks, ...ENDPOINT);
      added("prod-foundation", "aws_vpc_endpoint_policy", "other", {
        vpc_endpoint_id: `\${${address}.id}`,
        policy: values.policy,
      })(stacks);
    },
    found: ENDPOINT,
  },
];
