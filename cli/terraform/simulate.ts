import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account, StackJson } from "../../policies/graph";
import { CommandError, ExitCode } from "../exit-codes";
import { errorsIn, formatDiagnostic, messages, type PlanJson, type PlanTarget, type ResourceChange } from "./plan";

/** A state as Terraform writes it to a file. */
export interface StateFile {
  readonly version: 4;
  readonly terraform_version: string;
  readonly serial: number;
  readonly lineage: string;
  readonly outputs: Readonly<Record<string, never>>;
  readonly resources: readonly StateResource[];
}

interface StateResource {
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
  readonly provider: string;
  readonly instances: readonly StateInstance[];
}

interface StateInstance {
  readonly index_key?: string | number;
  readonly schema_version: number;
  readonly attributes: unknown;
  readonly sensitive_attributes: readonly Path[];
}

/** A path as a state file writes it. */
type Path = readonly (
  | { readonly type: "get_attr"; readonly value: string }
  | {
      readonly type: "index";
      readonly value: { readonly value: string | number; readonly type: "string" | "number" };
    }
)[];

/** A plan in which the provider has made up everything that only AWS would know, as `terraform test` prints it. */
interface MockedPlan {
  readonly resource_changes: readonly ResourceChange[];
  readonly provider_schemas: Readonly<Record<string, { readonly resource_schemas: Readonly<Record<string, Schema>> }>>;
}

interface Schema {
  readonly version: number;
  readonly block: {
    readonly attributes?: Readonly<Record<string, { readonly optional?: boolean; readonly computed?: boolean }>>;
  };
}

type Values = Readonly<Record<string, unknown>>;

export interface SimulateProps extends PlanTarget {
  /** The plan of the directory against no state. */
  readonly plan: PlanJson;
  /** What the directory holds. */
  readonly stack: StackJson;
  readonly account: Account;
}

/**
 * Makes the state that a deployment of a directory would leave behind, offline. What the provider knows when it plans is
 * taken from the plan, its defaults included; what only AWS would know is made up by Terraform's mocked provider, and is the
 * same for all who refer to it.
 *
 * @throws CommandError with Terraform's errors, if even the mocked plan fails
 */
export async function simulateDeployment(props: SimulateProps): Promise<StateFile> {
  const { plan, stack } = props;
  const { resource_changes: madeUp, provider_schemas: schemas } = await mockPlan(props);
  const mocked = new Map(madeUp.map(({ address, change }) => [address, change.after]));
  const resources = managed(plan).map((change): StateResource => {
    const { address, type, name, index, provider_name: provider } = change;
    const { after, after_unknown: unknown, after_sensitive: sensitive } = change.change;
    const values = mocked.get(address);
    const schema = schemas[provider]?.resource_schemas[type];
    if (values === undefined || schema === undefined) {
      throw new Error(`${address} is in the plan, but not in the mocked one`);
    }
    const configured = stack.resource?.[type]?.[name] ?? {};
    const isUnset = (attribute: string) => {
      const { optional, computed } = schema.block.attributes?.[attribute] ?? {};
      return attribute !== "id" && configured[attribute] === undefined && optional === true && computed === true;
    };
    const made = Object.fromEntries(
      Object.entries(values ?? {}).map(([attribute, value]) => [
        attribute,
        // a made-up word where AWS takes a choice would be wrong; null would count as a change where the resource changes
        typeof value === "string" && isUnset(attribute) && !isReferredTo(stack, `${type}.${name}.${attribute}`)
          ? ""
          : value,
      ]),
    );
    return {
      mode: "managed",
      type,
      name,
      provider: `provider["${provider}"]`,
      instances: [
        {
          ...(index !== undefined && { index_key: index }),
          schema_version: schema.version,
          attributes: merge(after, unknown, made),
          sensitive_attributes: paths(sensitive),
        },
      ],
    };
  });
  return {
    version: 4,
    terraform_version: plan.terraform_version,
    serial: 1,
    lineage: "simulated",
    outputs: {},
    resources: joined(resources),
  };
}

/** Instances of one counted resource stand together. */
function joined(resources: readonly StateResource[]): StateResource[] {
  const known = new Map<string, StateResource>();
  for (const resource of resources) {
    const key = `${resource.type}.${resource.name}`;
    const instances = [...(known.get(key)?.instances ?? []), ...resource.instances];
    known.set(key, { ...resource, instances });
  }
  return [...known.values()];
}

/** Changes of resources, data sources aside. */
function managed({ resource_changes: changes = [] }: PlanJson): ResourceChange[] {
  return changes.filter(({ mode }) => mode === "managed");
}

async function mockPlan(props: SimulateProps): Promise<MockedPlan> {
  const { terraform, directory, cliConfigFile, signal } = props;
  const tests = join(directory, "tests");
  mkdirSync(tests, { recursive: true });
  writeFileSync(join(tests, TEST), JSON.stringify(mockedTest(props)));
  const args = ["test", "-json", "-verbose", `-filter=tests/${TEST}`];
  const { exitCode, stdout, stderr } = await terraform
    .run(args, { cwd: directory, cliConfigFile, signal })
    .finally(() => {
      rmSync(tests, { recursive: true, force: true });
    });
  const plan = messages(stdout).flatMap(({ test_plan: found }) => (found as MockedPlan | undefined) ?? [])[0];
  if (exitCode !== 0 || plan === undefined) {
    const errors = errorsIn(stdout);
    const reasons = errors.length > 0 ? errors.map(formatDiagnostic) : [stderr.trim()];
    throw new CommandError(`A deployment of ${directory} cannot be simulated:\n${reasons.join("\n")}`, ExitCode.failed);
  }
  return plan;
}

