import { isOpen } from "../aws/values";
import { roleOf } from "../aws/roles";
import type { Graph, Resource } from "../graph";
import { catalogName, nameOf, type Table, tableNamed, tablesOf } from "../lake-formation/catalog";
import { selectionOf, selects } from "../lake-formation/columns";
import { personalColumns, PII, SENSITIVITY } from "../lake-formation/contracts";
import { filterNamed } from "../lake-formation/filters";
import { type Grant, grantsOf } from "../lake-formation/grants";
import { holdingOf } from "../lake-formation/holdings";
import { IAM_ALLOWED_PRINCIPALS } from "../lake-formation/principals";
import { tagsOfColumn } from "../lake-formation/tags";
import { blocks, failedIf, unknown, type Verdict } from "../rule";
import { tablesIn } from "../wiring/made-tables";

const CALL = "aws_lambda_invocation";
const FILTER = "aws_lakeformation_data_cells_filter";

export const PERSONAL_DATA_TYPES = [CALL, "aws_lakeformation_permissions", FILTER];

/**
 * Whether personal data, of which contracts tell, is tagged where tables are made, and whether grants and filters that reach
 * it say so: by an expression with that sensitivity, or by the name of the column.
 */
export function judgePersonalData(resource: Resource, graph: Graph): Verdict[] {
  switch (resource.type) {
    case CALL:
      return judgeTags(resource, graph);
    case FILTER:
      return judgeFilter(resource, graph);
    default:
      return judgeGrant(resource, graph);
  }
}

/** A column as it is told apart in texts. */
function columnName(table: Table, column: string): string {
  return `${nameOf(table)}.${column}`;
}

function sensitivityOf(table: Table, column: string, graph: Graph): readonly string[] {
  return tagsOfColumn(table, column, graph).get(SENSITIVITY) ?? [];
}

function isTagged(table: Table, column: string, graph: Graph): boolean {
  return sensitivityOf(table, column, graph).every((value) => value === PII || isOpen(value));
}

function judgeTags({ values }: Resource, graph: Graph): Verdict[] {
  const personal = tablesIn(values.input, graph).flatMap(({ database, table: name }) => {
    const table = tableNamed({ database: database.toLowerCase(), name: name.toLowerCase() }, graph);
    return table === undefined ? [] : personalColumns(table, graph).map((column) => ({ table, column }));
  });
  const open = personal.filter(({ table, column }) => sensitivityOf(table, column, graph).some(isOpen));
  const wrong = personal.filter(({ table, column }) => {
    const sensitivity = sensitivityOf(table, column, graph);
    return sensitivity.length === 0 || !isTagged(table, column, graph);
  });
  const text = ({ table, column }: (typeof personal)[number]) =>
    `${columnName(table, column)} (${["no tag", ...sensitivityOf(table, column, graph)].slice(-1).join()})`;
  return wrong.length === 0 && open.length > 0
    ? unknown(`whether ${open.map(text).join(", ")} is tagged as personal data is not known before an apply`)
    : failedIf(wrong.length > 0, `personal data is not tagged as ${SENSITIVITY}=${PII}: ${wrong.map(text).join(", ")}`);
}

/** Roles of the platform work on whole tables; everybody else needs a grant that speaks of personal data. */
function judgeGrant(resource: Resource, graph: Graph): Verdict[] {
  const grant = grantsOf(graph).find((one) => one.resource === resource);
  const isOurs = grant === undefined || roleOf(grant.principal, graph) !== undefined;
  // filters that are made here are judged themselves
  if (isOurs || grant.principal === IAM_ALLOWED_PRINCIPALS || isOfFilter(grant, graph)) {
    return [];
  }
  const reached = tablesOf(graph).flatMap((table) => reachedIn(table, grant, graph));
  const text = `${grant.principal} is granted personal data without a word on it: ${reached.join(", ")}`;
  return isUncertain(grant) && reached.length > 0
    ? unknown(`${text}, as far as is known before an apply`)
    : failedIf(reached.length > 0, text);
}

function isOfFilter({ target, applier }: Grant, graph: Graph): boolean {
  return target.kind === "filter" && filterNamed(target, applier.account, graph) !== undefined;
}

/** Columns with personal data that a grant reaches, and does not speak of. What is tagged wrongly is found elsewhere. */
function reachedIn(table: Table, grant: Grant, graph: Graph): string[] {
  const columns = personalColumns(table, graph).filter((column) => isTagged(table, column, graph));
  const holding = columns.length === 0 ? undefined : holdingOf(grant, table, graph);
  return holding?.permissions.includes("SELECT") === true
    ? columns
        .filter((column) => holding.cells.has(column) && !speaksOf(grant, column))
        .map((column) => columnName(table, column))
    : [];
}

function speaksOf({ target }: Grant, column: string): boolean {
  switch (target.kind) {
    case "matching":
      return target.expression.some(({ key, values }) => key === SENSITIVITY && values.includes(PII));
    case "tables":
      return target.columns?.included !== undefined && selects(target.columns, column);
    default:
      return false;
  }
}

/** Whether a grant may speak of it: a filter is made elsewhere, or an apply decides on an expression. */
function isUncertain({ target }: Grant): boolean {
  return (
    target.kind === "filter" ||
    (target.kind === "matching" && target.expression.some(({ key, values }) => [key, ...values].some(isOpen)))
  );
}

function judgeFilter({ values }: Resource, graph: Graph): Verdict[] {
  return blocks(values.table_data).flatMap((block) => {
    const names = { database: catalogName(block.database_name, graph), name: catalogName(block.table_name, graph) };
    const table = tableNamed(names, graph);
    const selection = selectionOf(block, graph);
    const shown =
      table === undefined || selection.included !== undefined
        ? []
        : personalColumns(table, graph).filter((column) => selects(selection, column));
    return failedIf(
      shown.length > 0,
      `it shows every column, those with personal data among them: ${shown.join(", ")}`,
    );
  });
}
