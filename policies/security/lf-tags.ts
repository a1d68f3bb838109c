import { isOpen, textOf, textsOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { selects } from "../lake-formation/columns";
import { ALL, type Assignment, assignmentsOf } from "../lake-formation/tags";
import { ASSIGNING_TYPES, tagNamed, TAG_USING_TYPES, type TagUse, tagUsesOf } from "../lake-formation/tag-uses";
import { failedIf, type Rule, unknown, type Verdict } from "../rule";
import { judgeFilterGrant } from "./filter-grants";
import { judgePersonalData, PERSONAL_DATA_TYPES } from "./personal-data";

const GUIDE = "https://docs.aws.amazon.com/lake-formation/latest/dg";
const TAG = "aws_lakeformation_lf_tag";

/** Whether what LF-Tags and data filters separate stays apart. */
export const LF_TAG_RULES: readonly Rule[] = [
  {
    id: "LAKE-LF-06",
    title: "Every value of a tag is declared before it is used, and nothing has two of one key",
    severity: "high",
    level: "error",
    types: [TAG, ...TAG_USING_TYPES],
    sources: [`${GUIDE}/lf-tag-considerations.html`, `${GUIDE}/TBAC-assigning-tags.html`],
    remedy: "declare the value in lower case with its LF-Tag, and assign one value of it to each resource",
    judge: (resource, { graph }) =>
      resource.type === TAG
        ? judgeCase(resource, graph)
        : [
            ...tagUsesOf(resource, graph).flatMap((use) => judgeUse(use, graph)),
            ...(ASSIGNING_TYPES.includes(resource.type) ? judgeContradictions(resource, graph) : []),
          ],
  },
  {
    id: "LAKE-LF-07",
    title: "Columns with personal data are tagged so, and granted to nobody without clearance",
    severity: "critical",
    level: "error",
    types: PERSONAL_DATA_TYPES,
    sources: [
      `${GUIDE}/tag-based-access-control.html`,
      `${GUIDE}/data-filtering-notes.html`,
      `${GUIDE}/lf-permissions-reference.html`,
    ],
    remedy: "leave the column the strictest tag of its table, and grant by expressions that name sensitivities",
    judge: (resource, { graph }) => judgePersonalData(resource, graph),
  },
  {
    id: "LAKE-LF-09",
    title: "Who reads a table through a data filter reads it in no other way",
    severity: "critical",
    level: "error",
    types: ["aws_lakeformation_permissions"],
    sources: [`${GUIDE}/data-filtering-notes.html`],
    remedy: "give the table a tag that open grants leave out: permissions are united, and none takes anything away",
    judge: (grant, { graph }) => judgeFilterGrant(grant, graph),
  },
];

/** Keys and values are stored in lower case, and would be changed by every plan. */
function judgeCase({ values }: Resource, graph: Graph): Verdict[] {
  const key = textOf(values.key, graph) ?? "";
  const texts = [key, ...textsOf(values.values, graph)].filter((text) => !isOpen(text));
  const upper = texts.filter((text) => text !== text.toLowerCase());
  return failedIf(upper.length > 0, `Lake Formation keeps ${upper.join(", ")} in lower case`);
}

function judgeUse({ key, values, attribute }: TagUse, graph: Graph): Verdict[] {
  if (isOpen(key)) {
    return unknown("which tag it uses is not known before an apply", attribute);
  }
  const tag = tagNamed(key, graph);
  if (tag === undefined) {
    return failedIf(true, `nothing here declares the tag ${key}`, attribute);
  }
  const declared = textsOf(tag.values.values, graph);
  const missing = values.filter((value) => !declared.includes(value));
  const open = [...declared, ...missing].filter(isOpen);
  return missing.length > 0 && open.length > 0
    ? unknown(`whether ${tag.address} has ${missing.join(", ")} is not known before an apply`, attribute)
    : failedIf(missing.length > 0, `${tag.address} does not have ${missing.join(", ")}`, attribute);
}

/** What an assignment before it has given the same thing, by another value of the key: the last one applied counts. */
function judgeContradictions(resource: Resource, graph: Graph): Verdict[] {
  const all = assignmentsOf(graph);
  return all.flatMap((own, index) => {
    const other = own.resource === resource ? all.slice(0, index).find((one) => contradicts(one, own)) : undefined;
    return other === undefined
      ? []
      : failedIf(true, `${other.resource.address} gives the same another ${own.key}: ${other.value}`, "lf_tag");
  });
}

function contradicts(one: Assignment, other: Assignment): boolean {
  const isSameTable =
    one.table === other.table ||
    (one.table !== undefined && other.table === ALL) ||
    (one.table === ALL && other.table !== undefined);
  return (
    one.key === other.key &&
    one.value !== other.value &&
    one.database === other.database &&
    isSameTable &&
    shareColumns(one, other)
  );
}

function shareColumns({ columns: one }: Assignment, { columns: other }: Assignment): boolean {
  if (one === undefined || other === undefined) {
    return one === other;
  }
  const named = [...(one.included ?? []), ...(other.included ?? [])];
  return (
    (one.included ?? other.included) === undefined || named.some((name) => selects(one, name) && selects(other, name))
  );
}
