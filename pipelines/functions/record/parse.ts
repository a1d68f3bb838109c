import { Refusal } from "../refusal";
import { ExactNumber, parseExactly } from "./exact-json";
import { scanJson } from "./json-scan";

/** How deep Firehose goes. Source: its "Considerations and limitations" for Apache Iceberg tables. */
const MAX_DEPTH = 16;

const NOT_JSON = new Refusal("not-json", "is not JSON");
const SEVERAL_OBJECTS = new Refusal("several-objects", "holds several JSON objects, and one is one row");
const NOT_AN_OBJECT = new Refusal("not-an-object", "is JSON, but no object");
const TOO_DEEP = new Refusal("nested-too-deep", `nests more than ${MAX_DEPTH} objects or arrays in each other`);
const NAME_TWICE = new Refusal("name-repeated", "has an object with a name that stands there twice");

export type Fields = Readonly<Record<string, unknown>>;

export interface ParsedRecord {
  readonly fields: Fields;
  /** How many fields it has, known and unknown ones. */
  readonly count: number;
}

/** The object that a text in UTF-8 is. */
export function parseRecord(bytes: Buffer): ParsedRecord | Refusal {
  const { depth, names, outerNames, isSeveral, hasLongNumbers } = scanJson(bytes);
  const text = bytes.toString("utf8");
  const parsed = parse(text);
  if (parsed === undefined) {
    return isSeveral ? SEVERAL_OBJECTS : NOT_JSON;
  }
  if (!isFields(parsed)) {
    return NOT_AN_OBJECT;
  }
  if (depth > MAX_DEPTH) {
    return TOO_DEEP;
  }
  // JSON.parse keeps the last of them, in silence
  if (countNames(parsed) !== names) {
    return NAME_TWICE;
  }
  return { fields: hasLongNumbers ? (parseExactly(text) as Fields) : parsed, count: outerNames };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** What a text is as JSON, which is never undefined. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function countNames(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      count += typeof item === "object" && item !== null ? countNames(item) : 0;
    }
    return count;
  }
  const fields = value as Fields;
  // what JSON.parse makes inherits nothing that is listed
  for (const name in fields) {
    const item = fields[name];
    count += typeof item === "object" && item !== null ? 1 + countNames(item) : 1;
  }
  return count;
}
