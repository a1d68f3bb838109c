import { keyOf, namesAccount, notAdmitted, notAllowedOnKey, resourcePolicy } from "../aws/keys";
import { admitting, callOf, NAMELESS, obstaclesTo } from "../aws/requests";
import { isElsewhere, permissionsOf, statementsOf } from "../aws/roles";
import { isOpen } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { type Condition, type Statement } from "../iam-document";
import { at, failedIf, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { accountIn } from "../security/policies";
import { bucketKey, storesUsed } from "./encrypted-stores";
import { deliveryOf } from "./log-delivery";
import { publishersOf } from "./publishers";

const KEY_MODULE = "make the key with modules/kms/encryption-key.ts";
const PUBLISHING = ["kms:Decrypt", "kms:GenerateDataKey"];

/** Whether keys can be managed, and used by those who have to. */
export const KMS_WIRING: readonly Rule[] = [
  {
    id: "WIRE-KMS-01",
    title: "The account can change the policy of every key",
    severity: "critical",
    level: "error",
    types: ["aws_kms_key", "aws_kms_key_policy"],
    sources: ["https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"],
    remedy: `${KEY_MODULE}, whose first statement leaves the key to the account`,
    judge: ({ values }, context) => [
      ...judgeBypass(values.bypass_policy_lockout_safety_check),
      ...(values.policy === undefined
        ? []
        : isElsewhere(values.policy)
          ? unknown("its policy is not written out, so who may change it is not known", "policy")
          : judgeAdministration(statementsOf(values.policy, context.graph), context)),
    ],
  },
  {
    id: "WIRE-KMS-03",
    title: "The key of a topic or a queue admits every service that sends to it",
    severity: "critical",
    level: "error",
    types: ["aws_sns_topic", "aws_sqs_queue"],
    sources: [
      "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ],
    remedy: "add the service to messagePublishing() of the key, modules/kms/service-statements.ts",
    judge: (target, context) => {
      const { graph } = context;
      const publishers = publishersOf(target, context);
      const name = target.values.kms_master_key_id;
      const key = keyOf(name, graph);
      if (key !== undefined) {
        return publishers.flatMap((service) => judgeSender(key, service, context));
      }
      // LAKE-SNS-01 reports topics
      const isByAws = target.type === "aws_sqs_queue" && typeof name === "string" && name.endsWith("alias/aws/sqs");
      return failedIf(
        isByAws && publishers.length > 0,
        `its key is AWS's own, which does not admit ${publishers.join(", ")}`,
        "kms_master_key_id",
      );
    },
  },
  {
    id: "WIRE-KMS-04",
    title: "A role that may read or write encrypted data may use the key of that data",
    severity: "critical",
    level: "error",
    types: ["aws_iam_role"],
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
      "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
      "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    ],
    remedy: "grant it by the module of what is read, for example bucket.grantRead(role), which includes the key",
    judge: (role, context) =>
      storesUsed(role, context).flatMap(({ store, key, service, action, needs, wants }) => {
        const missing = (actions: readonly string[]) => notAllowedOnKey(role, key, actions, service, context);
        const text = (actions: readonly string[]) =>
          `it may ${action} on ${store.address}, but not ${actions.join(", ")} with ${key.address}`;
        const needed = missing(needs);
        const wanted = missing(wants);
        return needed.length > 0 && permissionsOf(role, context.graph).isIncomplete
          ? unknown(`${text(needed)}, unless a policy that is not declared here says so`)
          : [...failedIf(needed.length > 0, text(needed)), ...warnIf(wanted.length > 0, text(wanted))];
      }),
  },
  {
    id: "WIRE-KMS-05",
    title: "The key of delivered logs and reports admits the service that delivers them",
    severity: "high",
    level: "error",
    types: ["aws_flow_log", "aws_msk_cluster", "aws_s3_bucket_inventory"],
    sources: [
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html",
    ],
    remedy: "add the statement to the key, as in modules/kms/service-statements.ts, or deliver to a bucket without one",
    judge: (source, context) =>
      source.type === "aws_s3_bucket_inventory"
        ? judgeInventory(source, context)
        : judgeLogDelivery(logBucketOf(source, context.graph), context),
  },
];

function judgeBypass(isBypassed: unknown): Verdict[] {
  const attribute = "bypass_policy_lockout_safety_check";
  return isOpen(isBypassed)
    ? unknown("whether it bypasses the check that keeps a key manageable is not known before an apply", attribute)
    : failedIf(String(isBypassed) === "true", "it bypasses the check that keeps a key manageable", attribute);
}

function judgeAdministration(statements: readonly Statement[], { environment }: RuleContext): Verdict[] {
  const ofAccount = (statement: Statement) =>
    namesAccount(statement, environment) || statement.principals?.AWS?.includes("*") === true;
  const ours = statements
    .flatMap(({ principals }) => principals?.AWS ?? [])
    .filter((name) => accountIn(name, environment.accountId) === environment.accountId);
  const request = { principal: { kind: "AWS", name: ours }, action: "kms:PutKeyPolicy", facts: {} } as const;
  const administering = admitting(statements, request);
  const isCertain = administering.some(
    (statement) =>
      ofAccount(statement) &&
      statement.conditions.every((condition) => isMetByAccount(condition, environment.accountId)),
  );
  const isPossible = administering.some(({ conditions }) => !conditions.some(isMetByServices));
  if (isCertain) {
    return [];
  }
  return isPossible
    ? unknown("only some of the account may change its policy, and whether they apply is not known", "policy")
    : failedIf(true, "nobody of the account may change its policy", "policy");
}

function isMetByAccount({ key, operator, values }: Condition, accountId: string): boolean {
  return (
    ["aws:principalaccount", "kms:calleraccount"].includes(key) &&
    /^string(equals|like)$/.test(operator) &&
    values.includes(accountId)
  );
}

/** Conditions that hold for calls of services alone, never for those who apply. */
function isMetByServices({ key }: Condition): boolean {
  return (
    ["aws:sourceaccount", "aws:sourcearn", "kms:viaservice"].includes(key) || key.startsWith("kms:encryptioncontext")
  );
}

function judgeSender(key: Resource, service: string, context: RuleContext): Verdict[] {
  const statements = resourcePolicy(key, context.graph);
  if (statements === "unknown") {
    return unreadable(key, service);
  }
  const missing = notAdmitted(key, PUBLISHING, { service }, context);
  if (missing.length > 0 || service !== "events.amazonaws.com") {
    const text = `${key.address} does not let ${service} ${missing.join(", ")}`;
    return failedIf(missing.length > 0, text, "kms_master_key_id");
  }
  // EventBridge may say neither for which account nor for which rule it sends
  const call = { service, facts: NAMELESS };
  const obstacles = PUBLISHING.flatMap((action) => obstaclesTo(statements ?? [], callOf({ ...call, action }, context)));
  return warnIf(
    notAdmitted(key, PUBLISHING, call, context).length > 0,
    `${key.address} admits ${service} by ${[...new Set(obstacles)].join(", ")}, which may never hold for it`,
    "kms_master_key_id",
  );
}

function unreadable(key: Resource, service: string): Verdict[] {
  return unknown(`the policy of ${key.address} is not written out, so whether it admits ${service} is not known`);
}

function logBucketOf({ type, values }: Resource, graph: Graph): Resource | undefined {
  const s3 = at(values, "logging_info", "broker_logs", "s3");
  const named = type === "aws_flow_log" ? values.log_destination : at(s3, "enabled") === true && at(s3, "bucket");
  return graph.references(named).find(({ resource }) => resource.type === "aws_s3_bucket")?.resource;
}

function judgeLogDelivery(bucket: Resource | undefined, context: RuleContext): Verdict[] {
  const { graph } = context;
  const key = bucket && bucketKey(bucket, graph);
  // LAKE-S3-02 reports keys that are not ours
  if (key === undefined) {
    return [];
  }
  const request = deliveryOf(graph);
  if (resourcePolicy(key, graph) === "unknown") {
    return unreadable(key, request.service);
  }
  const missing = (...actions: string[]) => notAdmitted(key, actions, request, context);
  const text = (actions: string[]) => `${key.address} does not let ${request.service} ${actions.join(", ")}`;
  const needed = missing("kms:GenerateDataKey");
  const wanted = missing("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo");
  return needed.length > 0 ? failedIf(true, text(needed)) : warnIf(wanted.length > 0, text(wanted));
}

function judgeInventory({ values }: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const destination = at(values, "destination", "bucket");
  const named = at(destination, "encryption", "sse_kms", "key_id");
  const bucket = graph.references(at(destination, "bucket_arn"))[0]?.resource;
  const isByDefault = at(destination, "encryption") === undefined && bucket !== undefined;
  const key = isByDefault ? bucketKey(bucket, graph) : keyOf(named, graph);
  const [source] = graph.references(values.bucket);
  const request = {
    service: "s3.amazonaws.com",
    ...(source && { source: graph.arnOf(source.resource) }),
  };
  if (key === undefined) {
    return [];
  }
  const verdict = isByDefault ? warnIf : failedIf;
  return resourcePolicy(key, graph) === "unknown"
    ? unreadable(key, request.service)
    : verdict(
        notAdmitted(key, ["kms:GenerateDataKey"], request, context).length > 0,
        `${key.address} does not let ${request.service} kms:GenerateDataKey for inventories of this bucket`,
        "destination",
      );
}
