import type { Suppression } from "./suppress";

/** A stack as cdktf writes it: what the rules read of `cdk.tf.json`. */
export interface StackJson {
  readonly terraform?: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
  /** Resources whose addresses have changed. */
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** What the code says of a resource; undefined where it has none at the address. */
export function valuesAt({ resource }: StackJson, address: string): Readonly<Record<string, unknown>> | undefined {
  const [type = "", id = ""] = address.split(".");
  return resource?.[type]?.[id];
}

/** A stack with the names of the stacks that are deployed before it. */
export interface SynthesizedStack {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly json: StackJson;
}

/** Where the stacks are deployed. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
}

/** One resource of an environment. */
export interface Resource {
  readonly stack: string;
  readonly type: string;
  readonly id: string;
  /** Unique in the environment, for example "aws_s3_bucket.lake_raw_bucket_46680E45". */
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Path of its construct, as code knows it. */
  readonly path: string;
  readonly suppressions: readonly NotedSuppression[];
}

/** A suppression as it stands in the synthesized JSON, with the path of the construct it was given to. */
export type NotedSuppression = Suppression & { readonly scope: string };

/** What cdktf and we note of a resource, without consequence for Terraform. */
interface Notes {
  readonly metadata?: { readonly path?: string };
  readonly suppressions?: readonly NotedSuppression[];
}

/** An attribute of a resource that another one refers to. */
export interface Reference {
  readonly resource: Resource;
  /** For example "arn", or "route_table_ids[0]". */
  readonly attribute: string;
}

// $${ is an escape, and no reference
const REFERENCE = /(?<!\$)\$\{([^{}]+)\}/g;
const REMOTE_OUTPUT = /^data\.terraform_remote_state\.cross-stack-reference-input-(.+?)\.outputs\.(.+)$/;
const RESOURCE_ATTRIBUTE = /^([a-z0-9]+_[a-z0-9_]+)\.([A-Za-z0-9_-]+)(?:\.([\w.*-]+(?:\[[^\]]*\][\w.*-]*)*))?$/;
// data sources aside: what they stand for is none of ours
const NAME =
  /(?<![\w.-])(?:data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+|[a-z0-9]+_[a-z0-9_]+(?:\.[\w-]+(?:\[[^\]]*\])*)+)/g;

/** All resources of an environment, over all of its stacks, with what they refer to and in which order they are made. */
export class Graph {
  readonly resources: readonly Resource[];
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byType = new Map<string, Resource[]>();
  private readonly byStack: ReadonlyMap<string, SynthesizedStack>;
  private readonly upstream = new Map<string, ReadonlySet<string>>();
  private readonly earlier = new Map<string, ReadonlySet<string>>();
  private readonly referrers = new Map<string, ReadonlyMap<string, readonly Resource[]>>();
  private readonly identities = new Map<string, readonly string[]>();
  private readonly followed = new Map<string, Reference | undefined>();

