import type { SynthesizedStack } from "../graph";
import { at } from "../rule";

/** A resource of some stacks, as it can be changed. */
export interface Mutable {
  values: Record<string, unknown>;
  readonly json: Record<string, unknown> & { resource: Record<string, Record<string, Record<string, unknown>>> };
}

/** The only resource of a type whose address contains a text, for example the construct's path. */
export function find(stacks: readonly SynthesizedStack[], type: string, part: string): { address: string } & Mutable {
  const found = stacks.flatMap(({ json }) =>
    Object.entries(json.resource?.[type] ?? {})
      .filter(([id]) => id.includes(part))
      .map(([id, values]) => ({ address: `${type}.${id}`, values, json: json as unknown as Mutable["json"] })),
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw new Error(`${type} "${part}": expected one, found ${found.map(({ address }) => address).join(", ")}`);
  }
  return only;
}

export type Edit = (stacks: SynthesizedStack[]) => void;

/** A change that weakens production, and the one finding that has to come of it. */
export interface Mutation {
  readonly rule: string;
  readonly what: string;
  readonly edit: Edit;
  /**
   * Type and part of the address of what is found; the name of a stack, or the address of what is added.
   *
   * @default - the bucket of the raw zone
   */
  readonly found?: readonly [type: string, part: string] | string;
  /**
   * Where else the same is found: of what several resources share.
   *
   * @default - nowhere
   */
  readonly also?: readonly (readonly [type: string, part: string])[];
}

/** The functions that work on records of a stream, in production. */
export const STREAM_FUNCTIONS = [
  ["aws_lambda_function", "clickstream_transform_"],
  ["aws_lambda_function", "clickstream_consumer-purchases_"],
] as const;

/** Sets an attribute of the only resource of a type whose address contains a text. */
export function set(type: string, part: string, attribute: string, value: unknown): Edit {
  return (stacks) => {
    find(stacks, type, part).values[attribute] = value;
  };
}

/** Sets what is within an attribute of it, in the first of a list of blocks: setIn(type, part, ["iceberg_configuration", "catalog_arn"], "x"). */
export function setIn(type: string, part: string, path: readonly [string, ...string[]], value: unknown): Edit {
  return (stacks) => {
    const last = path.at(-1) ?? "";
    const holder = path
      .slice(0, -1)
      .reduce<unknown>((found, key) => [at(found, key)].flat()[0], find(stacks, type, part).values);
    (holder as Record<string, unknown>)[last] = value;
  };
}

/** Takes what a part of an address names out of what it waits for. */
export function hastily(type: string, part: string, earlier: string): Edit {
  return (stacks) => {
    const { values } = find(stacks, type, part);
    values.depends_on = (values.depends_on as string[]).filter((address) => !address.includes(earlier));
  };
}

/** Removes that resource. */
export function removed(type: string, part: string): Edit {
  return (stacks) => {
    const { address, json } = find(stacks, type, part);
    Reflect.deleteProperty(json.resource[type] ?? {}, address.slice(type.length + 1));
  };
}

/** Adds a resource to a stack. */
export function added(name: string, type: string, id: string, values: Readonly<Record<string, unknown>>): Edit {
  return stack(name, ({ resource }) => {
    resource[type] = { ...resource[type], [id]: { ...values } };
  });
}

/** Adds a statement to its policy. */
export function addedStatement(type: string, part: string, added: object, attribute = "policy"): Edit {
  return (stacks) => {
    const { values } = find(stacks, type, part);
    const policy = JSON.parse(values[attribute] as string) as { Statement: object[] };
    policy.Statement.push(added);
    values[attribute] = JSON.stringify(policy);
  };
}

/** Changes the statement of its policy that has a Sid, or removes it. */
export function statement(
  type: string,
  part: string,
  sid: string,
  change?: (statement: Record<string, unknown>) => void,
  attribute = "policy",
): Edit {
  return (stacks) => {
    const { values } = find(stacks, type, part);
    const policy = JSON.parse(values[attribute] as string) as { Statement: Record<string, unknown>[] };
    const found = policy.Statement.find(({ Sid }) => Sid === sid);
    if (found === undefined) {
      throw new Error(`${type} "${part}" has no statement ${sid}`);
    }
    if (change === undefined) {
      policy.Statement = policy.Statement.filter((other) => other !== found);
    } else {
      change(found);
    }
    values[attribute] = JSON.stringify(policy);
  };
}

/** Changes the backend or the provider of a stack. */
export function stack(name: string, change: (json: Mutable["json"]) => void): Edit {
  return (stacks) => {
    const found = stacks.find((one) => one.name === name);
    if (found === undefined) {
      throw new Error(`there is no stack ${name}`);
    }
    change(found.json as unknown as Mutable["json"]);
  };
}

/** Takes actions out of what its policy allows, and statements that then allow nothing. */
export function withoutActions([type, part]: readonly [type: string, part: string], actions: RegExp): Edit {
  return (stacks) => {
    const { values } = find(stacks, type, part);
    const policy = JSON.parse(values.policy as string) as {
      Statement: { Effect: string; Action: string | string[] }[];
    };
    const others = policy.Statement.map((one) =>
      one.Effect === "Allow" ? { ...one, Action: [one.Action].flat().filter((action) => !actions.test(action)) } : one,
    );
    values.policy = JSON.stringify({ ...policy, Statement: others.filter(({ Action }) => Action.length > 0) });
  };
}

/** Several changes, one after the other. */
export function inOrder(...edits: readonly Edit[]): Edit {
  return (stacks) => {
    edits.forEach((edit) => {
      edit(stacks);
    });
  };
}
