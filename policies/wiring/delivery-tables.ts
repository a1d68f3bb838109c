import { functionOf } from "../aws/functions";
import { isOpen, textOf, textsOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { keyColumnsIn } from "../lake-formation/contracts";
import { OTHER_COLUMNS, tableNamed } from "../lake-formation/catalog";
import { at, blocks, failedIf, unknown, type Verdict, warnIf } from "../rule";
import { type Destination, destinationsOf, transformsOf } from "./delivery-destinations";
import { isIceberg } from "./iceberg-files";
import { type Maker, makersOf } from "./made-tables";

/** What may send a record to another table than the first one that is named. */
const ROUTING = ["Lambda", "MetadataExtraction"];

/** Variables by which functions that transform records know tables of a database. */
const TABLE_VARIABLES = ["TABLE", "QUARANTINE_TABLE"];

/** A table that a delivery names. */
interface Target {
  readonly path: string;
  readonly database: string;
  readonly table: string;
  /** Undefined where it has none; rows are then added, never changed. */
  readonly keys: readonly string[] | undefined;
}

/** Whether tables of a delivery into Iceberg are there before it, and rows are told apart by the keys of their contracts. */
export function judgeTables(delivery: Resource, graph: Graph): Verdict[] {
  return destinationsOf(delivery)
    .filter(({ path }) => path === "iceberg_configuration")
    .flatMap((destination) => {
      const targets = targetsOf(destination, graph);
      const isRouted = destination.processors.some(({ type }) => ROUTING.includes(String(type)));
      return [
        ...failedIf(
          targets.length === 0 && !isRouted,
          "it names no table, and nothing says by record which it is for",
          `${destination.path}.destination_table_configuration`,
        ),
        ...targets.flatMap((target) => judgeTarget(target, delivery, graph)),
        ...judgeRoutes(destination, targets, graph),
      ];
    });
}

function targetsOf({ path, values }: Destination, graph: Graph): Target[] {
  return blocks(values.destination_table_configuration).map((block, index) => ({
    path: `${path}.destination_table_configuration[${index}]`,
    database: textOf(block.database_name, graph) ?? "",
    table: textOf(block.table_name, graph) ?? "",
    keys: block.unique_keys === undefined ? undefined : textsOf(block.unique_keys, graph),
  }));
}

function judgeTarget(target: Target, delivery: Resource, graph: Graph): Verdict[] {
  const { path, database, table, keys = [] } = target;
  const name = `${database}.${table}`;
  const makers = makersOf(database, table, graph);
  // only with keys does Firehose look at the table when the delivery is made
  const verdict = keys.length > 0 ? failedIf : warnIf;
  if (makers.length === 0) {
    return isOpen(name)
      ? unknown("which table it delivers to is not known before an apply", path)
      : verdict(true, `nothing here makes ${name}, into which it delivers`, path);
  }
  const unfit = makers.find(({ maker }) => maker.type === "aws_glue_catalog_table" && !isOfVersion2(maker.values));
  return [
    ...verdict(
      !makers.some(({ maker }) => graph.isBefore(maker, delivery)),
      `nothing makes it wait for ${makers[0]?.maker.address ?? ""}, which makes ${name}`,
      path,
    ),
    ...failedIf(
      unfit !== undefined,
      `${unfit?.maker.address ?? ""} is no Iceberg table of version 2, the only ones that Firehose writes to`,
      path,
    ),
    ...judgeKeys(target, makers, graph),
  ];
}

/** Whether a table is declared as one of Iceberg, in the version that is the default. */
function isOfVersion2(values: Resource["values"]): boolean {
  const version = at(values.open_table_format_input, "iceberg_input", "version") ?? "2";
  return isIceberg(values) && (version === "2" || isOpen(version));
}

/** Whether rows are told apart by columns that are there, those of the contract's key. */
function judgeKeys({ path, database, table, keys }: Target, makers: readonly Maker[], graph: Graph): Verdict[] {
  const name = `${database}.${table}`;
  const known = tableNamed({ database: database.toLowerCase(), name: table.toLowerCase() }, graph);
  const columns = known?.columns ?? [OTHER_COLUMNS];
  const missing = (keys ?? []).filter((key) => !isOpen(key) && !columns.includes(key.toLowerCase()));
  const contracted = makers
    .map(({ maker }) => keyColumnsIn(maker.values.input, graph))
    .find((list) => list !== undefined && list.length > 0);
  const attribute = `${path}.unique_keys`;
  if (missing.length > 0 && !columns.includes(OTHER_COLUMNS)) {
    return failedIf(true, `${name} has no column ${missing.join(", ")}`, attribute);
  }
  if (contracted === undefined || keys?.some(isOpen) === true) {
    return [];
  }
  const own = (keys ?? []).map((key) => key.toLowerCase());
  const isSame = own.length === contracted.length && contracted.every((column) => own.includes(column));
  const said = own.length === 0 ? "nothing" : own.join(", ");
  return failedIf(
    !isSame,
    `it tells rows of ${name} apart by ${said}, and their contract by ${contracted.join(", ")}`,
    attribute,
  );
}

/** Whether the delivery names the tables that its function sends records to, without which it knows no keys of theirs. */
function judgeRoutes(destination: Destination, targets: readonly Target[], graph: Graph): Verdict[] {
  const routes = transformsOf(destination).flatMap((called) => {
    const variables = at(functionOf(called, graph)?.values.environment, "variables");
    const database = textOf(at(variables, "DATABASE"), graph);
    const tables = TABLE_VARIABLES.flatMap((variable) => textOf(at(variables, variable), graph) ?? []);
    return database === undefined ? [] : tables.map((table) => `${database}.${table}`);
  });
  const named = targets.map(({ database, table }) => `${database}.${table}`);
  const unnamed = routes.filter((route) => !isOpen(route) && !named.includes(route));
  return failedIf(
    unnamed.length > 0 && !named.some(isOpen),
    `its function sends records to ${unnamed.join(", ")}, which it does not name`,
    `${destination.path}.destination_table_configuration`,
  );
}
