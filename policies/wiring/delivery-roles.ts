import { keyOf, notAllowedOnKey } from "../aws/keys";
import { callsOn, judgeRole, type RoleCall } from "../aws/permissions";
import { letThrough } from "../aws/requests";
import { permissionsOf, roleOf } from "../aws/roles";
import { bucketOf, isOpen, textOf } from "../aws/values";
import { functionOf, qualifierOf } from "../aws/functions";
import type { Graph, Resource } from "../graph";
import { locationAt } from "../lake-formation/registrations";
import { blocks, failedIf, type RuleContext, unknown, type Verdict } from "../rule";
import { type Destination, destinationsOf, sourceOf } from "./delivery-destinations";
import { logStreamOf } from "./delivery-logs";
import { bucketKey } from "./encrypted-stores";
import { makersOf } from "./made-tables";

const READING = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"];
const CATALOG = ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"];
const TRANSFORMING = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"];
const IN_BUCKET = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
const ON_OBJECTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];

/** Calls of one role, and what they are for. */
interface Work {
  readonly role: unknown;
  readonly what: string;
  readonly calls: readonly RoleCall[];
  /** Without these it works, and leaves something behind. */
  readonly wanted?: readonly RoleCall[];
}

/**
 * Whether the roles of a delivery may read its source, call its function, and write data, errors and logs. Which keys of stores
 * roles may use, and whom they trust, other rules ask.
 *
 * Source: Firehose Developer Guide, "Controlling access with Amazon Data Firehose".
 */
export function judgeDelivery(delivery: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const works = [
    sourceWork(delivery, graph),
    ...destinationsOf(delivery).flatMap((destination) => worksFor(destination, graph)),
  ];
  return [
    ...works.flatMap(({ role: value, what, calls, wanted = [] }) => {
      const role = roleOf(value, graph);
      const text = (actions: string) => `${role?.address ?? ""} may not ${actions} ${what}`;
      return role === undefined
        ? []
        : [
            ...judgeRole(role, calls, text, graph),
            ...judgeRole(role, wanted, text, graph).map((verdict): Verdict => ({ ...verdict, level: "warning" })),
          ];
    }),
    ...destinationsOf(delivery).flatMap((destination) => [
      ...judgeKeys(destination, context),
      ...judgeErrorFolders(destination, graph),
    ]),
  ];
}

function sourceWork(delivery: Resource, graph: Graph): Work {
  const source = sourceOf(delivery);
  const arn = textOf(source?.kinesis_stream_arn, graph);
  return {
    role: source?.role_arn,
    what: `on ${arn ?? ""}, which it reads`,
    calls: arn === undefined || isOpen(arn) ? [] : callsOn(arn, READING),
  };
}

function worksFor(destination: Destination, graph: Graph): Work[] {
  const { values, buckets, processors } = destination;
  const { role_arn: role } = values;
  return [
    ...(destination.path === "iceberg_configuration" ? tableWorks(destination, graph) : []),
    ...buckets.flatMap((bucket) => {
      const arn = bucketArn(bucket.values.bucket_arn, graph);
      // what Firehose works out itself begins with "!{"
      const prefix = (textOf(bucket.values.error_output_prefix ?? bucket.values.prefix, graph) ?? "").split("!{", 1)[0];
      return arn === undefined
        ? []
        : [
            {
              role: bucket.values.role_arn ?? role,
              what: `in ${arn}, where it puts files`,
              calls: [...callsOn(arn, IN_BUCKET), ...callsOn(`${arn}/${prefix ?? ""}any`, ON_OBJECTS)],
            },
          ];
    }),
    ...processors.flatMap(({ type, parameters: { LambdaArn: called, RoleArn: own } }) => {
      const arns = type === "Lambda" ? functionArns(called, graph) : [];
      return arns.length === 0
        ? []
        : [{ role: own ?? role, what: `of ${arns[0] ?? ""}, which it calls`, calls: callsOn(arns, TRANSFORMING) }];
    }),
    ...logWorks(destination, graph),
  ];
}

function bucketArn(value: unknown, graph: Graph): string | undefined {
  const bucket = bucketOf(value, graph);
  const text = bucket === undefined ? textOf(value, graph) : graph.arnOf(bucket);
  return text === undefined || isOpen(text) ? undefined : text;
}

/** A function as policies have to name it: Firehose calls the version it is given, which is the latest where it is given none. */
function functionArns(called: unknown, graph: Graph): string[] {
  const callee = functionOf(called, graph);
  const text = textOf(called, graph);
  const arn = callee === undefined ? text : graph.arnOf(callee);
  const qualifier = qualifierOf(called, graph);
  if (arn === undefined || isOpen(arn)) {
    return [];
  }
  return callee === undefined ? [arn] : qualifier === undefined ? [arn, `${arn}:$LATEST`] : [`${arn}:${qualifier}`];
}

