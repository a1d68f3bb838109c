import { keyOf, notAllowedOnKey } from "../aws/keys";
import { permissionsOf, roleOf } from "../aws/roles";
import type { Resource } from "../graph";
import { speaksOf } from "../iam-document";
import { at, failedIf, type Rule, type RuleContext, unknown, type Verdict, warnIf } from "../rule";
import { FILE_TYPES, judgeFiles } from "./artifacts";
import { judgeOptimizer } from "./table-optimizers";

/** Actions that return encrypted metadata. */
const READING = ["GetDatabase", "GetDatabases", "GetPartition", "GetPartitions", "GetTable", "GetTables"];

/** Actions that write it. */
const WRITING = [
  "BatchCreatePartition",
  "BatchUpdatePartition",
  "CreateDatabase",
  "CreatePartition",
  "CreateTable",
  "UpdateDatabase",
  "UpdatePartition",
  "UpdateTable",
];

/** What writing takes. */
const NEEDED = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

/** Whether the Data Catalog can be used. */
export const GLUE_WIRING: readonly Rule[] = [
  {
    id: "WIRE-GLUE-05",
    title: "Who uses the encrypted Data Catalog may use its key, and it is encrypted from the first database on",
    severity: "high",
    level: "error",
    types: ["aws_iam_role", "aws_glue_catalog_database"],
    sources: [
      "https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html",
      "https://docs.aws.amazon.com/athena/latest/ug/access-encrypted-data-glue-data-catalog.html",
    ],
    remedy: "make settings and databases with modules/glue, which encrypt with a role of their own",
    judge: (resource, context) => {
      const [settings] = context.graph.ofType("aws_glue_data_catalog_encryption_settings");
      const atRest = at(settings?.values, "data_catalog_encryption_settings", "encryption_at_rest");
      const mode = at(atRest, "catalog_encryption_mode");
      if (settings === undefined || mode === "DISABLED") {
        return [];
      }
      if (resource.type === "aws_glue_catalog_database") {
        return failedIf(
          !context.graph.isBefore(settings, resource),
          `it may be made before ${settings.address}, and its metadata would stay plain`,
        );
      }
      const key = keyOf(at(atRest, "sse_aws_kms_key_id"), context.graph);
      if (key === undefined || mode === "SSE-KMS") {
        return key === undefined ? [] : judgeUser(resource, key, context);
      }
      // with a role of its own, the catalog needs nothing of its users
      const serviceRole = roleOf(at(atRest, "catalog_encryption_service_role"), context.graph);
      return serviceRole === resource ? judgeServiceRole(resource, key, context) : [];
    },
  },
  {
    id: "WIRE-GLUE-06",
    title: "Optimizers have an Iceberg table that is there, and a role that may work on it",
    severity: "high",
    level: "error",
    types: ["aws_glue_catalog_table_optimizer"],
    sources: [
      "https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html",
      "https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html",
    ],
    remedy: "make them with modules/glue/table-optimizers.ts, which waits for what makes the table",
    judge: (optimizer, { graph }) => judgeOptimizer(optimizer, graph),
  },
  {
    id: "WIRE-GLUE-08",
    title: "Files that a resource names are uploaded before it, in the version it names",
    severity: "high",
    level: "error",
    types: FILE_TYPES,
    sources: [
      "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html",
      "https://docs.aws.amazon.com/mwaa/latest/userguide/working-dags-dependencies.html",
      "https://docs.aws.amazon.com/glue/latest/dg/add-job.html",
    ],
    remedy: "upload it with modules/lambda/function.ts or modules/s3/artifact.ts, and take key and version from there",
    judge: (resource, { graph }) => judgeFiles(resource, graph),
  },
];

function judgeServiceRole(role: Resource, key: Resource, context: RuleContext): Verdict[] {
  const missing = notAllowedOnKey(role, key, NEEDED, "glue", context);
  const text = `it encrypts the catalog, but may not ${missing.join(", ")} with ${key.address}`;
  return missing.length > 0 && permissionsOf(role, context.graph).isIncomplete
    ? unknown(`${text}, unless a policy that is not declared here says so`)
    : failedIf(missing.length > 0, text);
}

function judgeUser(role: Resource, key: Resource, context: RuleContext): Verdict[] {
  const { statements, isIncomplete } = permissionsOf(role, context.graph);
  const may = (names: readonly string[]) =>
    statements.some(
      (statement) => statement.effect === "Allow" && names.some((name) => speaksOf(statement, `glue:${name}`)),
    );
  const writes = may(WRITING);
  if (!writes && !may(READING)) {
    return [];
  }
  const missing = (...actions: string[]) => notAllowedOnKey(role, key, actions, "glue", context);
  const text = (actions: readonly string[]) =>
    `it may ${writes ? "write" : "read"} the catalog, but not ${actions.join(", ")} with ${key.address}`;
  const needed = missing(...(writes ? NEEDED : ["kms:Decrypt"]));
  if (needed.length > 0) {
    return isIncomplete
      ? unknown(`${text(needed)}, unless a policy that is not declared here says so`)
      : failedIf(true, text(needed));
  }
  const wanted = missing("kms:Encrypt", "kms:GenerateDataKey");
  return isIncomplete ? [] : warnIf(wanted.length > 0, text(wanted));
}
