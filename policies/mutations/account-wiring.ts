import { added, find, type Mutation, set } from "./mutation";

const ALIAS = ["aws_kms_alias", "foundation_messaging-key"] as const;
const ROLE = ["aws_iam_role", "lake_catalog-encryption"] as const;
const SETTINGS = "aws_glue_data_catalog_encryption_settings";
const ENDPOINT = ["aws_vpc_endpoint", "endpoints_glue"] as const;

/** Adds so many resources of a type to a stack, "extra-1" and so on. */
const extra =
  (stack: string, type: string, count: number, values: Readonly<Record<string, unknown>>): Mutation["edit"] =>
  (stacks) => {
    Array.from({ length: count }, (_, index) => added(stack, type, `extra-${index + 1}`, values)).forEach((edit) => {
      edit(stacks);
    });
  };

/** Each takes something of the account that is taken, and says which rule notices. */
export const ACCOUNT_WIRING_MUTATIONS: readonly Mutation[] = [
  {
    rule: "WIRE-NAME-01",
    what: "an alias of two keys",
    edit: set(...ALIAS, "name", "alias/basin-prod-data"),
    found: ALIAS,
  },
  {
    rule: "WIRE-NAME-01",
    what: "a database in another stack, in upper case",
    edit: added("prod-domain-web", "aws_glue_catalog_database", "twin", {
      name: "BASIN_PROD_SALES_RAW",
      lifecycle: { prevent_destroy: true },
    }),
    found: "aws_glue_catalog_database.twin",
  },
  {
    rule: "WIRE-NAME-01",
    what: "a bucket that might be anybody's",
    edit: set("aws_s3_bucket", "lake_raw_", "bucket", "basin-prod-lake-raw"),
  },
  {
    rule: "WIRE-NAME-02",
    what: "a name that is too long only once its reference is followed",
    edit: (stacks) => {
      const { address } = find(stacks, "aws_s3_bucket", "lake_raw_");
      find(stacks, ...ROLE).values.name = `basin-prod-\${${address}.bucket}-encryption-of-the-catalog`;
    },
    found: ROLE,
  },
  {
    rule: "WIRE-NAME-02",
    what: "a name with a space",
    edit: set(...ROLE, "name", "basin-prod-catalog encryption"),
    found: ROLE,
  },
  {
    rule: "WIRE-NAME-02",
    what: "a name that AWS makes up",
    edit: (stacks) => {
      const { address } = find(stacks, "aws_s3_bucket", "lake_raw_");
      find(stacks, ...ROLE).values.name = `basin-prod-\${${address}.hosted_zone_id}`;
    },
    found: ROLE,
  },
  {
    rule: "WIRE-ACC-01",
    what: "a catalog that is encrypted twice",
    edit: (stacks) => {
      added("prod-lake", SETTINGS, "twice", find(stacks, SETTINGS, "lake_").values)(stacks);
    },
    found: `${SETTINGS}.twice`,
  },
  {
    rule: "WIRE-QUO-01",
    what: "a sixth address",
    edit: extra("prod-foundation", "aws_eip", 5, { domain: "vpc" }),
    found: "aws_eip.extra-3",
  },
  {
    rule: "WIRE-QUO-01",
    what: "an eleventh policy of a role",
    edit: (stacks) => {
      const { address } = find(stacks, ...ROLE);
      extra("prod-lake", "aws_iam_role_policy_attachment", 11, {
        role: `\${${address}.name}`,
        policy_arn: "arn:aws:iam::aws:policy/AWSGlueConsoleFullAccess",
      })(stacks);
    },
    found: "aws_iam_role_policy_attachment.extra-11",
  },
  {
    rule: "WIRE-QUO-01",
    what: "a sixth security group",
    edit: (stacks) => {
      const { values } = find(stacks, ...ENDPOINT);
      values.security_group_ids = Array<unknown>(6).fill((values.security_group_ids as unknown[])[0]);
    },
    found: ENDPOINT,
  },
];
