/** A column's type, in the words of Iceberg. */
export type ColumnType =
  | { readonly kind: "primitive"; readonly name: PrimitiveName }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "fixed"; readonly length: number }
  | { readonly kind: "list"; readonly element: ColumnType }
  | { readonly kind: "map"; readonly key: ColumnType; readonly value: ColumnType }
  | { readonly kind: "struct"; readonly fields: readonly StructField[] };

export interface StructField {
  readonly name: string;
  readonly type: ColumnType;
}

const PRIMITIVES = [
  "binary",
  "boolean",
  "date",
  "double",
  "float",
  "int",
  "long",
  "string",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
] as const;

export type PrimitiveName = (typeof PRIMITIVES)[number];

/** Types of the Data Catalog that Iceberg calls otherwise, or keeps in a wider one. */
const HIVE_NAMES: ReadonlyMap<string, PrimitiveName> = new Map([
  ["bigint", "long"],
  ["integer", "int"],
  ["smallint", "int"],
  ["tinyint", "int"],
]);

/** The longest strings of Hive's limited types. Source: Athena User Guide, "Data types in Amazon Athena". */
const MAX_CHARACTERS = { char: 255, varchar: 65_535 } as const;

/** What the Data Catalog calls Iceberg's types. Source: Apache Iceberg, `IcebergToGlueConverter`. */
const GLUE_NAMES: Partial<Record<PrimitiveName, string>> = {
  long: "bigint",
  time: "string",
  timestamptz: "timestamp",
  uuid: "string",
};

// https://iceberg.apache.org/spec/#primitive-types
const MAX_PRECISION = 38;
// the parser is recursive, and nobody queries deeper
const MAX_DEPTH = 15;

export class ColumnTypeError extends Error {
  constructor(
    text: string,
    readonly reason: string,
  ) {
    super(`"${text}" ${reason}`);
  }
}

/** Why a text is no type; undefined where it is one. */
export function columnTypeRefusal(text: string): string | undefined {
  try {
    parseColumnType(text);
    return undefined;
  } catch (error) {
    if (error instanceof ColumnTypeError) {
      return error.reason;
    }
    throw error;
  }
}

/**
 * Reads a type as Iceberg or the Data Catalog write it, for example "decimal(10,2)" or "array<struct<sku:string,n:int>>".
 *
 * @throws ColumnTypeError if it is neither's type
 */
export function parseColumnType(text: string): ColumnType {
  const parser = new Parser(text);
  const type = parser.type(0);
  parser.expectEnd();
  return type;
}

/** The type as Iceberg's own metadata writes it, nested ones as its specification does, for example "list<long>". */
export function icebergType(type: ColumnType): string {
  switch (type.kind) {
    case "primitive":
      return type.name;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "fixed":
      // what metadata files hold; the text of the specification has parentheses
      return `fixed[${type.length}]`;
    case "list":
      return `list<${icebergType(type.element)}>`;
    case "map":
      return `map<${icebergType(type.key)},${icebergType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${icebergType(field.type)}`).join(",")}>`;
  }
}

/** The type as the Data Catalog, Athena and Hive write it, for example "array<bigint>". */
export function glueType(type: ColumnType): string {
  switch (type.kind) {
    case "primitive":
      return GLUE_NAMES[type.name] ?? type.name;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "fixed":
      return "binary";
    case "list":
      return `array<${glueType(type.element)}>`;
    case "map":
      return `map<${glueType(type.key)},${glueType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${glueType(field.type)}`).join(",")}>`;
  }
}

/** Whether a type is one of some primitive types. */
export function isPrimitive(type: ColumnType, ...names: readonly PrimitiveName[]): boolean {
  return type.kind === "primitive" && names.includes(type.name);
}

/** The type itself and all that are nested in it. */
export function nestedTypes(type: ColumnType): ColumnType[] {
  switch (type.kind) {
    case "list":
      return [type, ...nestedTypes(type.element)];
    case "map":
      return [type, ...nestedTypes(type.key), ...nestedTypes(type.value)];
    case "struct":
      return [type, ...type.fields.flatMap((field) => nestedTypes(field.type))];
    default:
      return [type];
  }
}

class Parser {
  private rest: string;

  constructor(private readonly text: string) {
    this.rest = text;
  }

