import { keyOf } from "../aws/keys";
import { type KnownRequest, refusalOf } from "../aws/requests";
import type { Graph, Resource } from "../graph";
import { pipelineRoleName } from "../bootstrap";
import { at, blocks, failedIf, type Rule, type RuleContext, type Verdict } from "../rule";
import { settingOf } from "./s3";
import { readableStatements } from "./s3-requests";

const QUARTER_DAYS = 90;

/** Whether states outlive mistakes, and are closed to all who are not meant. */
export const STATE_BUCKET_RULES: readonly Rule[] = [
  {
    id: "LAKE-STATE-11",
    title:
      "The bucket of states takes what backends write, keeps it, forgets old locks, and lets pipelines delete nothing",
    severity: "critical",
    level: "error",
    types: ["aws_s3_bucket"],
    sources: [
      "https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
    ],
    remedy: "make the bucket with modules/s3/state-bucket.ts and stacks/bootstrap/state-access.ts",
    judge: (bucket, context) => {
      const { graph, environment, platform } = context;
      const { accountId, name } = environment;
      const { bucket: written } = bucket.values;
      const isStates =
        typeof written === "string" && graph.text(written) === `${platform.name}-${name}-state-${accountId}`;
      return isStates
        ? [...judgeLifecycle(bucket, graph), ...judgeKey(bucket, context), ...judgeAccess(bucket, context)]
        : [];
    },
  },
];

function judgeLifecycle(bucket: Resource, graph: Graph): Verdict[] {
  const lifecycle = settingOf("aws_s3_bucket_lifecycle_configuration", bucket, graph);
  const rules = blocks(lifecycle?.values.rule).filter(({ status }) => status === "Enabled");
  const soon = rules
    .map((rule) => at(rule, "noncurrent_version_expiration", "noncurrent_days"))
    .filter((days) => typeof days === "number" && days < QUARTER_DAYS);
  const ageing = rules.some(
    (rule) =>
      at(rule, "expiration", "days") !== undefined ||
      at(rule, "expiration", "date") !== undefined ||
      blocks(rule.transition).length > 0,
  );
  return [
    ...failedIf(soon.length > 0, `old states are deleted after ${soon.join(", ")} days, less than ${QUARTER_DAYS}`),
    ...failedIf(ageing, "its lifecycle deletes or archives states by their age"),
  ];
}

/** Whether it is encrypted with the key that backends name. */
function judgeKey(bucket: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const setting = settingOf("aws_s3_bucket_server_side_encryption_configuration", bucket, graph);
  const key = keyOf(at(setting?.values, "rule", "apply_server_side_encryption_by_default", "kms_master_key_id"), graph);
  const alias = graph.ofType("aws_kms_alias").find(({ values }) => values.name === aliasName(context));
  return failedIf(
    key === undefined || alias === undefined || keyOf(alias.values.target_key_id, graph) !== key,
    `it is not encrypted with the key that ${aliasName(context)} names`,
  );
}

function aliasName({ platform, environment }: RuleContext): string {
  return `alias/${platform.name}-${environment.name}-state`;
}

function judgeAccess(bucket: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  const { accountId, name, state } = environment;
  const statements = readableStatements(bucket, graph);
  const arn = graph.arnOf(bucket);
  const [, partition = ""] = arn.split(":");
  const isRefused = (roleName: string, action: string, facts: KnownRequest["facts"] = {}): boolean => {
    const role = `arn:${partition}:iam::${accountId}:role/${roleName}`;
    return (
      refusalOf(statements, {
        principal: { kind: "AWS", name: role },
        action,
        resource: `${arn}/${name}/${name}-foundation/terraform.tfstate`,
        facts: { ...facts, "aws:principalarn": role },
      }) !== undefined
    );
  };
  const written = {
    "s3:x-amz-server-side-encryption": "aws:kms",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": `arn:${partition}:kms:${state.region}:${accountId}:${aliasName(context)}`,
    "s3:x-amz-server-side-encryption-customer-algorithm": undefined,
  };
  const deploying = pipelineRoleName("apply", context);
  const deletions = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
  return [
    ...failedIf(isRefused(deploying, "s3:PutObject", written), "its policy refuses what backends write"),
    ...failedIf(!isRefused("stranger", "s3:GetObject"), "its policy lets other roles read states"),
    ...failedIf(
      !isRefused(pipelineRoleName("plan", context), "s3:PutObject"),
      "its policy lets who plans write states",
    ),
    ...failedIf(
      !deletions.every((action) => isRefused(deploying, action)),
      "its policy lets who deploys delete states or their versions",
    ),
  ];
}
