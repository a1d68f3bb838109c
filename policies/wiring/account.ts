import { perEstate } from "../aws/remember";
import { isOpen } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks, type Estate, failedIf, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { type NameKind, NAMES, type Scope } from "./names";
import { LIST_QUOTAS, type ListQuota, type Quota, QUOTAS } from "./quotas";

/** Settings of which an account, or each of its regions, has one; `by` tells apart those of which it may have several. */
const SINGLETONS: Readonly<
  Record<string, { readonly scope: Scope; readonly by?: readonly string[]; readonly where?: readonly [string, string] }>
> = {
  aws_api_gateway_account: { scope: "region" },
  // one for each dimension, and many that are custom
  aws_ce_anomaly_monitor: { scope: "account", by: ["monitor_dimension"], where: ["monitor_type", "DIMENSIONAL"] },
  aws_cloudwatch_log_account_policy: { scope: "region", by: ["policy_type", "policy_name"] },
  aws_ebs_default_kms_key: { scope: "region" },
  aws_ebs_encryption_by_default: { scope: "region" },
  aws_glue_data_catalog_encryption_settings: { scope: "region", by: ["catalog_id"] },
  aws_glue_resource_policy: { scope: "region" },
  aws_iam_account_password_policy: { scope: "account" },
  aws_iam_openid_connect_provider: { scope: "account", by: ["url"] },
  aws_iam_service_linked_role: { scope: "account", by: ["aws_service_name", "custom_suffix"] },
  aws_lakeformation_data_lake_settings: { scope: "region", by: ["catalog_id"] },
  aws_quicksight_account_subscription: { scope: "account" },
  aws_s3_account_public_access_block: { scope: "account" },
};

/** Terraform ends a name that begins with a prefix in so many characters of its own. */
const SUFFIX_LENGTH = 26;

/** Whether names, singletons and quotas of an account suffice for all that is in it. */
export const ACCOUNT_WIRING: readonly Rule[] = [
  {
    id: "WIRE-NAME-01",
    title: "No two resources of an account have the same name where it has to be unique",
    severity: "critical",
    level: "error",
    types: Object.keys(NAMES),
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ],
    remedy: "compose the name with stacks/naming.ts, from platform, environment and what it is for",
    judge: (resource, context) => {
      const kind = NAMES[resource.type];
      const name = kind && nameOf(resource, kind, context.graph);
      if (kind === undefined || name === undefined || isOpen(name)) {
        return [];
      }
      const { attribute = "name", scope } = kind;
      const twin = earlierTwin(resource, context);
      const { accountId, region } = context.environment;
      const isOurs = [accountId, region].some((part) => name.includes(part)) || /[0-9a-f]{8}/.test(name);
      return [
        ...failedIf(twin !== undefined, `its name ${name} is that of ${twin ?? ""}, too`, attribute),
        ...warnIf(
          scope === "global" && !isOurs,
          `its name ${name} has neither account nor region in it, and may be somebody else's`,
          attribute,
        ),
      ];
    },
  },
  {
    id: "WIRE-NAME-02",
    title: "Names are as long as they may be, and of the characters they may have, what they refer to included",
    severity: "high",
    level: "error",
    types: Object.keys(NAMES),
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
      "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    ],
    remedy: "compose the name of names that the configuration declares, not of what AWS makes up",
    judge: (resource, { graph }) => {
      const kind = NAMES[resource.type];
      const { attribute = "name" } = kind ?? {};
      return [
        { attribute, reserved: 0 },
        { attribute: `${attribute}_prefix`, reserved: SUFFIX_LENGTH },
      ].flatMap(({ attribute: given, reserved }) => {
        const name = nameOf(resource, { attribute: given }, graph);
        return name === undefined ? [] : nameVerdicts(name, { ...kind, attribute: given }, reserved);
      });
    },
  },
  {
    id: "WIRE-ACC-01",
    title: "What an account has one of is managed in one place",
    severity: "critical",
    level: "error",
    types: Object.keys(SINGLETONS),
    sources: [
      "https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_PutDataLakeSettings.html",
      "https://docs.aws.amazon.com/glue/latest/webapi/API_PutDataCatalogEncryptionSettings.html",
      "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2515",
    ],
    remedy: "leave one of them; in an account that environments share, in a stack that is none of theirs",
    judge: (resource, context) => {
      const twin = earlierTwin(resource, context);
      return failedIf(
        twin !== undefined,
        `${twin ?? ""} manages the same: the apply fails, or one overwrites the other`,
      );
    },
  },
  {
    id: "WIRE-QUO-01",
    title: "Nothing is over the quotas that an account has by default",
    severity: "medium",
    level: "error",
    types: [...new Set([...QUOTAS, ...LIST_QUOTAS].map(({ type }) => type))],
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
      "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
      "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
      "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
    ],
    remedy: "have fewer, or have AWS raise the quota and suppress the rule until a day to look at it again",
    judge: (resource, context) => [
      ...QUOTAS.filter(({ type }) => type === resource.type).flatMap((quota) =>
        quotaVerdicts(resource, quota, context),
      ),
      ...LIST_QUOTAS.filter(({ type }) => type === resource.type).flatMap((quota) => listVerdicts(resource, quota)),
    ],
  },
];