  constructor(
    readonly stacks: readonly SynthesizedStack[],
    readonly account: Account,
  ) {
    this.byStack = new Map(stacks.map((stack) => [stack.name, stack]));
    this.resources = stacks.flatMap(({ name, json }) =>
      Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
        Object.entries(byId).map(([id, written]): Resource => {
          const values = Object.fromEntries(Object.entries(written).filter(([key]) => key !== "//"));
          const { metadata, suppressions = [] } = (written["//"] ?? {}) as Notes;
          const address = `${type}.${id}`;
          return { stack: name, type, id, address, values, path: metadata?.path ?? address, suppressions };
        }),
      ),
    );
    this.byAddress = new Map(this.resources.map((resource) => [resource.address, resource]));
    for (const resource of this.resources) {
      const others = this.byType.get(resource.type);
      if (others === undefined) {
        this.byType.set(resource.type, [resource]);
      } else {
        others.push(resource);
      }
    }
  }

  ofType(...types: readonly string[]): Resource[] {
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /** The resources of a type whose attribute refers to `target`. */
  referring(type: string, attribute: string, target: Resource): Resource[] {
    const key = `${type}.${attribute}`;
    const index = this.referrers.get(key) ?? this.indexOf(type, attribute);
    this.referrers.set(key, index);
    // one reference is found by its address and by its text
    return [...new Set([target.address, ...this.identitiesOf(target)].flatMap((key) => index.get(key) ?? []))];
  }

  /** The resources of a type by what an attribute refers to: the address of that, and its text. */
  private indexOf(type: string, attribute: string): ReadonlyMap<string, readonly Resource[]> {
    const index = new Map<string, Resource[]>();
    for (const resource of this.ofType(type)) {
      const value = resource.values[attribute];
      if (typeof value === "string") {
        const address = this.reference(value)?.resource.address;
        for (const key of [...(address === undefined ? [] : [address]), this.text(value)]) {
          index.set(key, [...(index.get(key) ?? []), resource]);
        }
      }
    }
    return index;
  }

  /** Whether a value stands for `target`: a reference to it, or its name or ARN written out. */
  refersTo(value: unknown, target: Resource): boolean {
    return (
      typeof value === "string" &&
      (this.reference(value)?.resource === target || this.identitiesOf(target).includes(this.text(value)))
    );
  }

  /** The ARN of a resource: a reference to it where AWS makes it up. */
  arnOf(resource: Resource): string {
    return this.textOf({ resource, attribute: "arn" });
  }

  /** An ARN in the account of the environment, and in its region where no other is given. */
  arnIn(service: string, name: string, region = this.account.region): string {
    return `arn:${this.account.partition}:${service}:${region}:${this.account.accountId}:${name}`;
  }

  private identitiesOf(resource: Resource): readonly string[] {
    const known =
      this.identities.get(resource.address) ?? ["arn", "id"].map((attribute) => this.textOf({ resource, attribute }));
    this.identities.set(resource.address, known);
    return known;
  }

  /** What a value refers to, where it is one reference and nothing else; outputs of other stacks are followed. */
  reference(value: unknown): Reference | undefined {
    const expression = typeof value === "string" ? /^\$\{([^{}]+)\}$/.exec(value)?.[1] : undefined;
    return expression === undefined ? undefined : this.follow(expression);
  }

  /** Everything that some value refers to, wherever in it: within functions as well, and in outputs that have them. */
  references(value: unknown): Reference[] {
    return strings(value).flatMap((text) => namesIn(text).flatMap((name) => this.follow(name) ?? this.within(name)));
  }

  /** What the output of another stack refers to, where that is more than one reference. */
  private within(name: string): Reference[] {
    return this.references(this.outputOf(name));
  }

  /**
   * A text with its references replaced by what is known of them at synth: names, and ARNs made of names. What AWS makes up,
   * such as the id of a key, stays a reference to the resource, in the same words in every stack.
   */
  text(text: string): string {
    if (!text.includes("${")) {
      return text;
    }
    return text.replaceAll(REFERENCE, (whole, expression: string) => {
      const reference = this.follow(expression);
      return reference === undefined ? whole : this.textOf(reference);
    });
  }

  /** Whether `one` certainly exists before `other` is made: by reference, by depends_on, or by the order of their stacks. */
  isBefore(one: Resource, other: Resource): boolean {
    return one.stack === other.stack
      ? this.madeBefore(other).has(one.address)
      : this.upstreamOf(other.stack).has(one.stack);
  }

  /** Names of all stacks that are deployed before a stack. */
  upstreamOf(stack: string): ReadonlySet<string> {
    const known = this.upstream.get(stack);
    if (known !== undefined) {
      return known;
    }
    const direct = this.byStack.get(stack)?.dependencies ?? [];
    const all = new Set(direct.flatMap((name) => [name, ...this.upstreamOf(name)]));
    this.upstream.set(stack, all);
    return all;
  }

  /** Addresses of all resources of the same stack that are made before one. */
  private madeBefore(resource: Resource): ReadonlySet<string> {
    const known = this.earlier.get(resource.address);
    if (known !== undefined) {
      return known;
    }
    const found = new Set<string>();
    // a cycle, which Terraform refuses, must not end in one here
    this.earlier.set(resource.address, found);
    for (const address of this.directlyBefore(resource)) {
      const other = this.byAddress.get(address);
      if (other?.stack === resource.stack) {
        found.add(address);
        this.madeBefore(other).forEach((further) => found.add(further));
      }
    }
    return found;
  }

  private directlyBefore(resource: Resource): string[] {
    const { depends_on: dependsOn = [], ...values } = resource.values as { depends_on?: readonly string[] };
    return [...dependsOn, ...this.references(values).map((reference) => reference.resource.address)];
  }

  private follow(expression: string): Reference | undefined {
    if (!this.followed.has(expression)) {
      this.followed.set(expression, this.resolve(expression));
    }
    return this.followed.get(expression);
  }

  private resolve(expression: string): Reference | undefined {
    const output = this.outputOf(expression);
    if (output !== undefined) {
      return this.reference(output);
    }
    const [, type, id, attribute = ""] = RESOURCE_ATTRIBUTE.exec(expression) ?? [];
    const resource = this.byAddress.get(`${type ?? ""}.${id ?? ""}`);
    return resource === undefined ? undefined : { resource, attribute };
  }

  private outputOf(expression: string): unknown {
    const [, upstream, output] = REMOTE_OUTPUT.exec(expression) ?? [];
    return upstream === undefined || output === undefined
      ? undefined
      : this.byStack.get(upstream)?.json.output?.[output]?.value;
  }

  private textOf({ resource, attribute }: Reference): string {
    const value = resource.values[attribute];
    if (typeof value === "string") {
      return this.text(value);
    }
    const { [resource.type]: known } = IDENTITIES;
    const name = known === undefined ? undefined : resource.values[known.name];
    if (known === undefined || typeof name !== "string" || (attribute !== "arn" && attribute !== known.id)) {
      return `\${${resource.address}.${attribute}}`;
    }
    const text = this.text(name);
    return attribute === known.id && known.id !== "arn" ? text : known.arn(text, this.account, resource.values);
  }
}

