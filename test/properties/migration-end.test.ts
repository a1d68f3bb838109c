import { type Declared, grantedCells } from "../../cli/access/agreement";
import { platform } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import type { SynthesizedStack } from "../../policies/graph";
import { domains } from "../fixtures/domains";
import { environments } from "../fixtures/environments";
import { graphOf, stacksOf } from "../support/declared-stacks";

type Kind = Environment["lake"]["hybridAccess"]["kind"];

const ANALYSTS = "arn:aws:iam::333333333333:role/analysts";

function declaredIn(kind: Kind): Declared {
  const hybridAccess = kind === "none" ? { kind } : { kind, until: "2027-12-31", reason: "readers move one by one" };
  const { prod } = environments;
  return { platform, domains: Object.values(domains), environment: { ...prod, lake: { ...prod.lake, hybridAccess } } };
}

/** Who reads what while the lake is deployed already, and the domains are not yet. */
function readBetween(lake: Kind, others: Kind): [cell: string, rows: string][] {
  const isLake = ({ name }: SynthesizedStack) => name.endsWith("-lake");
  const stacks = [
    ...stacksOf(declaredIn(lake), "layered").filter(isLake),
    ...stacksOf(declaredIn(others), "layered").filter((stack) => !isLake(stack)),
  ];
  return [...grantedCells(graphOf(declaredIn(lake), stacks))].sort();
}

test("a migration that ends in two deployments opens nothing between them", () => {
  expect(readBetween("none", "ending")).toEqual(readBetween("none", "none"));
});

test("in one deployment it would open tables that IAM still had to everybody whom Lake Formation lends credentials", () => {
  const cells = readBetween("none", "migration").map(([cell]) => cell);

  expect(cells).toContain(`${ANALYSTS} basin_prod_sales_raw.customers.email`);
});