function nameVerdicts(
  text: string,
  { attribute, maximum = Infinity, characters = /^/ }: NameKind,
  reserved: number,
): Verdict[] {
  const known = text.replaceAll(/\$\{[^{}]*\}/g, "");
  const most = maximum - reserved;
  const problems = [
    ...failedIf(known.length > most, `"${text}" has ${known.length} characters of at most ${most}`, attribute),
    ...failedIf(!characters.test(known), `"${text}" has characters that it may not have`, attribute),
  ];
  return problems.length === 0 && isOpen(text)
    ? unknown(`"${text}" is not known before an apply, nor is its length`, attribute)
    : problems;
}

function nameOf({ values }: Resource, { attribute = "name" }: NameKind, graph: Graph): string | undefined {
  const { [attribute]: name } = values;
  return typeof name === "string" ? graph.text(name) : undefined;
}

/** What only one resource may be, and where. */
interface Identity {
  readonly key: string;
  readonly scope: Scope;
}

function identityOf(resource: Resource, estate: Estate): Identity | undefined {
  const { type, values } = resource;
  const kind = NAMES[type];
  if (kind !== undefined) {
    const { scope = "region", within, sharedWith = type, ignoresCase = false } = kind;
    const name = nameOf(resource, kind, estate.graph);
    return name === undefined || isOpen(name)
      ? undefined
      : {
          scope,
          key: keyOf([
            sharedWith,
            values.provider,
            within && ownText(values[within] ?? "default", estate),
            ignoresCase ? name.toLowerCase() : name,
          ]),
        };
  }
  const { scope = "region", by = [], where } = SINGLETONS[type] ?? {};
  return where !== undefined && values[where[0]] !== where[1]
    ? undefined
    : { scope, key: keyOf([type, values.provider, ...by.map((attribute) => ownValue(resource, attribute, estate))]) };
}

function ownValue({ values }: Resource, attribute: string, estate: Estate): string {
  const ofOwnAccount = attribute === "catalog_id" ? estate.environment.accountId : "";
  return ownText(values[attribute] ?? ofOwnAccount, estate).replace(/^https:\/\//, "");
}

/** A value as text; what AWS makes up is another thing in another environment. */
function ownText(value: unknown, { graph, environment }: Estate): string {
  const text = graph.text(String(value));
  return isOpen(text) ? `${environment.name}:${text}` : text;
}

function keyOf(parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

/** The resource that is the same one, and comes before a resource: first environments by name, then stacks in their order. */
function earlierTwin(resource: Resource, context: RuleContext): string | undefined {
  const identity = identityOf(resource, context);
  if (identity === undefined) {
    return undefined;
  }
  const { environment, neighbours } = context;
  const first = neighbours
    .filter(
      (other) =>
        other.environment.name < environment.name &&
        (identity.scope !== "region" || other.environment.region === environment.region),
    )
    .map((other) => ({ found: firstOnes(other).get(identity.key), name: ` of ${other.environment.name}` }))
    .find(({ found }) => found !== undefined) ?? { found: firstOnes(context).get(identity.key), name: "" };
  return first.found === resource ? undefined : `${first.found?.address ?? ""}${first.name}`;
}

/** The first resource for each identity in an environment. */
const firstOnes = perEstate((estate: Estate): ReadonlyMap<string, Resource> => {
  const found = new Map<string, Resource>();
  for (const resource of estate.graph.ofType(...Object.keys(NAMES), ...Object.keys(SINGLETONS))) {
    const key = identityOf(resource, estate)?.key;
    if (key !== undefined && !found.has(key)) {
      found.set(key, resource);
    }
  }
  return found;
});

/** Everything in an environment that counts against quotas, by quota and by what it is of. */
const counted = perEstate((estate: Estate): ReadonlyMap<string, readonly Resource[]> => {
  const found = new Map<string, Resource[]>();
  for (const quota of QUOTAS) {
    for (const resource of estate.graph.ofType(quota.type)) {
      const key = quotaKeyOf(resource, quota, estate);
      if (key !== undefined) {
        found.set(key, [...(found.get(key) ?? []), resource]);
      }
    }
  }
  return found;
});

function quotaKeyOf({ type, values }: Resource, { by, where }: Quota, estate: Estate): string | undefined {
  return where !== undefined && values[where[0]] !== where[1]
    ? undefined
    : keyOf([type, values.provider, by && ownText(values[by] ?? "default", estate)]);
}

/** One finding for all that is too much: at the first resource over the quota, environments by name. */
function quotaVerdicts(resource: Resource, quota: Quota, context: RuleContext): Verdict[] {
  const key = quotaKeyOf(resource, quota, context);
  if (key === undefined) {
    return [];
  }
  const { environment, neighbours } = context;
  const all = [context, ...neighbours]
    .filter((other) => other.environment.region === environment.region)
    .sort((one, other) => (one.environment.name < other.environment.name ? -1 : 1))
    .flatMap((estate) => counted(estate).get(key) ?? []);
  return quotaVerdict(quota, all[quota.limit] === resource, all.length);
}

function listVerdicts({ values }: Resource, quota: ListQuota): Verdict[] {
  const { length } = blocks(at(values, ...quota.path));
  return quotaVerdict(quota, length > quota.limit, length, quota.path.join("."));
}

function quotaVerdict(
  { what, limit, level }: Pick<Quota, "what" | "limit" | "level">,
  isOver: boolean,
  count: number,
  attribute?: string,
): Verdict[] {
  const text = `${count} ${what}, AWS allows ${limit} by default`;
  return level === "warning" ? warnIf(isOver, text, attribute) : failedIf(isOver, text, attribute);
}