const TEST = "simulate.tftest.json";

/**
 * A test with a provider that makes values up already when it plans. ARNs have to look like some, for they are checked, and
 * each resource has its own: who refers to one must not seem to refer to another of the same type.
 */
function mockedTest({ plan, account }: SimulateProps): object {
  const changes = managed(plan);
  // a provider makes values up when it plans only for types that are named
  const types = Object.fromEntries(changes.map(({ type }) => [type, { defaults: {} }]));
  const overrides = changes.flatMap(({ address, type, change }) => {
    const values = Object.fromEntries(
      Object.keys(change.after_unknown).flatMap((attribute) => {
        const value = madeUp({ address, type, attribute }, account);
        return value === undefined ? [] : [[attribute, value]];
      }),
    );
    return Object.keys(values).length === 0 ? [] : [{ target: address, values }];
  });
  return {
    mock_provider: { aws: { override_during: "plan", mock_resource: types, override_resource: overrides } },
    run: { simulated: { command: "plan" } },
  };
}

/** A value for an attribute that AWS would make up, where any word would not do. */
function madeUp(
  { address, type, attribute }: { readonly address: string; readonly type: string; readonly attribute: string },
  { partition, region, accountId }: Account,
): string | undefined {
  if (attribute === "arn" || attribute.endsWith("_arn")) {
    // of a principal the kind is checked too: aws_iam_role is a role
    const [service = "", ...kind] = type.replace(/^aws_/, "").split("_");
    const place = service === "s3" ? ":" : `${service === "iam" ? "" : region}:${accountId}`;
    return `arn:${partition}:${service}:${place}:${kind.join("-")}/${address.replaceAll(/[^\w.-]/g, "-")}`;
  }
  return /_(at|date|time)$/.test(attribute) ? "2000-01-01T00:00:00Z" : undefined;
}

function isReferredTo(stack: StackJson, attribute: string): boolean {
  return textOf(stack).includes(attribute);
}

const texts = new WeakMap<StackJson, string>();

function textOf(stack: StackJson): string {
  const known = texts.get(stack) ?? JSON.stringify(stack);
  texts.set(stack, known);
  return known;
}

/** A planned value with what is unknown of it taken from the mocked one. */
function merge(planned: unknown, unknown: unknown, mocked: unknown): unknown {
  if (unknown === true) {
    return mocked;
  }
  if (Array.isArray(planned) && Array.isArray(unknown) && Array.isArray(mocked)) {
    const rest: unknown[] = [...(mocked as unknown[])];
    return planned.map((element: unknown, index): unknown => {
      // the elements of a set come in an order of their own
      const differences = rest.map((candidate) => disagreements(element, unknown[index], candidate));
      const [twin] = rest.splice(differences.indexOf(Math.min(...differences)), 1);
      return merge(element, unknown[index], twin);
    });
  }
  if (isObject(unknown) && isObject(mocked)) {
    const known = isObject(planned) ? planned : {};
    const keys = [...new Set([...Object.keys(known), ...Object.keys(unknown)])];
    return Object.fromEntries(keys.map((key) => [key, merge(known[key], unknown[key], mocked[key])]));
  }
  return planned;
}

/** How many values of a mocked element are not those of a planned one, as far as these are known. */
function disagreements(planned: unknown, unknown: unknown, mocked: unknown): number {
  if (unknown === true) {
    return 0;
  }
  if (isObject(planned) && isObject(mocked)) {
    const unknowns = isObject(unknown) ? unknown : {};
    return Object.entries(planned).reduce(
      (sum, [key, value]) => sum + disagreements(value, unknowns[key], mocked[key]),
      0,
    );
  }
  if (Array.isArray(planned) && Array.isArray(mocked)) {
    const unknowns: readonly unknown[] = Array.isArray(unknown) ? unknown : [];
    return (
      Math.abs(planned.length - mocked.length) +
      planned.reduce<number>((sum, value, index) => sum + disagreements(value, unknowns[index], mocked[index]), 0)
    );
  }
  // the provider makes "" of null
  return planned === mocked || (isNothing(planned) && isNothing(mocked)) ? 0 : 1;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Where in a value Terraform marks something as sensitive. */
function paths(sensitive: unknown, parent: Path = []): Path[] {
  if (sensitive === true) {
    return [parent];
  }
  if (Array.isArray(sensitive)) {
    return sensitive.flatMap((element, index) =>
      paths(element, [...parent, { type: "index", value: { value: index, type: "number" } }]),
    );
  }
  return isObject(sensitive)
    ? Object.entries(sensitive).flatMap(([value, element]) => paths(element, [...parent, { type: "get_attr", value }]))
    : [];
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
