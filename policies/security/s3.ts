import type { Graph, Resource } from "../graph";
import { matches, speaksOf, type Statement } from "../iam-document";
import { at, blocks, failedIf, isUnresolved, judgeKnown, type Rule, unknown, type Verdict } from "../rule";
import { keyOf } from "../aws/keys";
import { textOf } from "../aws/values";
import { isForeign } from "./keys";
import { accountIn, allowsAnybody, hasOnlyCondition, judgePolicy } from "./policies";

const BUCKET_MODULE = "make the bucket with modules/s3/bucket.ts";

/** The resource of a type that configures a bucket. */
export function settingOf(type: string, bucket: Resource, graph: Graph): Resource | undefined {
  return graph.referring(type, "bucket", bucket)[0];
}

/** Whether S3 delivers logs of access into a bucket. */
function isAccessLogTarget(bucket: Resource, graph: Graph): boolean {
  return graph.referring("aws_s3_bucket_logging", "target_bucket", bucket).length > 0;
}

/** Whether logs are delivered into a bucket by services that cannot use a key of ours. */
function isLogTarget(bucket: Resource, graph: Graph): boolean {
  return isAccessLogTarget(bucket, graph) || graph.referring("aws_redshift_logging", "bucket_name", bucket).length > 0;
}

/** Actions that change who may use a bucket and its objects, or how they are encrypted. Source: Security Hub, S3.6. */
const OWNERS_ACTIONS = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutEncryptionConfiguration",
  "s3:PutObjectAcl",
];