function tableWorks({ values }: Destination, graph: Graph): Work[] {
  const { role_arn: role } = values;
  return blocks(values.destination_table_configuration).flatMap((block) => {
    const database = textOf(block.database_name, graph) ?? "";
    const table = textOf(block.table_name, graph) ?? "";
    if (isOpen(database) || isOpen(table)) {
      return [];
    }
    const what = `for ${database}.${table}`;
    const inCatalog = ["catalog", `database/${database}`, `table/${database}/${table}`].flatMap((name) =>
      callsOn(graph.arnIn("glue", name), CATALOG),
    );
    return [{ role, what, calls: inCatalog }, ...fileWorks(role, what, database, table, graph)];
  });
}

/** What it does with the files of a table: by itself, or with credentials that Lake Formation lends. */
function fileWorks(role: unknown, what: string, database: string, table: string, graph: Graph): Work[] {
  const location = makersOf(database, table, graph).find((maker) => maker.location !== undefined)?.location;
  const [, bucket, folder = ""] = /^s3[an]?:\/\/([^/]+)\/?(.*?)\/*$/.exec(location ?? "") ?? [];
  if (bucket === undefined || isOpen(location)) {
    return [];
  }
  const [, partition = ""] = graph.arnIn("s3", "any").split(":");
  const arn = `arn:${partition}:s3:::${bucket}`;
  const files = [...callsOn(arn, IN_BUCKET), ...callsOn(`${arn}/${folder}/any`, ON_OBJECTS)];
  const lent = callsOn("*", ["lakeformation:GetDataAccess"]);
  const declared = roleOf(role, graph);
  const isLent =
    locationAt(`${arn}/${folder}`, graph) !== undefined && declared !== undefined && mayAll(declared, lent, graph);
  return isLent
    ? [{ role, what, calls: lent }]
    : [{ role, what, calls: files, wanted: callsOn(`${arn}/${folder}/any`, ["s3:DeleteObject"]) }];
}

function mayAll(role: Resource, calls: readonly RoleCall[], graph: Graph): boolean {
  const { statements } = permissionsOf(role, graph);
  return calls.every((call) => letThrough(statements, { facts: {}, ...call }));
}

function logWorks({ values }: Destination, graph: Graph): Work[] {
  const [logging] = blocks(values.cloudwatch_logging_options);
  const group = textOf(logging?.log_group_name, graph);
  const stream = textOf(logging?.log_stream_name, graph);
  if (String(logging?.enabled) !== "true" || group === undefined || stream === undefined || isOpen(group)) {
    return [];
  }
  const arn = graph.arnIn("logs", `log-group:${group}`);
  const declared = logStreamOf(logging?.log_group_name, logging?.log_stream_name, graph);
  const own = declared === undefined ? [] : [graph.arnOf(declared)];
  const calls = callsOn([`${arn}:log-stream:${stream}`, ...own], ["logs:PutLogEvents"]);
  return [{ role: values.role_arn, what: `in ${group}, where it logs failures`, calls }];
}

/** Whether a role may use the key that a delivery itself names for files. The key of the bucket WIRE-KMS-04 asks for. */
function judgeKeys({ values, buckets }: Destination, context: RuleContext): Verdict[] {
  const { graph } = context;
  return buckets.flatMap((bucket) => {
    const role = roleOf(bucket.values.role_arn ?? values.role_arn, graph);
    const key = keyOf(bucket.values.kms_key_arn, graph);
    const store = bucketOf(bucket.values.bucket_arn, graph);
    if (role === undefined || key === undefined || (store !== undefined && bucketKey(store, graph) === key)) {
      return [];
    }
    const missing = notAllowedOnKey(role, key, ["kms:Decrypt", "kms:GenerateDataKey"], "s3", context);
    const text = `${role.address} may not ${missing.join(", ")} with ${key.address}, with which it is to encrypt`;
    return missing.length > 0 && permissionsOf(role, graph).isIncomplete
      ? unknown(`${text}, unless a policy that is not declared here says so`, bucket.path)
      : failedIf(missing.length > 0, text, bucket.path);
  });
}

/** Whether what fails lands among the files of a table, where upkeep deletes what the table does not know. */
function judgeErrorFolders({ values, buckets }: Destination, graph: Graph): Verdict[] {
  const tables = blocks(values.destination_table_configuration).flatMap((block) =>
    makersOf(textOf(block.database_name, graph) ?? "", textOf(block.table_name, graph) ?? "", graph),
  );
  return buckets.flatMap(({ values: bucket, path }) => {
    const arn = bucketArn(bucket.bucket_arn, graph);
    const prefix = textOf(bucket.error_output_prefix, graph) ?? "";
    const folder = `s3://${arn?.split(":").at(-1) ?? ""}/${prefix}`;
    const [table] = tables.filter(
      ({ location }) =>
        arn !== undefined && location !== undefined && folder.startsWith(`${location.replace(/\/+$/, "")}/`),
    );
    return failedIf(
      table !== undefined,
      `what fails is put among the files of ${table?.database ?? ""}.${table?.table ?? ""}`,
      `${path}.error_output_prefix`,
    );
  });
}
