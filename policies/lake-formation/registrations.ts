import { perGraph } from "../aws/remember";
import { textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import type { Table } from "./catalog";

/**
 * Who lends the credentials with which a table's files are read: Lake Formation where its location is registered, in hybrid
 * mode for those only who opted in; else nobody does. Unknown where the location is.
 */
export type Registration = "registered" | "hybrid" | "none" | "unknown";

const locationsOf = perGraph((graph) =>
  graph
    .ofType("aws_lakeformation_resource")
    .map((resource) => ({ resource, arn: (textOf(resource.values.arn, graph) ?? "").replace(/\/+$/, "") }))
    // of two that hold a table, the inner one counts
    .sort((one, other) => other.arn.length - one.arn.length),
);

/** The ARN of the folder in which a table has its files. */
export function folderArnOf({ location }: Pick<Table, "location">, { account }: Graph): string | undefined {
  const path = /^s3[an]?:\/\/(.+?)\/*$/.exec(location ?? "")?.[1];
  return path && `arn:${account.partition}:s3:::${path}`;
}

/** The registered location that files are in, those of a table for one. */
export function locationOf(table: Pick<Table, "location">, graph: Graph): Resource | undefined {
  return locationAt(folderArnOf(table, graph), graph);
}

/** The registered location that has a folder, by the ARN of that. */
export function locationAt(folderArn: string | undefined, graph: Graph): Resource | undefined {
  const folder = folderArn?.replace(/\/+$/, "");
  return locationsOf(graph).find(({ arn }) => folder === arn || folder?.startsWith(`${arn}/`) === true)?.resource;
}

export function registrationOf(table: Pick<Table, "location">, graph: Graph): Registration {
  const location = locationOf(table, graph);
  if (folderArnOf(table, graph) === undefined) {
    return "unknown";
  }
  return location === undefined ? "none" : location.values.hybrid_access_enabled === true ? "hybrid" : "registered";
}
