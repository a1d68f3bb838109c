import { type ColumnType, type PrimitiveName, type StructField } from "../../../domains/column-type";
import { isFields } from "../record/parse";
import { Refusal } from "../refusal";
import { decimal, double, float, int, long } from "./numbers";
import { quote, trim } from "./text";
import { date, time, timestamp } from "./time";
import type { Codec, Reader, Value } from "./value";

const NOT_A_STRING = new Refusal("not-a-string", "is not a string");
const LONE_SURROGATE = new Refusal("lone-surrogate", "has half a surrogate pair, which no encoding can write");
const NOT_A_BOOLEAN = new Refusal("not-a-boolean", 'is neither true nor false, nor "true" or "false"');
const NOT_BINARY = new Refusal("not-binary", "is not Base64 with its padding");
const NOT_A_UUID = new Refusal("not-a-uuid", "is not a UUID");
const NOT_A_LIST = new Refusal("not-a-list", "is not a list");
const NOT_A_MAP = new Refusal("not-a-map", "is not an object, which a map is in JSON");
const NOT_A_STRUCT = new Refusal("not-a-struct", "is not an object, which a struct is in JSON");
const KEY_EMPTY = new Refusal("map-key-empty", "has an empty key");
const KEY_REPEATED = new Refusal("map-key-repeated", "has two keys that are the same value");

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const quoted = quote as (value: Value) => string;

const PRIMITIVES: Readonly<Record<PrimitiveName, Codec>> = {
  binary: { read: readBinary, write: quoted },
  boolean: { read: readBoolean, write: String as (value: Value) => string },
  date,
  double,
  float,
  int,
  long,
  string: { read: readString, write: quoted },
  time,
  timestamp,
  timestamptz: timestamp,
  uuid: { read: readUuid, write: quoted },
};

/** Compiles what reads and writes values of a type. Null is read and written by it as by every other. */
export function codecOf(type: ColumnType): Codec {
  const { read, write } = bareCodec(type);
  return {
    read: (value) => (value === null || value === undefined ? null : read(value)),
    write: (value) => (value === null ? "null" : write(value)),
  };
}

function bareCodec(type: ColumnType): Codec {
  switch (type.kind) {
    case "primitive":
      return PRIMITIVES[type.name];
    case "decimal":
      return decimal(type.precision, type.scale);
    case "fixed":
      return fixed(type.length);
    case "list":
      return list(codecOf(type.element));
    case "map":
      return map(codecOf(type.key), codecOf(type.value));
    case "struct":
      return struct(type.fields);
  }
}

function readString(value: unknown): Value | Refusal {
  if (typeof value !== "string") {
    return NOT_A_STRING;
  }
  const text = trim(value);
  if (!text.isWellFormed()) {
    return LONE_SURROGATE;
  }
  return text === "" ? null : text;
}

function readBoolean(value: unknown): Value | Refusal {
  if (typeof value === "boolean") {
    return value;
  }
  const text = typeof value === "string" ? trim(value) : undefined;
  switch (text) {
    case "":
      return null;
    case "true":
      return true;
    case "false":
      return false;
    default:
      return NOT_A_BOOLEAN;
  }
}

function readBinary(value: unknown): Value | Refusal {
  const text = typeof value === "string" ? trim(value) : undefined;
  if (text === undefined || Buffer.from(text, "base64").toString("base64") !== text) {
    return NOT_BINARY;
  }
  return text === "" ? null : text;
}

function fixed(length: number): Codec {
  const wrongLength = new Refusal("wrong-length", `is not ${length} bytes long`);
  const read: Reader = (value) => {
    const text = readBinary(value);
    const isRight = typeof text !== "string" || Buffer.byteLength(text, "base64") === length;
    return isRight ? text : wrongLength;
  };
  return { read, write: quoted };
}

function readUuid(value: unknown): Value | Refusal {
  const text = typeof value === "string" ? trim(value).toLowerCase() : undefined;
  if (text === "") {
    return null;
  }
  return text !== undefined && UUID.test(text) ? text : NOT_A_UUID;
}

function list(element: Codec): Codec {
  const read: Reader = (value) => {
    if (!Array.isArray(value)) {
      return NOT_A_LIST;
    }
    const items: Value[] = [];
    for (const [index, item] of (value as unknown[]).entries()) {
      const found = element.read(item);
      if (found instanceof Refusal) {
        return found.within(`[${index}]`);
      }
      items.push(found);
    }
    return items;
  };
  return { read, write: (value) => `[${(value as readonly Value[]).map(element.write).join(",")}]` };
}

/** Keys are read as values of their type are, so " a" and "a" are one key. */
function map(key: Codec, element: Codec): Codec {
  const read: Reader = (value) => {
    if (!isFields(value)) {
      return NOT_A_MAP;
    }
    const entries = new Map<string, Value>();
    for (const name of Object.keys(value)) {
      const foundKey = key.read(name);
      const found = element.read(value[name]);
      if (foundKey instanceof Refusal || found instanceof Refusal) {
        return foundKey instanceof Refusal ? foundKey.within("{key}") : (found as Refusal).within("{value}");
      }
      if (foundKey === null) {
        return KEY_EMPTY;
      }
      const keyText = foundKey as string;
      if (entries.has(keyText)) {
        return KEY_REPEATED;
      }
      entries.set(keyText, found);
    }
    return entries;
  };
  const write = (value: Value) => {
    let text = "";
    for (const [name, item] of value as ReadonlyMap<string, Value>) {
      text += `${text === "" ? "{" : ","}${quote(name)}:${element.write(item)}`;
    }
    return text === "" ? "{}" : `${text}}`;
  };
  return { read, write };
}

function struct(fields: readonly StructField[]): Codec {
  const compiled = fields.map(({ name, type }) => ({ name, take: fieldOf(name), ...codecOf(type) }));
  const read: Reader = (value) => {
    if (!isFields(value)) {
      return NOT_A_STRUCT;
    }
    const members: Record<string, Value> = {};
    for (const { name, take, read } of compiled) {
      const found = read(take(value));
      if (found instanceof Refusal) {
        return found.within(`.${name}`);
      }
      members[name] = found;
    }
    return members;
  };
  const write = (value: Value) => {
    const members = value as Readonly<Record<string, Value>>;
    return `{${compiled.map(({ name, write }) => `"${name}":${write(members[name] ?? null)}`).join(",")}}`;
  };
  return { read, write };
}

/** Takes a field by its name, and not what every object inherits under that name. */
export function fieldOf(name: string): (fields: Readonly<Record<string, unknown>>) => unknown {
  return name in Object.prototype
    ? (fields) => (Object.hasOwn(fields, name) ? fields[name] : undefined)
    : (fields) => fields[name];
}