/** Types whose identity follows from their name: which attribute is the name, what `id` is, and how the ARN is made. */
const IDENTITIES: Readonly<
  Record<
    string,
    {
      readonly name: string;
      readonly id?: string;
      readonly arn: (name: string, account: Account, values: Resource["values"]) => string;
    }
  >
> = {
  aws_cloudwatch_event_rule: {
    name: "name",
    arn: (name, { partition, region, accountId }, { event_bus_name: bus = "default" }) =>
      `arn:${partition}:events:${region}:${accountId}:rule/${bus === "default" ? "" : `${String(bus)}/`}${name}`,
  },
  aws_cloudwatch_log_group: {
    name: "name",
    id: "id",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`,
  },
  aws_cloudwatch_metric_alarm: {
    name: "alarm_name",
    id: "id",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${name}`,
  },
  aws_dynamodb_table: {
    name: "name",
    id: "id",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`,
  },
  aws_glue_catalog_database: {
    name: "name",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:glue:${region}:${accountId}:database/${name}`,
  },
  aws_iam_role: {
    name: "name",
    id: "id",
    arn: (name, { partition, accountId }, { path = "/" }) =>
      `arn:${partition}:iam::${accountId}:role${String(path)}${name}`,
  },
  aws_kinesis_stream: {
    name: "name",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:kinesis:${region}:${accountId}:stream/${name}`,
  },
  aws_kms_alias: {
    name: "name",
    id: "id",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:kms:${region}:${accountId}:${name}`,
  },
  aws_lambda_function: {
    name: "function_name",
    id: "id",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:lambda:${region}:${accountId}:function:${name}`,
  },
  aws_s3_bucket: { name: "bucket", id: "id", arn: (name, { partition }) => `arn:${partition}:s3:::${name}` },
  aws_sns_topic: {
    name: "name",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:sns:${region}:${accountId}:${name}`,
  },
  aws_sqs_queue: {
    name: "name",
    arn: (name, { partition, region, accountId }) => `arn:${partition}:sqs:${region}:${accountId}:${name}`,
  },
};

/** What Terraform evaluates in a text, between ${ and }; $${ is an escape. */
export function expressionsIn(text: string): string[] {
  const found: string[] = [];
  for (let start = text.indexOf("${"); start !== -1; start = text.indexOf("${", start)) {
    const isEscaped = text[start - 1] === "$";
    const end = isEscaped ? start + 2 : endOf(text, start + 2);
    if (!isEscaped) {
      found.push(text.slice(start + 2, end));
    }
    start = end;
  }
  return found;
}

/** Where an expression ends, after all braces within it. */
function endOf(text: string, start: number): number {
  let depth = 1;
  for (let index = start; index < text.length; index += 1) {
    depth += text[index] === "{" ? 1 : text[index] === "}" ? -1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return text.length;
}

/** The resources and outputs of other stacks that a text names in its expressions, with their attributes. */
function namesIn(text: string): string[] {
  return text.includes("${") ? expressionsIn(text).flatMap((expression) => expression.match(NAME) ?? []) : [];
}

/** Every string in a value, keys of objects aside. */
export function strings(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}
