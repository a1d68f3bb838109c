import { keyOf } from "../aws/keys";
import { perGraph } from "../aws/remember";
import { letThrough } from "../aws/requests";
import { permissionsOf } from "../aws/roles";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { matches, speaksOf } from "../iam-document";
import { at, type RuleContext } from "../rule";

/** What somebody who does something to a store has to be allowed to do with its key. */
interface Use {
  readonly action: string;
  readonly needs: readonly string[];
  /** What it takes in some cases alone: uploads in parts read back what they have written. */
  readonly wants?: readonly string[];
  /** What in the store it is done to. */
  readonly on?: "object" | "consumer";
}

interface StoreType {
  /** As it stands before the region in kms:ViaService. */
  readonly service: string;
  readonly keyOf: (store: Resource, graph: Graph) => Resource | undefined;
  readonly uses: readonly Use[];
}

const BOTH = ["kms:Decrypt", "kms:GenerateDataKey"];

const STORE_TYPES: Readonly<Record<string, StoreType>> = {
  aws_s3_bucket: {
    service: "s3",
    keyOf: bucketKey,
    uses: [
      { action: "s3:GetObject", needs: ["kms:Decrypt"], on: "object" },
      { action: "s3:PutObject", needs: ["kms:GenerateDataKey"], wants: ["kms:Decrypt"], on: "object" },
    ],
  },
  aws_dynamodb_table: {
    service: "dynamodb",
    keyOf: ({ values }, graph) => keyOf(at(values.server_side_encryption, "kms_key_arn"), graph),
    uses: ["DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"].map((name) => ({
      action: `dynamodb:${name}`,
      needs: ["kms:Decrypt"],
    })),
  },
  aws_kinesis_stream: {
    service: "kinesis",
    keyOf: ({ values }, graph) => (values.encryption_type === "KMS" ? keyOf(values.kms_key_id, graph) : undefined),
    uses: [
      { action: "kinesis:GetRecords", needs: ["kms:Decrypt"] },
      { action: "kinesis:SubscribeToShard", needs: ["kms:Decrypt"], on: "consumer" },
      { action: "kinesis:PutRecord", needs: ["kms:GenerateDataKey"] },
      { action: "kinesis:PutRecords", needs: ["kms:GenerateDataKey"] },
    ],
  },
  aws_sqs_queue: {
    service: "sqs",
    keyOf: ({ values }, graph) => keyOf(values.kms_master_key_id, graph),
    uses: [
      { action: "sqs:ReceiveMessage", needs: ["kms:Decrypt"] },
      { action: "sqs:SendMessage", needs: BOTH },
    ],
  },
  aws_sns_topic: {
    service: "sns",
    keyOf: ({ values }, graph) => keyOf(values.kms_master_key_id, graph),
    uses: [{ action: "sns:Publish", needs: BOTH }],
  },
  aws_secretsmanager_secret: {
    service: "secretsmanager",
    keyOf: ({ values }, graph) => keyOf(values.kms_key_id, graph),
    uses: [
      { action: "secretsmanager:GetSecretValue", needs: ["kms:Decrypt"] },
      { action: "secretsmanager:PutSecretValue", needs: BOTH },
    ],
  },
};

const encryptionByBucket = perGraph(
  (graph) =>
    new Map(
      graph
        .ofType("aws_s3_bucket_server_side_encryption_configuration")
        .map(({ values }) => [
          graph.reference(values.bucket)?.resource,
          at(values, "rule", "apply_server_side_encryption_by_default"),
        ]),
    ),
);

/** The key of ours with which a bucket encrypts by default. */
export function bucketKey(bucket: Resource, graph: Graph): Resource | undefined {
  return keyOf(at(encryptionByBucket(graph).get(bucket), "kms_master_key_id"), graph);
}

interface Store {
  readonly store: Resource;
  readonly key: Resource;
  readonly arn: string;
}

const storesByType = perGraph(
  (graph) =>
    new Map(
      Object.entries(STORE_TYPES).map(([type, spec]) => [
        type,
        graph.ofType(type).flatMap((store): Store[] => {
          const key = spec.keyOf(store, graph);
          return key === undefined ? [] : [{ store, key, arn: graph.arnOf(store) }];
        }),
      ]),
    ),
);

/** Something that a role may do to a store that is encrypted with a key of ours. */
interface StoreUse extends Required<Omit<Use, "on">> {
  readonly store: Resource;
  readonly key: Resource;
  readonly service: string;
}

/** What a role may do to encrypted stores that its policies name; a pattern for everything names none. */
export function storesUsed(role: Resource, { graph }: RuleContext): StoreUse[] {
  const { statements } = permissionsOf(role, graph);
  return Object.entries(STORE_TYPES).flatMap(([type, { service, uses }]) =>
    uses.flatMap(({ action, needs, wants = [], on }) => {
      const patterns = statements
        .filter((statement) => statement.effect === "Allow" && speaksOf(statement, action))
        .flatMap(({ resources = [] }) => resources.filter(namesSomething));
      return patterns.length === 0
        ? []
        : (storesByType(graph).get(type) ?? [])
            .filter(({ arn }) =>
              patterns.some((written) => {
                const pattern = consumerIn(written, graph) ?? written;
                return examplesOf(arn, pattern, on).some(
                  (example) =>
                    example.startsWith(pattern.split(/[*?]/, 1).join("")) &&
                    matches(pattern, example) &&
                    letThrough(statements, { action, resource: [example, written], facts: {} }),
                );
              }),
            )
            .map(({ store, key }) => ({ store, key, service, action, needs, wants }));
    }),
  );
}

/** Whether a pattern names a store, or several by their names, rather than all that there are. */
function namesSomething(pattern: string): boolean {
  const name = pattern.split(":").slice(5).join(":");
  return pattern.startsWith("${") || /^[^*?]/.test(name.replace(/^(stream\/|table\/|secret:)/, ""));
}

/** A consumer of a stream as AWS would name it, where a text refers to one. */
function consumerIn(text: string, graph: Graph): string | undefined {
  const { type, values } = graph.reference(text)?.resource ?? {};
  const stream = type === "aws_kinesis_stream_consumer" ? textOf(values?.stream_arn, graph) : undefined;
  return stream && `${stream}/consumer/x`;
}

/** What a pattern could match in a store. */
function examplesOf(arn: string, pattern: string, on: Use["on"]): string[] {
  const behind = (separator: string) => pattern.split(separator).slice(1).join(separator).replaceAll(/[*?]/g, "x");
  switch (on) {
    case "object":
      return [`${arn}/${behind("/")}`];
    case "consumer":
      return [arn, `${arn}/consumer/${behind("/consumer/")}`];
    default:
      return [arn];
  }
}
