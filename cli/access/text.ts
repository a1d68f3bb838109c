import { TABLE_ZONES } from "../../domains/schema";
import { IAM_ALLOWED_PRINCIPALS } from "../../policies/lake-formation/principals";
import { rowsText } from "../../policies/lake-formation/rows";
import type { Principal, Read, Reason } from "./form";

/** Longer lines are broken. */
const WIDTH = 118;

/** What ids of tables that are not published end in. */
const COPIES = TABLE_ZONES.filter((zone) => zone !== "published").map((zone) => ` (${zone})`);

const LABEL = "because  ".length;

/** A list over as many lines as it takes, behind what stands before it once. */
export function wrapped(before: string, items: readonly string[]): string[] {
  const [first = "", ...others] = items.map((item, index) => (index === items.length - 1 ? item : `${item},`));
  const lines = [before + first];
  others.forEach((text) => {
    const last = lines.at(-1) ?? "";
    if (last.length + text.length < WIDTH) {
      lines[lines.length - 1] = `${last} ${text}`;
    } else {
      lines.push(" ".repeat(before.length) + text);
    }
  });
  return lines;
}

/** The beginning of a line that says something about a table. */
export function label(text: string, indent: string): string {
  return `${indent}${text.padEnd(LABEL)}`;
}

/** Tables by their ids; those of a dataset in every zone stand as one. */
export function tablesText(ids: readonly string[]): string[] {
  const datasets = ids.filter((id) => COPIES.every((zone) => ids.includes(`${id}${zone}`)));
  const copies = new Set(datasets.flatMap((id) => COPIES.map((zone) => `${id}${zone}`)));
  return ids.filter((id) => !copies.has(id)).map((id) => (datasets.includes(id) ? `${id} (every zone)` : id));
}

/** A principal by its name, with its ARN beside. */
export function whoText({ name, arn }: Pick<Principal, "name" | "arn">): string {
  return name === arn ? name : `${name} (${arn})`;
}

/** Rows, and what gives them: each reason with where its grant stands. */
export function whyLines(
  { rows, reasons, declared }: Omit<Read, "columns">,
  holder: Principal,
  indent: string,
): string[] {
  const because = [
    ...reasons.flatMap((reason) => reasonLines(reason, holder)),
    ...(declared === undefined ? [] : [`declared: ${declared}`]),
  ];
  return [
    label("rows", indent) + rowsText(rows),
    ...because.map((line, index) => label(index === 0 ? "because" : "", indent) + line),
  ];
}

/** What gives access, in words. */
export function reasonText({ kind, text }: Reason): string {
  const said = { tags: `LF-Tags ${text}`, iam: `IAM alone, for ${text}`, name: `a grant on ${text}` };
  return kind === "tags" || kind === "iam" || kind === "name" ? said[kind] : text;
}

function reasonLines(reason: Reason, holder: Principal): string[] {
  const { principal, grant, path } = reason;
  const isOwn = principal === holder.arn || principal === IAM_ALLOWED_PRINCIPALS;
  return [
    `${reasonText(reason)}${isOwn ? "" : `, as one of ${principal}`}`,
    ...(grant === undefined ? [] : [`  ${grant}`]),
    ...(path === undefined || path === grant ? [] : [`  ${path}`]),
  ];
}
