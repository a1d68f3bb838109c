import type { Acceptance } from "./accepted";
import { type Edit, find, inOrder, removed, set, statement } from "../../policies/mutations/mutation";

/** A blunt change to production that is made for some checks of checkov: those that our own mutations do not reach. */
export interface Probe {
  readonly what: string;
  /** Ids of the checks that have to notice it. */
  readonly checks: readonly string[];
  readonly edit: Edit;
  /**
   * Why no rule that claims some of the checks notices it.
   *
   * @default - all are noticed
   */
  readonly accepted?: Acceptance;
}

const RAW = "lake_raw_";
const LANDING = "lake_landing_";
const ROLE = "lake_catalog-encryption";
const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
const OTHER_ACCOUNT = "arn:aws:iam::999999999999:root";

const allows = (Action: string | string[]): Edit =>
  statement("aws_iam_role_policy", ROLE, "UseKeyCatalog", (found) => {
    Object.assign(found, { Action, Resource: "*" });
  });

const letsIn = (port: number): Edit =>
  inOrder(
    set(INGRESS, "https", "cidr_ipv4", "0.0.0.0/0"),
    set(INGRESS, "https", "from_port", port),
    set(INGRESS, "https", "to_port", port),
  );

/** Gives the bucket of the raw zone an access control list. */
const withAcl =
  (values: object): Edit =>
  (stacks) => {
    const { address, json } = find(stacks, "aws_s3_bucket", RAW);
    json.resource.aws_s3_bucket_acl = { acl: { bucket: `\${${address}.id}`, ...values } };
  };

/** One whose acceptance is expired or not needed fails the comparison. */
export const PROBES: readonly Probe[] = [
  {
    what: "everything allowed on everything",
    checks: [
      "CKV_AWS_62",
      "CKV_AWS_63",
      "CKV_AWS_286",
      "CKV_AWS_287",
      "CKV_AWS_288",
      "CKV_AWS_289",
      "CKV_AWS_290",
      "CKV_AWS_355",
      "CKV2_AWS_40",
    ],
    edit: allows("*"),
  },
  { what: "keys for any user", checks: ["CKV_AWS_286", "CKV_AWS_287"], edit: allows("iam:CreateAccessKey") },
  {
    what: "credentials of every cluster",
    checks: ["CKV_AWS_287", "CKV_AWS_290", "CKV_AWS_355"],
    edit: allows("redshift:GetClusterCredentials"),
  },
  {
    what: "reading of every object",
    checks: ["CKV_AWS_288", "CKV_AWS_355"],
    edit: allows("s3:GetObject"),
  },
  {
    what: "writing to every stream",
    checks: ["CKV_AWS_290", "CKV_AWS_355"],
    edit: allows("kinesis:PutRecord"),
  },
  {
    what: "every bucket policy",
    checks: ["CKV_AWS_289", "CKV_AWS_355"],
    edit: allows("s3:PutBucketPolicy"),
  },
  {
    what: "another account that may assume a role",
    checks: ["CKV_AWS_61"],
    edit: statement(
      "aws_iam_role",
      ROLE,
      "TrustServices",
      (found) => {
        found.Principal = { AWS: OTHER_ACCOUNT };
      },
      "assume_role_policy",
    ),
  },
  {
    what: "a key for everybody",
    checks: ["CKV_AWS_33"],
    edit: statement("aws_kms_key", "foundation_data-key", "AdministerByAccount", (found) => {
      found.Principal = "*";
    }),
  },
  {
    what: "a topic without a key",
    checks: ["CKV_AWS_26"],
    edit: set("aws_sns_topic", "", "kms_master_key_id", undefined),
  },
  {
    what: "another account that may publish",
    checks: ["CKV_AWS_385"],
    edit: statement("aws_sns_topic_policy", "", "PublishEvents", (found) => {
      found.Principal = { AWS: OTHER_ACCOUNT };
    }),
  },
  { what: "SSH", checks: ["CKV_AWS_24"], edit: letsIn(22) },
  { what: "remote desktops", checks: ["CKV_AWS_25"], edit: letsIn(3389) },
  { what: "HTTP", checks: ["CKV_AWS_260"], edit: letsIn(80) },
  {
    what: "every port in",
    checks: ["CKV_AWS_277"],
    edit: inOrder(letsIn(-1), set(INGRESS, "https", "ip_protocol", "-1")),
  },
  {
    what: "every port out",
    checks: ["CKV_AWS_382"],
    edit: inOrder(
      set(EGRESS, "to-0-0-0-0-0-443", "from_port", -1),
      set(EGRESS, "to-0-0-0-0-0-443", "to_port", -1),
      set(EGRESS, "to-0-0-0-0-0-443", "ip_protocol", "-1"),
    ),
  },
  {
    what: "SSH by a rule within its group",
    checks: ["CKV_AWS_24"],
    edit: set("aws_security_group", "workloads", "ingress", [
      { description: "SSH", from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"] },
    ]),
  },
  {
    what: "a bucket for everybody",
    checks: ["CKV_AWS_70"],
    edit: statement("aws_s3_bucket_policy", RAW, "DenyForeignNetworks", (found) => {
      Object.assign(found, { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Condition: undefined });
    }),
  },
  { what: "a bucket that everybody reads", checks: ["CKV_AWS_20"], edit: withAcl({ acl: "public-read" }) },
  { what: "a bucket that everybody writes", checks: ["CKV_AWS_57"], edit: withAcl({ acl: "public-read-write" }) },
  {
    what: "a bucket that all accounts read",
    checks: ["CKV2_AWS_43"],
    edit: withAcl({
      access_control_policy: {
        grant: [
          {
            grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" },
            permission: "READ",
          },
        ],
        owner: { id: "1" },
      },
    }),
  },
  {
    what: "no encryption that there is",
    checks: ["CKV_AWS_19", "CKV_AWS_145"],
    edit: set("aws_s3_bucket_server_side_encryption_configuration", RAW, "rule", [
      { apply_server_side_encryption_by_default: { sse_algorithm: "none" } },
    ]),
  },
  { what: "no lifecycle", checks: ["CKV2_AWS_61"], edit: removed("aws_s3_bucket_lifecycle_configuration", RAW) },
  {
    what: "uploads that may stay incomplete",
    checks: ["CKV_AWS_300"],
    edit: (stacks) => {
      const { rule } = find(stacks, "aws_s3_bucket_lifecycle_configuration", RAW).values;
      (rule as Record<string, unknown>[]).forEach((one) => delete one.abort_incomplete_multipart_upload);
    },
  },
  {
    what: "a landing zone that is not locked",
    checks: ["CKV_AWS_143"],
    edit: inOrder(
      removed("aws_s3_bucket_object_lock_configuration", LANDING),
      set("aws_s3_bucket", LANDING, "object_lock_configuration", [{ object_lock_enabled: "Disabled" }]),
    ),
  },
  {
    what: "a function in no network",
    checks: ["CKV_AWS_117"],
    edit: set("aws_lambda_function", "table-migrator", "vpc_config", undefined),
  },
];
