import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import type { Account } from "../modules/account";

/** Kinds of resources with a physical name, with the most characters AWS allows and the suffixes in use. */
const NAMES = {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  bucket: {
    maximum: 63,
    suffixes: [
      "artifacts",
      "lake-curated",
      "lake-landing",
      "lake-published",
      "lake-raw",
      "logs",
      "query-results",
      "state",
    ],
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  dynamodbTable: { maximum: 255, suffixes: ["idempotency"] },
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  function: { maximum: 64, suffixes: ["table-migrator"] },
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
  keyAlias: { maximum: 256, suffixes: ["catalog", "data", "logs", "messaging", "state"] },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  policy: { maximum: 128, suffixes: ["boundary", "change-foundation", "change-services", "read-configuration"] },
  // the same page
  role: {
    maximum: 64,
    suffixes: [
      "apply",
      "break-glass",
      "catalog-encryption",
      "drift",
      "lake-curated",
      "lake-published",
      "lake-raw",
      "plan",
      "table-upkeep",
    ],
  },
  // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html and API_CreateSecurityGroup
  securityGroup: { maximum: 255, suffixes: ["endpoints", "workloads"] },
  // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  topic: { maximum: 256, suffixes: ["alerts"] },
} as const;

type Kind = keyof typeof NAMES;
type Suffix<K extends Kind> = (typeof NAMES)[K]["suffixes"][number];

/** What names are made of. */
export interface NamingContext {
  readonly platformName: string;
  readonly environmentName: string;
  readonly accountId: string;
}

export function namingContext(platform: PlatformSettings, environment: Environment): NamingContext {
  return { platformName: platform.name, environmentName: environment.name, accountId: environment.accountId };
}

export interface ComposedName {
  readonly kind: Kind;
  readonly name: string;
  readonly maximum: number;
}

/**
 * The physical name of a resource: `<platform>-<environment>-<suffix>`. Buckets carry the account id behind it, because
 * their names are unique in all of AWS.
 */
export function physicalName<K extends Kind>(context: NamingContext, kind: K, suffix: Suffix<K>): string {
  const name = `${context.platformName}-${context.environmentName}-${suffix}`;
  switch (kind) {
    case "bucket":
      return `${name}-${context.accountId}`;
    case "keyAlias":
      return `alias/${name}`;
    default:
      return name;
  }
}

/** Every physical name an environment uses, so that all of them can be checked before anything is made. */
export function composedNames(context: NamingContext): ComposedName[] {
  return (Object.keys(NAMES) as Kind[]).flatMap((kind) =>
    NAMES[kind].suffixes.map((suffix) => ({
      kind,
      name: physicalName(context, kind, suffix),
      maximum: NAMES[kind].maximum,
    })),
  );
}

/**
 * Name of the Glue database that holds a domain's tables of one zone. Athena wants neither upper case nor hyphens, and
 * domains have no underscores, so that two names never become one.
 */
export function databaseName(context: NamingContext, domainName: string, zone: string): string {
  return `${namePrefix(context)}${domainName}-${zone}`.replaceAll("-", "_");
}

/** The Data Catalog as policies name it: itself, and an environment's databases with what is in them. */
export function catalogArns(context: NamingContext, { partition, region, accountId }: Account): string[] {
  const databases = `${namePrefix(context)}*`.replaceAll("-", "_");
  return ["catalog", `database/${databases}`, `table/${databases}`, `userDefinedFunction/${databases}`].map(
    (resource) => `arn:${partition}:glue:${region}:${accountId}:${resource}`,
  );
}

/** The name of what belongs to a domain as a whole, or to a part of it. */
export function domainName(context: NamingContext, domain: string, ...parts: readonly string[]): string {
  return [`${namePrefix(context)}${domain}`, ...parts].join("-");
}

/** The name of what belongs to a dataset: of the stream itself, or of what is for one purpose. */
export function datasetName(context: NamingContext, domain: string, dataset: string, purpose?: string): string {
  return domainName(context, domain, dataset, ...(purpose === undefined ? [] : [purpose]));
}

/** Roles, Lambda functions and Firehose streams end at 64 characters. */
export const MAX_FUNCTION_NAME = 64;

/** What stays of them when it is told what they are for. */
export const MAX_DATASET_NAME = MAX_FUNCTION_NAME - "-transform".length;

/** Prefix of all names of an environment, for policies that speak of the platform's own resources. */
export function namePrefix({ platformName, environmentName }: NamingContext): string {
  return `${platformName}-${environmentName}-`;
}

const RESERVED_BUCKET_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_BUCKET_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];

/**
 * Why S3 would refuse a bucket name; undefined where it would not. Dots are allowed by S3 but not here: certificates of
 * virtual-hosted addresses do not cover them.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketNameRefusal(name: string): string | undefined {
  if (name.length < 3 || name.length > NAMES.bucket.maximum) {
    return `3 to ${NAMES.bucket.maximum} characters, "${name}" has ${name.length}`;
  }
  if (!/^[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(name)) {
    return `only lower-case letters, digits and hyphens, a letter or digit at both ends, which "${name}" does not keep to`;
  }
  const reserved =
    RESERVED_BUCKET_PREFIXES.find((prefix) => name.startsWith(prefix)) ??
    RESERVED_BUCKET_SUFFIXES.find((suffix) => name.endsWith(suffix));
  return reserved === undefined
    ? undefined
    : `no prefix or suffix that AWS keeps for itself, such as "${reserved}" in "${name}"`;
}
