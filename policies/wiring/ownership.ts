import { perGraph } from "../aws/remember";
import { isOpen } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { failedIf, type Verdict, warnIf } from "../rule";

/** A resource that keeps a list or a text of its own, and resources that would add to it or write over it. */
interface Exclusive {
  readonly owner: string;
  readonly attributes: readonly string[];
  /** By the attribute that names the owner, and by their "type", where not all of them are meant. */
  readonly others: readonly (readonly [type: string, attribute: string, kind?: string])[];
  /**
   * What both would manage.
   *
   * @default - the attribute
   */
  readonly what?: string;
  readonly isWarning?: boolean;
}

const DIRECTIONS = ["egress", "ingress"] as const;

const rulesOfGroups = (direction: (typeof DIRECTIONS)[number]): Exclusive["others"] => [
  ["aws_security_group_rule", "security_group_id", direction],
  [`aws_vpc_security_group_${direction}_rule`, "security_group_id"],
];

const EXCLUSIVE: readonly Exclusive[] = [
  { owner: "aws_iam_role", attributes: ["inline_policy"], others: [["aws_iam_role_policy", "role"]] },
  {
    owner: "aws_iam_role",
    attributes: ["managed_policy_arns"],
    others: [
      ["aws_iam_role_policy_attachment", "role"],
      ["aws_iam_policy_attachment", "roles"],
    ],
  },
  ...DIRECTIONS.map((direction) => ({
    owner: "aws_security_group",
    attributes: [direction],
    others: rulesOfGroups(direction),
  })),
  // empties the group where it names no rule
  {
    owner: "aws_default_security_group",
    attributes: ["vpc_id"],
    others: DIRECTIONS.flatMap(rulesOfGroups),
    what: "rules",
  },
  ...["aws_route_table", "aws_default_route_table"].map((owner) => ({
    owner,
    attributes: ["route"],
    others: [["aws_route", "route_table_id"]] as const,
  })),
  {
    owner: "aws_redshift_cluster",
    attributes: ["default_iam_role_arn", "iam_roles"],
    others: [["aws_redshift_cluster_iam_roles", "cluster_identifier"]],
    isWarning: true,
  },
  { owner: "aws_sqs_queue", attributes: ["policy"], others: [["aws_sqs_queue_policy", "queue_url"]] },
  { owner: "aws_sqs_queue", attributes: ["redrive_policy"], others: [["aws_sqs_queue_redrive_policy", "queue_url"]] },
  {
    owner: "aws_sqs_queue",
    attributes: ["redrive_allow_policy"],
    others: [["aws_sqs_queue_redrive_allow_policy", "queue_url"]],
  },
  { owner: "aws_sns_topic", attributes: ["policy"], others: [["aws_sns_topic_policy", "arn"]] },
  { owner: "aws_kms_key", attributes: ["policy"], others: [["aws_kms_key_policy", "key_id"]] },
  { owner: "aws_vpc_endpoint", attributes: ["policy"], others: [["aws_vpc_endpoint_policy", "vpc_endpoint_id"]] },
];

/** Resources of which one thing takes one: two write over each other. */
const SINGLE: Readonly<Record<string, string>> = {
  aws_kinesis_resource_policy: "resource_arn",
  aws_kms_key_policy: "key_id",
  aws_msk_scram_secret_association: "cluster_arn",
  aws_redshift_cluster_iam_roles: "cluster_identifier",
  aws_sns_topic_policy: "arn",
  aws_sqs_queue_policy: "queue_url",
  aws_sqs_queue_redrive_allow_policy: "queue_url",
  aws_sqs_queue_redrive_policy: "queue_url",
  aws_vpc_endpoint_policy: "vpc_endpoint_id",
};

export const OWNING_TYPES = [
  ...new Set([...EXCLUSIVE.map(({ owner }) => owner), ...Object.keys(SINGLE), "aws_iam_policy_attachment"]),
];

const byTarget = perGraph(() => new Map<string, ReadonlyMap<string, readonly Resource[]>>());

/** The resources of a type whose attribute names `target`, or a list with it. */
function naming(type: string, attribute: string, target: string, graph: Graph): readonly Resource[] {
  const known = byTarget(graph);
  const index = `${type}.${attribute}`;
  const found = known.get(index) ?? new Map<string, Resource[]>();
  if (!known.has(index)) {
    const targets = found as Map<string, Resource[]>;
    for (const resource of graph.ofType(type)) {
      for (const name of [resource.values[attribute]].flat()) {
        const key = targetOf(name, graph);
        targets.set(key, [...(targets.get(key) ?? []), resource]);
      }
    }
    known.set(index, targets);
  }
  return found.get(target) ?? [];
}

function targetOf(name: unknown, graph: Graph): string {
  return graph.reference(name)?.resource.address ?? (typeof name === "string" ? graph.text(name) : "");
}

/** Whether something else manages what a resource manages. */
export function judgeOwnership(resource: Resource, graph: Graph): Verdict[] {
  const written = EXCLUSIVE.filter(({ owner }) => owner === resource.type).flatMap(
    ({ attributes, others, what, isWarning = false }) => {
      const attribute = attributes.find((name) => resource.values[name] !== undefined);
      const [other] = others.flatMap(([type, by, kind]) =>
        naming(type, by, resource.address, graph).filter(
          ({ values: { type: other = kind } }) => kind === undefined || other === kind || isOpen(other),
        ),
      );
      const verdict = isWarning ? warnIf : failedIf;
      return attribute === undefined
        ? []
        : verdict(other !== undefined, `${other?.address ?? ""} manages its ${what ?? attribute} as well`, attribute);
    },
  );
  const by = SINGLE[resource.type];
  const twins =
    by === undefined || resource.values[by] === undefined
      ? []
      : naming(resource.type, by, targetOf(resource.values[by], graph), graph);
  const [first] = twins;
  return [
    ...written,
    ...failedIf(first !== undefined && first !== resource, `${first?.address ?? ""} is for the same ${by ?? ""}`, by),
    ...(resource.type === "aws_iam_policy_attachment" ? judgeAttachment(resource, graph) : []),
  ];
}

/** An attachment of this type takes the policy from everybody it does not name, in the whole account. */
function judgeAttachment(attachment: Resource, graph: Graph): Verdict[] {
  const { policy_arn: arn } = attachment.values;
  const policy = targetOf(arn, graph);
  const others = ["aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment"]
    .concat("aws_iam_policy_attachment")
    .flatMap((type) => naming(type, "policy_arn", policy, graph))
    .filter((other) => other !== attachment);
  const [other] = others;
  const isOfAws = typeof arn === "string" && arn.includes(":iam::aws:policy/");
  return other !== undefined || isOfAws
    ? failedIf(true, `it takes the policy from ${other?.address ?? "everybody else in the account"}`, "policy_arn")
    : warnIf(true, "it takes the policy from everybody else in the account", "policy_arn");
}
