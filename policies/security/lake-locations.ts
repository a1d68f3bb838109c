import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { tablesOf } from "../lake-formation/catalog";
import { folderArnOf, locationOf } from "../lake-formation/registrations";
import { at, failedIf, judgeKnown, type RuleContext, unknown, type Verdict } from "../rule";
import { isForeign } from "./keys";

/** Whether IAM still decides beside Lake Formation: until the day that the environment has set itself. */
export function isMigrating(context: RuleContext): boolean {
  return at(context.environment, "lake", "hybridAccess", "kind") === "migration" && mayBeHybrid(context);
}

/** Whether locations may heed opt-ins: in a migration, and while one ends. */
function mayBeHybrid({ environment, today }: RuleContext): boolean {
  const until = at(environment, "lake", "hybridAccess", "until");
  return typeof until === "string" && until >= today;
}

/** Whether all folders of a zone in which tables are, or will be, are in registered locations. */
export function judgeZone(bucket: Resource, { graph, platform, environment }: RuleContext): Verdict[] {
  const name = textOf(bucket.values.bucket, graph) ?? "";
  if (!name.startsWith(`${platform.name}-${environment.name}-lake-`)) {
    return [];
  }
  const open = foldersIn(graph.arnOf(bucket), graph).filter(
    (location) => locationOf({ location }, graph) === undefined,
  );
  return failedIf(open.length > 0, `Lake Formation does not know of ${open.join(", ")}, where tables are`);
}

/** Folders of a bucket with tables, those in others left out. */
function foldersIn(bucketArn: string, graph: Graph): string[] {
  const databases = graph
    .ofType("aws_glue_catalog_database")
    .map(({ values }) => textOf(values.location_uri, graph)?.replace(/\/+$/, ""));
  const all = [...databases, ...tablesOf(graph).map(({ location }) => location)].filter((one) => one !== undefined);
  const inBucket = [...new Set(all)].filter((location) => {
    const arn = folderArnOf({ location }, graph);
    return arn === bucketArn || arn?.startsWith(`${bucketArn}/`) === true;
  });
  return inBucket.filter((one) => !inBucket.some((other) => one.startsWith(`${other}/`)));
}

/** Whether a location has a role of its own, and says who decides about it. */
export function judgeLocation(location: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const { role_arn: role, hybrid_access_enabled: hybrid, use_service_linked_role: isLinked } = location.values;
  const twin = graph
    .ofType("aws_lakeformation_resource")
    .find((other) => other.values.role_arn !== undefined && isSameRole(other.values.role_arn, role, graph));
  return [
    ...failedIf(role === undefined || isLinked === true, "it has no role of its own, but that of all locations"),
    ...(isForeign(role, graph)
      ? unknown("whether its role is its own is not known before an apply", "role_arn")
      : failedIf(
          role !== undefined && twin !== location,
          `its role is that of ${twin?.address ?? ""}, too, and opens both`,
          "role_arn",
        )),
    ...judgeKnown(hybrid, "hybrid_access_enabled", (isHybrid) => [
      ...failedIf(isHybrid === undefined, "it does not say whether IAM decides as well", "hybrid_access_enabled"),
      ...failedIf(
        isHybrid === true && context.environment.stage === "production" && !mayBeHybrid(context),
        "IAM decides as well, and no migration asks for that today",
        "hybrid_access_enabled",
      ),
    ]),
  ];
}

function isSameRole(one: unknown, other: unknown, graph: Graph): boolean {
  return typeof one === "string" && typeof other === "string" && graph.text(one) === graph.text(other);
}
