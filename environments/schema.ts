import { z } from "zod";
import { limited } from "../validation/limited";
import { connectionSchema, consumerSchema, producerSchema, reason, scanLimitBytes } from "./outside-schema";
import { networkSchema } from "./network-schema";
import { REGIONS } from "./regions";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
const OBJECT_LOCK_MAX_DAYS = 36500;

export const STAGES = ["development", "staging", "production"] as const;

/** Tags that Basin sets itself, on every resource or on those of a domain. */
export const RESERVED_TAG_KEYS = ["Environment", "ManagedBy", "Platform", "Name", "Domain", "DataClassification"];

/** AWS allows 50 tags a resource; the rest is kept for the tags that Basin and its modules add. */
export const MAX_OWN_TAGS = 40;

/** S3 storage classes a lifecycle rule may move objects to, the coldest last. */
export const STORAGE_CLASSES = [
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const;

const days = (minimum: number, maximum: number, remedy: string) =>
  limited(z.int().min(minimum).max(maximum), { limit: `a whole number of days from ${minimum} to ${maximum}`, remedy });

const flag = (remedy: string) => limited(z.boolean(), { limit: "true or false", remedy });

/** What happens to objects as they age. */
const ageRules = {
  /** Moves to colder storage classes, in the order in which they happen. */
  transitions: z.array(
    z.strictObject({
      storageClass: limited(z.enum(STORAGE_CLASSES), {
        limit: `one of ${STORAGE_CLASSES.join(", ")}`,
        remedy: "name a storage class that a lifecycle rule can move objects to",
      }),
      days: days(0, 36500, "count the days from the object's creation"),
    }),
  ),
  /** Age at which objects are deleted, in days. */
  expirationDays: days(1, 36500, "count the days from the object's creation"),
};

/** How long Lake Formation and IAM decide side by side, and why. */
const migration = {
  /** The last day on which it may be so. */
  until: limited(z.iso.date(), {
    limit: "a day as YYYY-MM-DD",
    remedy: "write the last day of the migration: until then IAM decides for who has not opted in",
  }),
  reason: limited(reason, {
    limit: "a reason of 10 to 256 characters",
    remedy: "say who reads by permissions of IAM still, and what they wait for",
  }),
};

/** Periods for which CloudWatch Logs keeps entries: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Text of tags: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
export const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u;

/** Tags that AWS keeps for itself, in whatever case. */
export const TAG_OF_AWS = /^aws:/i;

// EMR Serverless, for one, keeps aws: for itself in values too:
// https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/tagging-restrictions.html
const ownTagText = z.string().refine((text) => TAG_TEXT.test(text) && !TAG_OF_AWS.test(text));

const tagValue = limited(ownTagText.max(256), {
  limit: "1 to 256 letters, digits, spaces and _ . : / = + - @, not beginning with aws:",
  // AWS allows empty values; with one among its default tags, the provider plans a change of every bucket for ever (tried)
  remedy: "write what the tag is to say, in the characters that tags allow",
});

/**
 * Owner and name of a repository of GitHub: up to 39 letters, digits and single hyphens, to which the short code of an
 * enterprise's users is added by an underscore; up to 100 letters, digits and . _ -, which neither is nor ends in what Git
 * keeps for itself.
 *
 * Source: https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
 */
const GITHUB_REPOSITORY = /^(?!.{40,}\/)[a-z\d]+(?:-[a-z\d]+)*(?:_[a-z\d]+)?\/(?!\.{1,2}$)(?!.*\.git$)[\w.-]{1,100}$/i;

export const environmentSchema = z.strictObject({
  /** Stands in every physical name and in every address of a state. */
  name: limited(z.string().regex(/^[a-z][a-z0-9]{1,7}$/), {
    limit: "2 to 8 lower-case letters and digits, beginning with a letter",
    remedy: 'choose a short name such as "prod"; it stands in every bucket name, where 63 characters are the limit',
  }),
  /** How strict rules are: what production must have, development may do without. */
  stage: limited(z.enum(STAGES), {
    limit: `one of ${STAGES.join(", ")}`,
    remedy: "use production wherever real data is, whatever the environment is called",
  }),
  /** The AWS account that holds this environment and no other. */
  accountId: limited(z.string().regex(/^\d{12}$/), {
    limit: "12 digits, written as a string",
    remedy: 'copy it from "aws sts get-caller-identity" and keep its leading zeros by quoting it',
  }),
  /** The repository of GitHub whose workflows may plan and deploy this environment: the roles of pipelines trust no other. */
  githubRepository: limited(z.string().regex(GITHUB_REPOSITORY), {
    limit: 'owner and name as GitHub allows them, "owner/name" without host and ".git"',
    remedy: 'copy "owner/name" from the repository\'s address, with its upper and lower case, which IAM tells apart',
  }),
  region: limited(z.enum(Object.keys(REGIONS) as [string, ...string[]]), {
    limit: "a region that AWS and the Terraform provider know",
    remedy: 'write its code, for example "eu-west-1"',
  }),
  availabilityZones: limited(z.array(z.string()).min(2).max(6), {
    limit: "2 to 6 availability zones",
    remedy: "name three zones of the region: MSK and Redshift Serverless spread over three",
  }),
  /** Refuses to destroy what holds data: prevent_destroy on keys and buckets, no force_destroy. */
  destroyProtection: flag("use true wherever the data cannot be made again"),
  alerts: z.strictObject({
    /** Addresses that receive every alert; each has to confirm its subscription once. */
    emails: z.array(
      limited(z.email().max(320), {
        limit: "an ASCII address of the form local@domain.example, of at most 320 characters",
        remedy: "correct the address",
      }),
    ),
  }),
  /** How long entries of CloudWatch log groups stay, in days. */
  logRetentionDays: limited(z.literal(LOG_RETENTION_DAYS), {
    limit: `one of ${LOG_RETENTION_DAYS.join(", ")}`,
    remedy: "use 365 in production, where somebody may ask months later",
  }),
  network: networkSchema,
  keys: z.strictObject({
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
    rotationPeriodDays: days(90, 2560, "use 365, a rotation a year"),
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    deletionWindowDays: days(7, 30, "use 30 wherever data depends on the key: a deleted key cannot be restored"),
  }),
  lake: z.strictObject({
    /** Files as they arrive. Tables live in the other zones, which no age rule ever touches. */
    landing: z.strictObject({
      ...ageRules,
      /** How long S3 refuses to delete or overwrite a file version that has arrived. */
      objectLock: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("none") }),
        z.strictObject({
          kind: z.literal("retain"),
          mode: limited(z.enum(["GOVERNANCE", "COMPLIANCE"]), {
            limit: "GOVERNANCE or COMPLIANCE",
            remedy: "use GOVERNANCE unless a regulator demands that not even the root user can delete",
          }),
          days: days(1, OBJECT_LOCK_MAX_DAYS, "choose how long an arrived file must stay as it is"),
        }),
      ]),
    }),
    /** S3 access logs and VPC flow logs. */
    logs: z.strictObject(ageRules),
    /** What Iceberg tables keep beside the rows they have now. */
    tables: z.strictObject({
      /** How long readers can go back to an earlier state of a table, in days. */
      snapshotDays: days(1, 36500, "use 7: a week to notice a mistake and read what was there before"),
      /** How many earlier states stay, however old they are. */
      minimumSnapshots: limited(z.int().min(1).max(10_000), {
        limit: "a whole number from 1 to 10000",
        remedy: "use 5: what is written once a month can be taken back too",
      }),
      /** How old a file has to be before it is deleted because no table refers to it, in days. */
      orphanFileDays: days(
        1,
        36500,
        "use 3 or more, longer than any job runs: writers refer to their files at the end",
      ),
    }),
    /** How long overwritten and deleted versions can be brought back, in days. */
    noncurrentVersionDays: days(1, 36500, "use 30: a month to notice a mistake"),
    /**
     * Who decides about tables. In a migration Lake Formation decides for who has opted in, and IAM for everybody else. While it
     * ends, nothing is left to IAM, and the locations stay as they were: a location that no longer heeds opt-ins while tables are
     * still left to IAM would open them to everybody who may ask Lake Formation for data.
     */
    hybridAccess: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("none") }),
      z.strictObject({ kind: z.literal("migration"), ...migration }),
      z.strictObject({ kind: z.literal("ending"), ...migration }),
    ]),
    /** How long results of Athena queries stay, in days. */
    queryResultsExpirationDays: days(1, 36500, "use 30; results can be queried again"),
    /** Refuses calls for objects of the zones, but from our endpoints, from AWS services and from roles of the platform. */
    restrictObjectAccess: flag("use true wherever nobody reads objects from a workstation"),
  }),
  athena: z.strictObject({
    /** The most that a query may read, in bytes, whoever asks: AWS bills what is read. */
    scanLimitBytes,
  }),
  streaming: z.strictObject({
    /** What runs Kafka. Streams on Kinesis need nothing of their own. */
    kafka: z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("none") })]),
    kinesis: z.strictObject({
      /** How much streams take: as much as comes, or what shards are made for, which costs less where load is even. */
      capacity: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("on-demand") }),
        z.strictObject({
          kind: z.literal("provisioned"),
          /** How many records a shard is to take in a second, of the 1000 that it takes at most. */
          recordsPerShard: limited(z.int().min(1).max(1000), {
            limit: "a whole number of records a second from 1 to 1000, the most that a shard takes",
            remedy: "use 250: peaks of four times the average fit in",
          }),
        }),
      ]),
      /** How long records can be read again, in hours. */
      retentionHours: limited(z.int().min(24).max(8760), {
        limit: "a whole number of hours from 24 to 8760, a year",
        remedy: "use 168 in production: a week to mend what reads the stream",
      }),
      /** How much Firehose collects of a stream before it writes a file, if the dataset's freshness leaves it the time. */
      bufferMb: limited(z.int().min(1).max(128), {
        limit: "a whole number of MiB from 1 to 128",
        remedy: "use 128: large files are read faster",
      }),
    }),
  }),
  /** Databases and APIs that data comes from, by the name that domains know them by. */
  connections: z.record(z.string(), connectionSchema),
  /** Who may write to streams, by the name that domains know them by. */
  producers: z.record(z.string(), producerSchema),
  /** Whom domains may grant access to, by the name that domains know them by. */
  consumers: z.record(z.string(), consumerSchema),
  /** Datasets this environment goes without, as "domain.dataset", and why. */
  disabledDatasets: z.record(
    z.string(),
    limited(z.string().trim().min(10).max(256), {
      limit: "a reason of 10 to 256 characters",
      remedy: "say why this environment goes without the dataset, for whoever misses it",
    }),
  ),
  state: z.strictObject({
    /** Region of the bucket that holds the Terraform state. */
    region: limited(z.enum(Object.keys(REGIONS) as [string, ...string[]]), {
      limit: "a region that AWS and the Terraform provider know",
      remedy: "use the region of the environment",
    }),
  }),
  /** Set on every resource. Who pays and who answers is required, more may be added. */
  tags: z.object({ Owner: tagValue, CostCentre: tagValue }).catchall(tagValue),
});

export type Environment = z.infer<typeof environmentSchema>;

/** Types a complete environment. Limits are checked when the configuration is loaded, those of all environments together. */
export function defineEnvironment(environment: Environment): Environment {
  return environment;
}
