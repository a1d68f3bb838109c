import { callsOn, judgeRole, type RoleCall } from "../aws/permissions";
import { roleOf } from "../aws/roles";
import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, failedIf, unknown, type Verdict } from "../rule";
import { isIceberg } from "./iceberg-files";
import { type Maker, makersOf } from "./made-tables";

/** What of a table an optimizer works on. */
interface Target {
  readonly database: string;
  readonly table: string;
  /** Where its files are: a folder without a slash at its end. */
  readonly location: string | undefined;
}

/** Names of the log groups that optimizers write to. Source: Glue Developer Guide, "Table optimization prerequisites". */
const LOGS: Readonly<Record<string, string>> = {
  compaction: "iceberg-compaction",
  orphan_file_deletion: "iceberg-orphan-file-deletion",
  retention: "iceberg-retention",
};

/** Whether a table is there for an optimizer, and whether its role may work on it. Roles' keys and trust have rules of their own. */
export function judgeOptimizer(optimizer: Resource, graph: Graph): Verdict[] {
  const { database_name: databaseName, table_name: tableName, type, configuration } = optimizer.values;
  const database = textOf(databaseName, graph) ?? "";
  const table = textOf(tableName, graph) ?? "";
  const makers = makersOf(database, table, graph);
  const location = makers.find((maker) => maker.location !== undefined)?.location;
  const role = roleOf(at(configuration, "role_arn"), graph);
  const calls = callsFor({ database, table, location }, String(type), graph);
  return [
    ...judgeTable(optimizer, `${database}.${table}`, makers, graph),
    ...(role === undefined
      ? []
      : judgeRole(role, calls, (actions) => `${role.address} may not ${actions} for ${table}`, graph)),
  ];
}

function judgeTable(optimizer: Resource, name: string, makers: readonly Maker[], graph: Graph): Verdict[] {
  if (makers.length === 0) {
    return isOpen(name)
      ? unknown("which table it is for is not known before an apply", "table_name")
      : failedIf(true, `nothing here makes ${name}`, "table_name");
  }
  const plain = makers.find(({ maker }) => maker.type === "aws_glue_catalog_table" && !isIceberg(maker.values));
  return [
    ...failedIf(
      !makers.some(({ maker }) => graph.isBefore(maker, optimizer)),
      `nothing makes it wait for ${makers[0]?.maker.address ?? ""}, which makes ${name}`,
      "depends_on",
    ),
    ...failedIf(plain !== undefined, `${plain?.maker.address ?? ""} is no Iceberg table`, "table_name"),
  ];
}

/** What an optimizer does with its role. */
function callsFor({ database, table, location }: Target, type: string, graph: Graph): RoleCall[] {
  // files that nothing refers to are deleted without a change of the table
  const writes = type !== "orphan_file_deletion";
  const logs = graph.arnIn("logs", `log-group:/aws-glue/${LOGS[type] ?? type}/logs`);
  return [
    ...["catalog", `database/${database}`, `table/${database}/${table}`].flatMap((name) =>
      callsOn(graph.arnIn("glue", name), ["glue:GetTable", ...(writes ? ["glue:UpdateTable"] : [])]),
    ),
    ...callsOn(
      [logs, `${logs}:*`, `${logs}:log-stream:any`],
      ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    ),
    ...callsForFiles(location, writes, graph),
  ];
}

function callsForFiles(location: string | undefined, writes: boolean, graph: Graph): RoleCall[] {
  const [, bucket, folder = ""] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(location ?? "") ?? [];
  if (bucket === undefined || isOpen(bucket)) {
    return [];
  }
  const [, partition = ""] = graph.arnIn("s3", "any").split(":");
  const arn = `arn:${partition}:s3:::${bucket}`;
  const isRegistered = graph
    .ofType("aws_lakeformation_resource")
    .some(({ values }) => `${arn}/${folder}/`.startsWith(`${textOf(values.arn, graph) ?? ""}/`));
  return isRegistered
    ? callsOn("*", ["lakeformation:GetDataAccess"])
    : [
        ...callsOn(`${arn}/${folder}/any`, ["s3:GetObject", "s3:DeleteObject", ...(writes ? ["s3:PutObject"] : [])]),
        ...callsOn(arn, ["s3:ListBucket"]),
      ];
}
