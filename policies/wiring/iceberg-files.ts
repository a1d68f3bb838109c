import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, blocks, failedIf, type RuleContext, unknown, type Verdict } from "../rule";

/** Storage classes from which nothing is read before it is restored. */
const ARCHIVES: readonly unknown[] = ["GLACIER", "DEEP_ARCHIVE"];

/** What a lifecycle or a tiering does to files of Iceberg tables by their age. */
export function agingProblems(setting: Resource, context: RuleContext): Verdict[] {
  const folders = icebergFolders(setting.values.bucket, context);
  return folders.length === 0 ? [] : agingsOf(setting, context.graph).flatMap((aging) => problemsOf(aging, folders));
}

/** Folders of a bucket with tables, each with a slash at its end; an empty one is all of it. */
function icebergFolders(value: unknown, { graph, platform, environment }: RuleContext): string[] {
  const bucket = textOf(value, graph) ?? "";
  const zones = `${platform.name}-${environment.name}-lake-`;
  // files arrive in the landing zone; tables of the others are made by engines, and Terraform may not know them
  if (bucket.startsWith(zones) && !bucket.startsWith(`${zones}landing-`)) {
    return [""];
  }
  return graph.ofType("aws_glue_catalog_table").flatMap(({ values }) => {
    const location = textOf(at(values.storage_descriptor, "location"), graph) ?? "";
    const [, name, folder = ""] = /^s3[an]?:\/\/([^/]+)\/?(.*?)\/*$/.exec(location) ?? [];
    return name === bucket && isIceberg(values) ? [folder === "" ? "" : `${folder}/`] : [];
  });
}

/** Whether a table of the catalog is declared as one of Iceberg. */
export function isIceberg({ open_table_format_input: format, parameters }: Resource["values"]): boolean {
  const type = at(parameters, "table_type");
  return format !== undefined || (typeof type === "string" && type.toUpperCase() === "ICEBERG");
}

interface Aging {
  readonly attribute: string;
  readonly prefix: string;
  /** Whether it is not known before an apply if it is in force, or where. */
  readonly isOpen: boolean;
  /** Only objects that somebody has tagged, as Iceberg does with files that have left a table. */
  readonly isTagged: boolean;
  readonly deletes: boolean;
  readonly archives: boolean;
}

function agingsOf({ type, values }: Resource, graph: Graph): Aging[] {
  const isLifecycle = type === "aws_s3_bucket_lifecycle_configuration";
  return (isLifecycle ? blocks(values.rule) : [values]).flatMap((rule, index) => {
    // the provider's default for tierings; lifecycle rules have none
    const { filter, expiration, transition, status = "Enabled" } = rule;
    const prefix = textOf(at(filter, "and", "prefix") ?? at(filter, "prefix") ?? rule.prefix, graph) ?? "";
    if (status !== "Enabled" && !isOpen(status)) {
      return [];
    }
    return {
      attribute: isLifecycle ? `rule[${index}]` : "tiering",
      prefix: isOpen(prefix) ? "" : prefix,
      isOpen: isOpen(status) || isOpen(prefix),
      isTagged: [at(filter, "tag"), at(filter, "tags"), at(filter, "and", "tags")].some(hasEntries),
      deletes: at(expiration, "days") !== undefined || at(expiration, "date") !== undefined,
      // archives are the only tiers of Intelligent-Tiering that one chooses
      archives: !isLifecycle || blocks(transition).some((one) => ARCHIVES.includes(one.storage_class)),
    };
  });
}

function hasEntries(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function problemsOf(aging: Aging, folders: readonly string[]): Verdict[] {
  const { attribute, prefix, isTagged, deletes, archives } = aging;
  const reached = folders.find((folder) => folder.startsWith(prefix) || prefix.startsWith(folder));
  if (reached === undefined || isTagged) {
    return [];
  }
  const files = `files of tables in ${reached === "" ? "the whole bucket" : reached} by their age`;
  if (aging.isOpen && (deletes || archives)) {
    return unknown(`it may delete or archive ${files}, which is not known before an apply`, attribute);
  }
  return [
    ...failedIf(deletes, `it deletes ${files}`, attribute),
    ...failedIf(archives, `it archives ${files}`, attribute),
  ];
}
