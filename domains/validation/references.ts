import { type Finding, findingIf, isValid, problemOf, type Source } from "../../validation/check";
import { valueAt } from "../../validation/paths";
import type { Problem } from "../../validation/problem";
import { icebergType } from "../column-type";
import { type Column, isObjects, type QualityRule, SENSITIVITIES, type TableDataset } from "../schema";
import type { Enrichment } from "../stream-source";
import { typeOf } from "./columns";

export function domainFile(name: string): string {
  return `domains/${name}.ts`;
}

/** What datasets ask of a dataset of any domain: that it exists, with columns that fit. */
export function referenceProblems(source: Source, sources: readonly Source[]): Problem[] {
  return datasetsOf(source).flatMap((dataset, index) => {
    const path = `datasets[${index}]`;
    if (!isValid(source, `${path}.columns[*].name`)) {
      return [];
    }
    const each = (list: string, findings: (item: unknown) => readonly Finding[]) =>
      itemsAt(dataset, list).flatMap((item, position) => {
        const at = `${path}.${list}[${position}]`;
        return isValid(source, at)
          ? findings(item).map((finding) => problemOf(source, { ...finding, path: `${at}.${finding.path}` }))
          : [];
      });
    return [
      ...each("quality", (item) => {
        const rule = item as QualityRule;
        return rule.rule === "references" ? keyFindings(rule, dataset, lookUp(rule.dataset, sources)) : [];
      }),
      ...(valueAt(dataset, ["source", "kind"]) === "stream"
        ? each("source.enrich", (item) => {
            const enrichment = item as Enrichment;
            return enrichmentFindings(enrichment, dataset, lookUp(enrichment.dataset, sources));
          })
        : []),
    ];
  });
}

/** The tables a domain declares, and what it says in their place, which may not have passed the schema. */
function datasetsOf({ raw }: Source): readonly Partial<TableDataset>[] {
  return itemsAt(raw, "datasets").map((dataset: unknown) =>
    typeof dataset === "object" && dataset !== null ? dataset : {},
  );
}

function itemsAt(holder: unknown, list: string): readonly unknown[] {
  const items = valueAt(holder, list.split("."));
  return Array.isArray(items) ? items : [];
}

/** A dataset that is referred to; "unknown" where there is none, "unclear" where what is wrong is reported at its own place. */
type Referred =
  | {
      readonly name: string;
      readonly dataset: Partial<TableDataset>;
      /** Without it, what is wrong with the key is reported at its own place. */
      readonly primaryKey?: readonly string[];
    }
  | "unclear"
  | "unknown";

function lookUp(name: string, sources: readonly Source[]): Referred {
  const [domainName = "", datasetName] = name.split(".");
  const source =
    sources.find(({ raw }) => valueAt(raw, ["name"]) === domainName) ??
    sources.find(({ file }) => file === domainFile(domainName));
  const datasets = source === undefined ? [] : datasetsOf(source);
  const index = datasets.findIndex((dataset) => dataset.name === datasetName);
  const dataset = datasets[index];
  if (dataset === undefined || isObjects(dataset)) {
    const isKnown = source === undefined || (isValid(source, "name") && isValid(source, "datasets[*].name"));
    return isKnown ? "unknown" : "unclear";
  }
  const path = `datasets[${index}]`;
  if (source === undefined || !isValid(source, `${path}.columns[*].name`)) {
    return "unclear";
  }
  const { primaryKey } = dataset;
  return { name, dataset, ...(isValid(source, `${path}.primaryKey`) && primaryKey !== undefined && { primaryKey }) };
}

/** What is wrong with a reference by itself, or what `findings` tell of the dataset it leads to. */
function referredFindings(
  referred: Referred,
  findings: (name: string, dataset: Partial<TableDataset>, primaryKey?: readonly string[]) => Finding[],
): Finding[] {
  if (referred === "unclear") {
    return [];
  }
  return referred === "unknown"
    ? [
        {
          path: "dataset",
          limit: "a dataset with a table that one of the domains declares",
          remedy: "correct the name, or declare the dataset",
        },
      ]
    : findings(referred.name, referred.dataset, referred.primaryKey);
}

function keyFindings(
  { column, key }: { readonly column: string; readonly key: string },
  { columns }: Partial<TableDataset>,
  referred: Referred,
): Finding[] {
  return referredFindings(referred, (name, dataset) =>
    withColumn("key", key, name, dataset, (found) =>
      sameTypeFindings(
        "key",
        columns?.find((one) => one.name === column),
        found,
      ),
    ),
  );
}

function enrichmentFindings(enrichment: Enrichment, own: Partial<TableDataset>, referred: Referred): Finding[] {
  const { key, take } = enrichment;
  return referredFindings(referred, (name, dataset, primaryKey) => {
    if (valueAt(dataset, ["source", "kind"]) === "stream") {
      const limit = "a dataset that comes in batches: what is held in memory of a stream would never be all of it";
      return [{ path: "dataset", limit, remedy: "look up in a dataset of files, of a database or of an API" }];
    }
    const isColumn = dataset.columns?.some((column) => column.name === key);
    const isKey = primaryKey === undefined || (primaryKey.length === 1 && primaryKey[0] === key);
    return [
      ...keyFindings(enrichment, own, referred),
      ...findingIf(isColumn === true && !isKey, {
        path: "key",
        limit: `the one column of the primaryKey of ${name}: by another one, several rows may be found`,
        remedy: "look up in a dataset whose key is a single column",
      }),
      ...take.flatMap(({ column, from }, index) =>
        withColumn(`take[${index}].from`, from, name, dataset, (found) => {
          const filled = own.columns?.find((one) => one.name === column);
          return [
            ...sameTypeFindings(`take[${index}].from`, filled, found),
            ...findingIf(filled !== undefined && isLess(filled, found), {
              path: `take[${index}].column`,
              limit: `a column at least as sensitive as what it is filled with, ${found.sensitivity}`,
              remedy: `make "${column}" as sensitive as ${name}.${from}`,
            }),
          ];
        }),
      ),
    ];
  });
}

/** Whether both levels are known, and the first is lower. */
function isLess({ sensitivity: one }: Column, { sensitivity: other }: Column): boolean {
  return SENSITIVITIES.includes(one) && SENSITIVITIES.indexOf(one) < SENSITIVITIES.indexOf(other);
}

function withColumn(
  path: string,
  column: string,
  name: string,
  { columns = [] }: Partial<TableDataset>,
  findings: (found: Column) => Finding[],
): Finding[] {
  const found = columns.find((one) => one.name === column);
  return found === undefined
    ? [
        {
          path,
          limit: `a column of ${name}`,
          remedy: `name one of ${columns.map((one) => one.name).join(", ")}`,
        },
      ]
    : findings(found);
}

function sameTypeFindings(path: string, column: Column | undefined, referred: Column): Finding[] {
  const types = [column, referred].map((one) => (one === undefined ? undefined : typeOf(one)));
  const [type, other] = types.map((one) => (one === undefined ? undefined : icebergType(one)));
  return findingIf(type !== undefined && other !== undefined && type !== other, {
    path,
    limit: `a column of the same type as the one that refers to it, ${column?.type ?? ""}`,
    remedy: `refer to another column: "${referred.name}" is ${referred.type}`,
  });
}
