import { z } from "zod";
import { limited } from "../validation/limited";
import { REGIONS } from "./regions";

export const reason = limited(z.string().trim().min(10).max(256), {
  limit: "a reason of 10 to 256 characters",
  remedy: "say why this environment goes without it, for whoever misses it",
});

const host = limited(
  z
    .string()
    .max(253)
    .regex(/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/),
  {
    limit: "a host name in lower case with a dot, of at most 253 characters and 63 between dots",
    remedy: "write its full name in the DNS: an address would change with the next failover",
  },
);

const port = limited(z.int().min(1).max(65535), { limit: "a TCP port from 1 to 65535", remedy: "ask who runs it" });

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
const secretName = limited(z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/), {
  limit: "the name of a secret, not its ARN: 1 to 512 letters, digits and /_+=.@-",
  remedy: "name the secret that holds user and password; neither belongs here",
});

/** Where data comes from, outside of the platform. Addresses differ between environments, names do not. */
export const connectionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("database"),
    engine: limited(z.enum(["mysql", "oracle", "postgresql", "sqlserver"]), {
      limit: "one of mysql, oracle, postgresql, sqlserver",
      remedy: "choose what the database speaks; Aurora and MariaDB speak postgresql or mysql",
    }),
    host,
    port,
    database: limited(z.string().regex(/^[\w$.-]{1,128}$/), {
      limit: "1 to 128 letters, digits and _ $ . -",
      remedy: "name the database, or the service of an Oracle",
    }),
    secretName,
    /** "private" is reached inside the VPC or what it is connected to, "internet" through NAT. */
    reach: limited(z.enum(["private", "internet"]), {
      limit: "private or internet",
      remedy: "use private where the VPC has a route of its own to it",
    }),
  }),
  z.strictObject({
    kind: z.literal("api"),
    host,
    port,
    /** The secret with its credentials, or why it asks for none. */
    authentication: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("secret"), secretName }),
      z.strictObject({ kind: z.literal("none"), reason }),
    ]),
  }),
]);

/**
 * How much a query may read before Athena cancels it.
 *
 * Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
 */
export const scanLimitBytes = limited(z.int().min(10_485_760), {
  limit: "a whole number of bytes from 10485760 (10 MiB), the least that Athena takes, to 9007199254740991",
  remedy: "use 1_000_000_000_000, a terabyte: more than a well partitioned table needs",
});

const queries = {
  /**
   * The most that a query of these readers may read, in bytes.
   *
   * @default - what the environment allows everybody
   */
  scanLimitBytes: scanLimitBytes.optional(),
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
const roleName = limited(z.string().regex(/^(?!\/|arn:)(?!.*[$%]\{)([\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/), {
  limit: "the name of an IAM role: 1 to 64 letters, digits and _+=,.@-, behind its path without the first slash",
  remedy: 'write for example "analysts", not an ARN: roles of other accounts need a share that these accept',
});

/** Somebody who writes to streams: a role of the environment's own account, or why this environment has none of that name. */
export const producerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("iam-role"), roleName }),
  z.strictObject({ kind: z.literal("none"), reason }),
]);

/** Somebody who reads: a principal of Lake Formation, or why this environment has none of that name. */
export const consumerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("iam-role"),
    /** A role of the environment's own account, behind its path if it has one. */
    roleName,
    ...queries,
  }),
  z.strictObject({
    kind: z.literal("identity-center-group"),
    // https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html
    groupId: limited(z.string().regex(/^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-([A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}$/), {
      limit: "the id of a group in the identity store: a UUID, with or without ten digits before it",
      remedy: 'copy it from "aws identitystore list-groups"',
    }),
  }),
  z.strictObject({
    kind: z.literal("quicksight-group"),
    // https://docs.aws.amazon.com/quicksight/latest/APIReference/API_CreateGroup.html
    namespace: limited(z.string().regex(/^[a-zA-Z0-9._-]{1,64}$/), {
      limit: "1 to 64 letters, digits and . _ -",
      remedy: 'use "default" unless QuickSight has namespaces of yours',
    }),
    groupName: limited(z.string().regex(/^(?!.*[$%]\{)[\x20-\x7e\xa0-\xff]{1,128}$/), {
      limit: "1 to 128 characters of Latin-1 without ${ and %{, which Terraform evaluates",
      remedy: "name the group as QuickSight does",
    }),
    /**
     * Where QuickSight keeps users and groups: the region it was subscribed in.
     *
     * @default - the environment's region
     */
    identityRegion: limited(z.enum(Object.keys(REGIONS) as [string, ...string[]]), {
      limit: "a region that AWS and the Terraform provider know",
      remedy: 'copy it from the ARN that "aws quicksight list-groups" prints',
    }).optional(),
    ...queries,
  }),
  z.strictObject({ kind: z.literal("none"), reason }),
]);

export type Connection = z.infer<typeof connectionSchema>;
export type Producer = z.infer<typeof producerSchema>;
export type Consumer = z.infer<typeof consumerSchema>;
