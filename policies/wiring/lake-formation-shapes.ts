import type { Graph, Resource } from "../graph";
import { type Grant, grantsOf } from "../lake-formation/grants";
import { IAM_ALLOWED_PRINCIPALS } from "../lake-formation/principals";
import { failedIf, type Verdict, warnIf } from "../rule";

/** Whether a grant is one that every plan of Terraform changes, because AWS tells it otherwise than it was made. */
export function judgeShape(resource: Resource, graph: Graph): Verdict[] {
  const grant = grantsOf(graph).find((one) => one.resource === resource);
  if (grant === undefined) {
    return [];
  }
  const { permissions, principal, target } = grant;
  const isEverything = permissions.some((permission) => ["ALL", "SUPER"].includes(permission));
  const twin = grantsOf(graph).find((other) => isOnTheTableItself(other, grant));
  return [
    ...failedIf(
      // of the group of all whom IAM lets in AWS gives ALL back as it was granted
      isEverything && target.kind === "tables" && principal !== IAM_ALLOWED_PRINCIPALS,
      "AWS gives ALL on tables back as a list, and every plan makes the grant anew",
      "permissions",
    ),
    ...warnIf(
      isEverything && target.kind === "matching" && target.resources === "TABLE",
      "AWS may give ALL on tables back as a list, and every plan make the grant anew",
      "permissions",
    ),
    ...failedIf(
      twin !== undefined,
      `${twin?.resource.address ?? ""} grants the same table as a whole, and each shows what the other one has granted`,
      "table_with_columns",
    ),
  ];
}

/** Whether a grant is on a table of which another one is on columns, for the same principal. */
function isOnTheTableItself({ principal, target: whole }: Grant, { principal: other, target }: Grant): boolean {
  return (
    principal === other &&
    target.kind === "tables" &&
    whole.kind === "tables" &&
    target.columns !== undefined &&
    whole.columns === undefined &&
    whole.database === target.database &&
    whole.table === target.table
  );
}
