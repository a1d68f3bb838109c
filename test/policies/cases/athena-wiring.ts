import type { StackJson } from "../../../policies/graph";
import { type Case, casesOf, type Resources } from "../../support/cases";

const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";
const WORKGROUP = "arn:aws:athena:eu-west-1:333333333333:workgroup/basin-prod-analysts";
const BUCKET: Resources = {
  aws_s3_bucket: { b: { bucket: "results" } },
  aws_kms_key: { own: {}, default: {} },
  aws_s3_bucket_server_side_encryption_configuration: {
    e: {
      bucket: "results",
      rule: [{ apply_server_side_encryption_by_default: { kms_master_key_id: "${aws_kms_key.default.arn}" } }],
    },
  },
};
const workgroup = (results: object = {}, values: object = {}): Resources => ({
  ...BUCKET,
  aws_athena_workgroup: {
    w: {
      name: "basin-prod-analysts",
      configuration: {
        result_configuration: {
          output_location: "s3://results/analysts/",
          encryption_configuration: { encryption_option: "SSE_KMS", kms_key_arn: "${aws_kms_key.own.arn}" },
          ...results,
        },
      },
      ...values,
    },
  },
});
const allow = (actions: readonly string[] | string, resource: unknown) => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});
const STATEMENTS = {
  start: allow("athena:StartQueryExecution", WORKGROUP),
  bucket: allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], "arn:aws:s3:::results"),
  objects: allow(
    ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
    "arn:aws:s3:::results/analysts/*",
  ),
  keys: allow(["kms:Decrypt", "kms:GenerateDataKey*"], ["${aws_kms_key.own.arn}", "${aws_kms_key.default.arn}"]),
};
type Changes = Partial<Record<keyof typeof STATEMENTS, object>>;
const policy = (changes: Changes = {}) => JSON.stringify({ Statement: Object.values({ ...STATEMENTS, ...changes }) });
const role = (changes: Changes = {}): Resources => ({
  aws_iam_role: { r: { name: "job" } },
  aws_iam_role_policy: { p: { role: "${aws_iam_role.r.name}", policy: policy(changes) } },
});
const told = (value: string, name = "consumer_policy_analysts"): { readonly json: StackJson } => ({
  json: { output: { [name]: { value } } },
});
const GRANTED: Resources = {
  aws_lakeformation_permissions: {
    g: { principal: ANALYSTS, permissions: ["SELECT"], table: { database_name: "sales", name: "orders" } },
  },
};
const querying = (changes: Changes = {}): Resources => ({ ...workgroup(), ...role(changes) });

/** Workgroups, and who queries through them. */
export const ATHENA_WIRING_CASES: readonly Case[] = casesOf("WIRE-ATH-01", [
  { what: "nobody who queries", resources: workgroup(), outcome: "passed" },
  { what: "a role that may use the results", resources: querying(), outcome: "passed" },
  {
    what: "a role that does not query",
    resources: querying({ start: STATEMENTS.keys, objects: STATEMENTS.keys }),
    outcome: "passed",
  },
  {
    what: "a role that may query through another workgroup",
    resources: querying({ start: allow("athena:*", `${WORKGROUP}-2`), objects: STATEMENTS.keys }),
    outcome: "passed",
  },
  {
    what: "a role that may not write results",
    resources: querying({ objects: allow("s3:GetObject", "*") }),
    outcome: "failed",
  },
  {
    what: "a role for the results of others",
    resources: querying({ objects: allow("s3:*", "arn:aws:s3:::results/others/*") }),
    outcome: "failed",
  },
  {
    what: "a role that may not find the bucket",
    resources: querying({ bucket: STATEMENTS.objects }),
    outcome: "failed",
  },
  {
    what: "a role without large results",
    resources: querying({ bucket: allow(["s3:GetBucketLocation", "s3:ListBucket"], "*") }),
    outcome: "warning",
  },
  {
    what: "a role without the key of the workgroup",
    resources: querying({ keys: allow("kms:*", "${aws_kms_key.default.arn}") }),
    outcome: "failed",
  },
  {
    what: "a role without the key of the bucket",
    resources: querying({ keys: allow("kms:*", "${aws_kms_key.own.arn}") }),
    outcome: "failed",
  },
  {
    what: "a role with a policy of AWS",
    resources: {
      ...querying({ objects: STATEMENTS.keys }),
      aws_iam_role_policy_attachment: {
        a: { role: "job", policy_arn: "arn:aws:iam::aws:policy/AmazonAthenaFullAccess" },
      },
    },
    outcome: "unknown",
  },
  {
    what: "results that Athena keeps",
    resources: { ...querying({ objects: STATEMENTS.keys }), ...workgroup({ output_location: undefined }) },
    outcome: "passed",
  },
  {
    what: "results that go where an apply says",
    resources: workgroup({ output_location: "s3://${var.bucket}/a/" }),
    outcome: "unknown",
  },
  { what: "a bucket of elsewhere", resources: workgroup({ output_location: "s3://elsewhere/" }), outcome: "warning" },
  {
    what: "a bucket that is registered",
    resources: { ...workgroup(), aws_lakeformation_resource: { l: { arn: "arn:aws:s3:::results" } } },
    outcome: "failed",
  },
  {
    what: "a workgroup that stays, where everything goes",
    resources: workgroup(),
    environment: { destroyProtection: false },
    outcome: "warning",
  },
  {
    what: "a workgroup that goes with everything",
    resources: workgroup({}, { force_destroy: true }),
    environment: { destroyProtection: false },
    outcome: "passed",
  },
  {
    what: "a consumer who is told enough",
    resources: { ...workgroup(), ...GRANTED },
    ...told(policy()),
    outcome: "passed",
  },
  { what: "a consumer who is told nothing", resources: { ...workgroup(), ...GRANTED }, outcome: "failed" },
  { what: "a consumer who is granted nothing", resources: workgroup(), outcome: "passed" },
  {
    what: "a consumer for whom others are told enough",
    resources: { ...workgroup(), ...GRANTED },
    ...told(policy(), "consumer_policy_customer_care"),
    outcome: "failed",
  },
  {
    what: "a consumer who is not told to use the results",
    resources: { ...workgroup(), ...GRANTED },
    ...told(policy({ objects: allow("s3:GetObject", "*") })),
    outcome: "failed",
  },
  {
    what: "a consumer who is not told to use their key",
    resources: { ...workgroup(), ...GRANTED },
    ...told(policy({ keys: STATEMENTS.objects })),
    outcome: "failed",
  },
  {
    what: "a consumer who is told after an apply",
    resources: { ...workgroup(), ...GRANTED },
    ...told("${data.aws_iam_policy_document.a.json}"),
    outcome: "unknown",
  },
  {
    what: "a consumer's role that is ours",
    resources: { ...workgroup(), ...GRANTED, aws_iam_role: { r: { name: "analysts" } } },
    outcome: "passed",
  },
]);
