/** Version of contracts that these functions read; `domains/contract.ts` writes it. */
const CONTRACT_VERSION = 1;

/** Rules over a whole table, which other parts of the platform judge. */
const TABLE_RULES: ReadonlySet<string> = new Set(["unique", "complete", "references"]);

const RECORD_RULES: ReadonlySet<string> = new Set(["notNull", "between", "oneOf", "matches", "recent"]);

export type MaskKind = "remove" | "network" | "last4";

export interface ContractColumn {
  readonly name: string;
  /** As `domains/column-type.ts` reads it. */
  readonly type: string;
  readonly required: boolean;
  readonly mask?: MaskKind;
}

interface OnRecord {
  readonly column: string;
  readonly onFailure: "reject" | "warn" | "drop";
}

export type RecordRule = OnRecord &
  (
    | { readonly rule: "notNull" }
    | { readonly rule: "between"; readonly minimum?: number | string; readonly maximum?: number | string }
    | { readonly rule: "oneOf"; readonly values: readonly (number | string)[] }
    | { readonly rule: "matches"; readonly pattern: string }
    | { readonly rule: "recent"; readonly withinHours: number }
  );

export interface ContractEnrichment {
  /** As "domain.dataset". */
  readonly dataset: string;
  /** Column of the record whose value is looked up. */
  readonly column: string;
  /** Column of the snapshot that it is looked up in. */
  readonly key: string;
  readonly take: readonly { readonly column: string; readonly from: string }[];
  /** Key of the object that holds the rows. */
  readonly snapshot: string;
}

/** What functions read of a dataset's contract. */
export interface StreamContract {
  readonly domain: string;
  readonly name: string;
  readonly columns: readonly ContractColumn[];
  readonly primaryKey: readonly string[];
  /** Rules that each record is judged by. */
  readonly rules: readonly RecordRule[];
  readonly enrich: readonly ContractEnrichment[];
}

/**
 * Reads a contract. It was validated when it was written, so only what would be misread is looked at.
 *
 * @throws Error if it is of another version, or has what these functions do not know
 */
export function readContract(text: string): StreamContract {
  const contract: unknown = JSON.parse(text);
  if (!isRecord(contract) || contract.contractVersion !== CONTRACT_VERSION) {
    const version = isRecord(contract) ? JSON.stringify(contract.contractVersion) : "none";
    throw new Error(`the contract has the version ${version}, and this function reads ${CONTRACT_VERSION}`);
  }
  const { domain, name, columns, primaryKey, quality, source } = contract;
  if (typeof domain !== "string" || typeof name !== "string" || !isRecord(source)) {
    throw new Error("the contract lacks domain, name or source");
  }
  return {
    domain,
    name,
    columns: list(columns, "columns") as ContractColumn[],
    primaryKey: list(primaryKey, "primaryKey") as string[],
    rules: (list(quality, "quality") as RecordRule[]).filter(isOnRecord),
    enrich: source.enrich === undefined ? [] : (list(source.enrich, "source.enrich") as ContractEnrichment[]),
  };
}

/** A rule nobody knows would be a rule nobody holds. */
function isOnRecord({ rule }: { readonly rule: string }): boolean {
  if (!RECORD_RULES.has(rule) && !TABLE_RULES.has(rule)) {
    throw new Error(`the contract has the rule ${JSON.stringify(rule)}, which this function does not know`);
  }
  return RECORD_RULES.has(rule);
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new Error(`the contract has no list ${name}`);
  }
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