const SWITCHES = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/** Whether buckets are closed, encrypted and recoverable. */
export const S3_RULES: readonly Rule[] = [
  {
    id: "LAKE-S3-01",
    title: "Every bucket blocks public access in all four ways",
    severity: "critical",
    level: "error",
    types: ["aws_s3_bucket"],
    external: {
      checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"],
      trivy: ["AVD-AWS-0086", "AVD-AWS-0087", "AVD-AWS-0091", "AVD-AWS-0093", "AVD-AWS-0094"],
      cdkNag: ["AwsSolutions-S2"],
      securityHub: ["S3.1", "S3.8"],
    },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    remedy: `${BUCKET_MODULE}, which switches all four on`,
    judge: (bucket, { graph }) => {
      const block = settingOf("aws_s3_bucket_public_access_block", bucket, graph);
      return block === undefined
        ? failedIf(true, "no aws_s3_bucket_public_access_block refers to it")
        : SWITCHES.flatMap((name) =>
            judgeKnown(block.values[name], name, (isOn) =>
              failedIf(isOn !== true, `${name} of its public access block is not true`, name),
            ),
          );
    },
  },
  {
    id: "LAKE-S3-02",
    title: "Every bucket is encrypted with one of our keys, but for buckets of logs that AWS delivers with no key",
    severity: "high",
    level: "error",
    types: ["aws_s3_bucket"],
    external: {
      checkov: ["CKV_AWS_19", "CKV_AWS_145"],
      trivy: ["AVD-AWS-0088", "AVD-AWS-0132"],
      securityHub: ["S3.17"],
    },
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
      "https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html",
    ],
    remedy: `${BUCKET_MODULE} and give it a key of the foundation`,
    judge: (bucket, { graph }) => {
      const setting = settingOf("aws_s3_bucket_server_side_encryption_configuration", bucket, graph);
      const byDefault = at(setting?.values, "rule", "apply_server_side_encryption_by_default");
      const algorithm = at(byDefault, "sse_algorithm");
      const key = at(byDefault, "kms_master_key_id");
      const text = "its default encryption names no key of ours";
      return judgeKnown(algorithm, "sse_algorithm", (known) =>
        isLogTarget(bucket, graph)
          ? // what S3 does where nothing is set
            failedIf(
              (known ?? "AES256") !== "AES256",
              "logs are delivered to it for which its encryption has to be AES256",
            )
          : [
              ...failedIf(known !== "aws:kms" && known !== "aws:kms:dsse", "its default encryption is not by KMS"),
              // no alias: in another account's request it would mean that account's key
              ...(isForeign(key, graph)
                ? unknown(`${text}, as far as is known before an apply`)
                : failedIf(graph.reference(key)?.resource.type !== "aws_kms_key", text)),
            ],
      );
    },
  },
  {
    id: "LAKE-S3-04",
    title: "Every bucket keeps versions",
    severity: "medium",
    level: "error",
    types: ["aws_s3_bucket"],
    external: { checkov: ["CKV_AWS_21"], trivy: ["AVD-AWS-0090"], securityHub: ["S3.14"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
    remedy: `${BUCKET_MODULE}, which keeps versions`,
    judge: (bucket, { graph }) => {
      const versioning = settingOf("aws_s3_bucket_versioning", bucket, graph);
      const status = at(versioning?.values, "versioning_configuration", "status");
      return judgeKnown(status, "the status of its versioning", (known) =>
        failedIf(known !== "Enabled", "its versioning is not enabled"),
      );
    },
  },
  {
    id: "LAKE-S3-05",
    title: "Requests to every bucket are logged to another bucket",
    severity: "medium",
    level: "error",
    types: ["aws_s3_bucket"],
    external: {
      checkov: ["CKV_AWS_18"],
      trivy: ["AVD-AWS-0089"],
      cdkNag: ["AwsSolutions-S1"],
      securityHub: ["S3.9"],
    },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    remedy: `${BUCKET_MODULE} and give it the log bucket`,
    judge: (bucket, { graph }) => {
      const logging = settingOf("aws_s3_bucket_logging", bucket, graph);
      if (logging === undefined) {
        // a bucket that logs to itself never stops
        return failedIf(!isAccessLogTarget(bucket, graph), "no aws_s3_bucket_logging refers to it");
      }
      return failedIf(graph.refersTo(logging.values.target_bucket, bucket), "it logs to itself", "target_bucket");
    },
  },
  {
    id: "LAKE-S3-06",
    title: "Every bucket refuses requests without TLS 1.2",
    severity: "high",
    level: "error",
    types: ["aws_s3_bucket"],
    external: { cdkNag: ["AwsSolutions-S10"], securityHub: ["S3.5"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"],
    remedy: `${BUCKET_MODULE}, whose policy refuses them`,
    judge: (bucket, { graph }) => {
      const arn = graph.arnOf(bucket);
      return judgePolicy(settingOf("aws_s3_bucket_policy", bucket, graph)?.values.policy, (statements) => {
        const denied = (operator: string, key: string, ...enough: readonly string[]) =>
          [arn, `${arn}/*`].every((resource) =>
            statements.some(
              (statement) =>
                enough.some((value) => hasOnlyCondition(statement, operator, key, value)) &&
                deniesEverybodyEverything(statement, resource, graph),
            ),
          );
        const refusesOld = denied("numericlessthan", "s3:TlsVersion", "1.2", "1.3");
        return [
          ...failedIf(
            !denied("bool", "aws:SecureTransport", "false"),
            "its policy does not refuse requests without TLS",
          ),
          ...failedIf(!refusesOld, "its policy does not refuse TLS below 1.2"),
        ];
      });
    },
  },
  {
    id: "LAKE-S3-07",
    title: "No bucket has access control lists",
    severity: "medium",
    level: "error",
    types: ["aws_s3_bucket"],
    external: {
      checkov: ["CKV2_AWS_65", "CKV2_AWS_43", "CKV_AWS_20", "CKV_AWS_57"],
      trivy: ["AVD-AWS-0092"],
      securityHub: ["S3.12"],
    },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"],
    remedy: `${BUCKET_MODULE}, which switches them off`,
    judge: (bucket, { graph }) => {
      const ownership = settingOf("aws_s3_bucket_ownership_controls", bucket, graph);
      return [
        ...judgeKnown(at(ownership?.values, "rule", "object_ownership"), "its object ownership", (known) =>
          failedIf(known !== "BucketOwnerEnforced", "its object ownership is not BucketOwnerEnforced"),
        ),
        ...failedIf(settingOf("aws_s3_bucket_acl", bucket, graph) !== undefined, "it has an aws_s3_bucket_acl"),
        ...failedIf(bucket.values.acl !== undefined, "it has an ACL of its own", "acl"),
      ];
    },
  },
  {
    id: "LAKE-S3-08",
    title: "No bucket policy allows anybody without saying from where, or leaves the bucket to another account",
    severity: "critical",
    level: "error",
    types: ["aws_s3_bucket", "aws_s3_bucket_policy"],
    external: {
      checkov: ["CKV_AWS_70"],
      trivy: ["AVD-AWS-0346"],
      securityHub: ["S3.2", "S3.3", "S3.6"],
    },
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
      "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    remedy: "name the principal, or add aws:PrincipalOrgID, or aws:SourceArn together with aws:SourceAccount",
    judge: ({ values }, { environment }) =>
      judgePolicy(values.policy, (statements) =>
        statements.flatMap((statement) => [
          ...failedIf(allowsAnybody(statement), `${statement.sid ?? "a statement"} allows everybody`, "policy"),
          ...judgeStrangers(statement, environment.accountId),
        ]),
      ),
  },
  {
    id: "LAKE-S3-10",
    title: "Every bucket gives up uploads that stay incomplete within a week",
    severity: "low",
    level: "error",
    types: ["aws_s3_bucket"],
    external: { checkov: ["CKV2_AWS_61", "CKV_AWS_300"], securityHub: ["S3.13"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html"],
    remedy: `${BUCKET_MODULE}, whose lifecycle does`,
    judge: (bucket, { graph }) => {
      const days = (rule: object) => at(rule, "abort_incomplete_multipart_upload", "days_after_initiation");
      const text = "no lifecycle rule that is enabled aborts incomplete uploads after 1 to 7 days";
      return judgeLifecycle(lifecycleRules(bucket, graph), days, 7, text);
    },
  },
  {
    id: "LAKE-S3-11",
    title: "No bucket keeps old versions for ever",
    severity: "medium",
    level: "error",
    types: ["aws_s3_bucket"],
    external: { securityHub: ["S3.10"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"],
    remedy: `${BUCKET_MODULE}, whose lifecycle deletes them`,
    judge: (bucket, { graph }) => {
      const days = (rule: object) => at(rule, "noncurrent_version_expiration", "noncurrent_days");
      const text = "no lifecycle rule that is enabled deletes versions that are no longer current";
      return judgeLifecycle(lifecycleRules(bucket, graph), days, Number.MAX_SAFE_INTEGER, text);
    },
  },
  {
    id: "LAKE-S3-13",
    title: "Terraform empties no bucket outside of development",
    severity: "high",
    level: "error",
    stages: ["staging", "production"],
    types: ["aws_s3_bucket"],
    sources: ["https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket#force_destroy"],
    remedy: "set destroyProtection of the environment",
    judge: ({ values }) =>
      judgeKnown(values.force_destroy, "force_destroy", (isOn) =>
        failedIf(isOn === true, "force_destroy is true", "force_destroy"),
      ),
  },
  {
    id: "LAKE-S3-14",
    title: "What arrives in production cannot be deleted for a while",
    severity: "medium",
    level: "error",
    stages: ["production"],
    types: ["aws_s3_bucket"],
    external: { checkov: ["CKV_AWS_143"], securityHub: ["S3.15"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"],
    remedy: 'set lake.landing.objectLock of the environment to { kind: "retain", ... }',
    judge: (bucket, { graph }) => {
      if (!/-lake-landing-\d{12}$/.test(textOf(bucket.values.bucket, graph) ?? "")) {
        return [];
      }
      const lock = settingOf("aws_s3_bucket_object_lock_configuration", bucket, graph);
      const mode = at(lock?.values, "rule", "default_retention", "mode");
      return [
        ...judgeKnown(bucket.values.object_lock_enabled, "object_lock_enabled", (isOn) =>
          failedIf(isOn !== true, "it was made without object lock", "object_lock_enabled"),
        ),
        ...judgeKnown(mode, "the mode of its retention", (known) =>
          failedIf(known !== "GOVERNANCE" && known !== "COMPLIANCE", "it retains nothing by default"),
        ),
      ];
    },
  },
  {
    id: "LAKE-S3-03",
    title: "A key of ours is asked once for many objects of a bucket, not for each",
    severity: "low",
    level: "warning",
    types: ["aws_s3_bucket_server_side_encryption_configuration"],
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html"],
    remedy: `${BUCKET_MODULE}, which sets bucket_key_enabled: KMS charges by the call`,
    judge: ({ values }, { graph }) =>
      blocks(values.rule).flatMap((rule) => {
        const byDefault = at(rule, "apply_server_side_encryption_by_default");
        const isOurs = keyOf(at(byDefault, "kms_master_key_id"), graph) !== undefined;
        // encryption in two layers knows no bucket keys
        const isKms = at(byDefault, "sse_algorithm") === "aws:kms";
        return judgeKnown(rule.bucket_key_enabled, "bucket_key_enabled", (isOn) =>
          failedIf(isOurs && isKms && isOn !== true, "bucket_key_enabled is not true", "rule.bucket_key_enabled"),
        );
      }),
  },
  {
    id: "LAKE-S3-16",
    title: "No bucket has dots in its name, nor a beginning or an end that AWS keeps for itself",
    severity: "medium",
    level: "warning",
    types: ["aws_s3_bucket"],
    external: { trivy: ["AVD-AWS-0320"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"],
    remedy: "compose the name with stacks/naming.ts",
    judge: ({ values }, { graph }) => {
      const name = typeof values.bucket === "string" ? graph.text(values.bucket) : "";
      return [
        // what is still a reference has dots of its own
        ...failedIf(/^[^$]*\./.test(name), `${name} has dots, for which certificates do not hold`, "bucket"),
        ...failedIf(
          /^(amzn-s3-demo-|sthree-|xn--)|(--ol-s3|--table-s3|--x-s3|-s3alias|\.mrap)$/.test(name),
          `${name} begins or ends as AWS's own do`,
          "bucket",
        ),
      ];
    },
  },
];

/** Whether another account may change who uses a bucket. */
function judgeStrangers(statement: Statement, accountId: string): Verdict[] {
  const strangers = (statement.principals?.AWS ?? []).filter((one) => accountIn(one, accountId) !== accountId);
  const actions = OWNERS_ACTIONS.filter((action) => speaksOf(statement, action));
  return failedIf(
    statement.effect === "Allow" && strangers.length > 0 && actions.length > 0,
    `${statement.sid ?? "a statement"} allows ${strangers.join(", ")}, of another account, ${actions.join(", ")}`,
    "policy",
  );
}

/** The rules of a bucket's lifecycle. */
function lifecycleRules(bucket: Resource, graph: Graph): Readonly<Record<string, unknown>>[] {
  return blocks(settingOf("aws_s3_bucket_lifecycle_configuration", bucket, graph)?.values.rule);
}

/** Whether a rule that every object can count on acts after 1 to `maximum` days. */
function judgeLifecycle(
  rules: readonly Readonly<Record<string, unknown>>[],
  daysOf: (rule: object) => unknown,
  maximum: number,
  text: string,
): Verdict[] {
  const all = rules.filter(isOfEveryObject);
  if (all.some((rule) => rule.status === "Enabled" && isBetween(daysOf(rule), 1, maximum))) {
    return [];
  }
  return all.some((rule) => [rule, rule.status, daysOf(rule)].some(isUnresolved))
    ? unknown(`${text}, as far as is known before an apply`)
    : failedIf(true, text);
}

/** Whether a lifecycle rule is of the whole bucket: its filter is absent, or empty. */
function isOfEveryObject({ prefix = "", filter }: Readonly<Record<string, unknown>>): boolean {
  return prefix === "" && blocks(filter).every((one) => Object.values(one).every((value) => value === ""));
}

function isBetween(value: unknown, minimum: number, maximum: number): boolean {
  return typeof value === "number" && value >= minimum && value <= maximum;
}

/** Whether a statement denies every action on a resource, or on all that a pattern stands for, to everybody, conditions aside. */
function deniesEverybodyEverything(statement: Statement, resource: string, graph: Graph): boolean {
  const { effect, principals, actions = [], resources = [] } = statement;
  return (
    effect === "Deny" &&
    principals?.AWS?.includes("*") === true &&
    actions.some((action) => ["*", "s3:*"].includes(action.toLowerCase())) &&
    resources.some((pattern) => matches(graph.text(pattern), resource))
  );
}