  type(depth: number): ColumnType {
    if (depth > MAX_DEPTH) {
      throw this.refuse(`nests deeper than ${MAX_DEPTH} types`);
    }
    const name = this.word().toLowerCase();
    switch (name) {
      case "decimal":
        return this.decimal();
      case "fixed":
        return this.fixed();
      case "varchar":
      case "char":
        return this.characters(name);
      case "array":
      case "list":
        return this.within(() => ({ kind: "list", element: this.type(depth + 1) }));
      case "map":
        return this.within(() => ({ kind: "map", key: this.key(depth), value: this.typeAfter(",", depth) }));
      case "struct":
        return this.within(() => this.struct(depth));
      default:
        return this.primitive(name);
    }
  }

  expectEnd(): void {
    if (this.rest.trim() !== "") {
      throw this.refuse(`goes on with "${this.rest.trim()}"`);
    }
  }

  private primitive(name: string): ColumnType {
    const primitive = PRIMITIVES.find((known) => known === name) ?? HIVE_NAMES.get(name);
    if (primitive === undefined) {
      throw this.refuse(name === "" ? "lacks a type" : `has the unknown type "${name}"`);
    }
    return { kind: "primitive", name: primitive };
  }

  private decimal(): ColumnType {
    const precision = this.number("(", ",");
    const scale = this.number("", ")");
    if (precision < 1 || precision > MAX_PRECISION) {
      throw this.refuse(`has a decimal with the precision ${precision}, not 1 to ${MAX_PRECISION}`);
    }
    if (scale > precision) {
      throw this.refuse(`has a decimal with more digits behind the point (${scale}) than in all (${precision})`);
    }
    return { kind: "decimal", precision, scale };
  }

  /** Iceberg's text writes fixed(16), its metadata fixed[16]. */
  private fixed(): ColumnType {
    const [open, close] = this.rest.trimStart().startsWith("[") ? ["[", "]"] : ["(", ")"];
    const length = this.number(open, close);
    if (length < 1) {
      throw this.refuse("has a fixed length of 0");
    }
    return { kind: "fixed", length };
  }

  /** Iceberg has no limited strings; a quality rule can hold the length. */
  private characters(name: keyof typeof MAX_CHARACTERS): ColumnType {
    const length = this.number("(", ")");
    if (length < 1 || length > MAX_CHARACTERS[name]) {
      throw this.refuse(`has a ${name} of ${length} characters, not 1 to ${MAX_CHARACTERS[name]}`);
    }
    return { kind: "primitive", name: "string" };
  }

  /** Source: Athena User Guide, "Data types in Amazon Athena": map<primitive_type,data_type>. */
  private key(depth: number): ColumnType {
    const type = this.type(depth + 1);
    if (type.kind === "list" || type.kind === "map" || type.kind === "struct") {
      throw this.refuse(`has a map with a ${type.kind} as key, which Athena does not read`);
    }
    return type;
  }

  private struct(depth: number): ColumnType {
    const fields: StructField[] = [];
    do {
      const name = this.word();
      if (!COLUMN_NAME.test(name)) {
        throw this.refuse(`has the field name "${name}", which is not made of a-z, 0-9 and _, beginning with a letter`);
      }
      if (fields.some((field) => field.name === name)) {
        throw this.refuse(`has the field "${name}" twice`);
      }
      fields.push({ name, type: this.typeAfter(":", depth) });
    } while (this.take(","));
    return { kind: "struct", fields };
  }

  private within(read: () => ColumnType): ColumnType {
    this.expect("<");
    const type = read();
    this.expect(">");
    return type;
  }

  private typeAfter(sign: string, depth: number): ColumnType {
    this.expect(sign);
    return this.type(depth + 1);
  }

  private number(before: string, behind: string): number {
    this.expect(before);
    const digits = /^\s*(\d{1,9})\s*/.exec(this.rest);
    if (digits?.[1] === undefined) {
      throw this.refuse("lacks a number in parentheses");
    }
    this.rest = this.rest.slice(digits[0].length);
    this.expect(behind);
    return Number(digits[1]);
  }

  private word(): string {
    const [found = ""] = /^\s*\w*/.exec(this.rest) ?? [];
    this.rest = this.rest.slice(found.length);
    return found.trim();
  }

  private take(sign: string): boolean {
    const found = this.rest.trimStart().startsWith(sign);
    if (found) {
      this.rest = this.rest.trimStart().slice(sign.length);
    }
    return found;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) {
      throw this.refuse(`lacks a "${sign}"`);
    }
  }

  private refuse(reason: string): ColumnTypeError {
    return new ColumnTypeError(this.text, reason);
  }
}

/** Names of columns and of their fields: anything else needs quotes in Athena, of two kinds. */
export const COLUMN_NAME = /^[a-z][a-z0-9_]*$/;
