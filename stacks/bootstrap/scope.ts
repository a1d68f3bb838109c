import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import type { Account } from "../../modules/account";
import type { Conditions } from "../../modules/iam/policy";
import { accountOf } from "../account-of";
import { catalogArns, namePrefix, namingContext, physicalName } from "../naming";
import { type BootstrapNames, bootstrapNames } from "./names";

/** What permissions are scoped to: an environment's resources, by the names and tags that all of them have. */
export interface Scope {
  readonly account: Account;
  readonly names: BootstrapNames;
  /** Whether Terraform may empty buckets to destroy them. */
  readonly mayEmptyBuckets: boolean;
  /** An ARN of the environment's account and region. */
  readonly arnOf: (service: string, resource: string) => string;
  readonly roles: string;
  readonly buckets: string;
  /** The bucket of what Terraform itself uploads. */
  readonly artifacts: string;
  readonly topics: string;
  /** Of Athena. */
  readonly workgroups: string;
  readonly functions: string;
  /** What calls functions with what is in streams. Lambda makes their names up. */
  readonly mappings: string;
  /** Of Kinesis, and their consumers. */
  readonly streams: string;
  readonly deliveryStreams: string;
  readonly queues: string;
  /** Of DynamoDB. */
  readonly keyValueTables: string;
  readonly alarms: string;
  /** Of functions and of delivery streams, and those whose names Glue chooses. */
  readonly logGroups: readonly string[];
  /** What the aliases of keys begin with. */
  readonly keyAliases: string;
  /** Of the catalog, its databases and what is in them. */
  readonly catalog: readonly string[];
  /** Tags that every resource of the environment has, by which those without a name of ours are known. */
  readonly tags: Readonly<Record<string, string>>;
}

export function scopeOf(platform: PlatformSettings, environment: Environment): Scope {
  const account = accountOf(environment);
  const { partition, region, accountId } = account;
  const context = namingContext(platform, environment);
  const prefix = namePrefix(context);
  const arnOf = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return {
    account,
    names: bootstrapNames(platform, environment),
    mayEmptyBuckets: !environment.destroyProtection,
    arnOf,
    roles: `arn:${partition}:iam::${accountId}:role/${prefix}*`,
    buckets: `arn:${partition}:s3:::${prefix}*`,
    artifacts: `arn:${partition}:s3:::${physicalName(context, "bucket", "artifacts")}`,
    keyAliases: `alias/${prefix}`,
    functions: arnOf("lambda", `function:${prefix}*`),
    mappings: arnOf("lambda", "event-source-mapping:*"),
    streams: arnOf("kinesis", `stream/${prefix}*`),
    deliveryStreams: arnOf("firehose", `deliverystream/${prefix}*`),
    queues: arnOf("sqs", `${prefix}*`),
    keyValueTables: arnOf("dynamodb", `table/${prefix}*`),
    alarms: arnOf("cloudwatch", `alarm:${prefix}*`),
    logGroups: [`/aws/kinesisfirehose/${prefix}*`, `/aws/lambda/${prefix}*`, "/aws-glue/iceberg-*"].map((name) =>
      arnOf("logs", `log-group:${name}`),
    ),
    topics: arnOf("sns", `${prefix}*`),
    workgroups: arnOf("athena", `workgroup/${prefix}*`),
    catalog: catalogArns(context, account),
    tags: { Environment: environment.name, Platform: platform.name },
  };
}

/** Uses the data key for objects of artifacts alone: the bucket's ARN is the context in which S3 encrypts them. */
export function forArtifacts({ artifacts, keyAliases }: Scope): Conditions {
  return {
    "ForAnyValue:StringEquals": { "kms:ResourceAliases": `${keyAliases}data` },
    StringEquals: { "kms:EncryptionContext:aws:s3:arn": artifacts },
  };
}

/** Uses the data key for the variables of functions alone: Lambda asks for it with the permissions of whoever calls it. */
export function forFunctions(scope: Scope): Conditions {
  return through("lambda", scope);
}

/** Uses the data key for tables of DynamoDB alone, which asks for it with the permissions of whoever makes a table. */
export function forKeyValueTables(scope: Scope): Conditions {
  return through("dynamodb", scope);
}

function through(service: string, { account, keyAliases }: Scope): Conditions {
  const domain = account.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    "ForAnyValue:StringEquals": { "kms:ResourceAliases": `${keyAliases}data` },
    StringEquals: { "kms:ViaService": `${service}.${account.region}.${domain}` },
  };
}

/** Of mappings, those to functions of the environment: nothing else tells whose they are. */
export function ofFunctions({ functions }: Scope): Conditions {
  return { ArnLike: { "lambda:FunctionArn": functions } };
}
