import type { StackJson } from "../../policies/graph";
import { movedTo } from "./moves";
import type { State } from "./states";
import type { DeployedStack, Read } from "./synthesis";

/** What a plan of a deferred stack may do, told before it can be made. Addresses go without the keys of instances. */
export interface Expected {
  /** In the code, and not in the state. */
  readonly creates: readonly string[];
  /** In the state, and not in the code. */
  readonly deletes: readonly string[];
  /** What refers to the outputs that are waited for, and what refers to that. */
  readonly updates: readonly string[];
}

/** What is known of a plan without making it. */
export function expectedOf({ json }: DeployedStack, state: State | undefined, waitsFor: readonly Read[]): Expected {
  const declared = texts(json);
  const deployed = new Set(
    (state?.resources ?? [])
      .filter(({ mode }) => mode === "managed")
      .map(({ type, name }) => `${type}.${name}`)
      .map((address) => movedTo(json, address)),
  );
  const affected = new Set<string>();
  let names = waitsFor.map(({ stack, output }) => `cross-stack-reference-input-${stack}.outputs.${output}`);
  while (names.length > 0) {
    const found = [...declared].filter(
      ([address, text]) => !affected.has(address) && names.some((name) => mentions(text, name)),
    );
    names = found.map(([address]) => address);
    names.forEach((address) => affected.add(address));
  }
  return {
    creates: [...declared.keys()].filter((address) => !deployed.has(address)),
    deletes: [...deployed].filter((address) => !declared.has(address)),
    // what is moved may get tags of another name
    updates: [...new Set([...affected, ...(json.moved ?? []).map(({ to }) => to)])].filter((address) =>
      deployed.has(address),
    ),
  };
}

function texts({ resource = {} }: StackJson): Map<string, string> {
  return new Map(
    Object.entries(resource).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, values]): [string, string] => [`${type}.${id}`, JSON.stringify(values)]),
    ),
  );
}

/** Whether a text holds a name that does not go on. */
function mentions(text: string, name: string): boolean {
  const after = text.indexOf(name);
  return after !== -1 && (!/[\w-]/.test(text[after + name.length] ?? "") || mentions(text.slice(after + 1), name));
}
