import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Testing } from "cdktf";
import type { Domain } from "../../domains/schema";
import type { Environment } from "../../environments/schema";
import { loadConfiguration } from "../../stacks/configuration";
import { EnvironmentStack } from "../../stacks/environment-stack";
import { DomainLayer } from "../../stacks/layers/domain";
import { Foundation } from "../../stacks/layers/foundation";
import { Lake } from "../../stacks/layers/lake";
import { Processing } from "../../stacks/layers/processing";
import { addPlatform, layerNames, type Layout } from "../../stacks/platform";
import { temporaryFolder } from "./checkout";

const { platform, environments, domains } = loadConfiguration();

/** The real environments by name, for test.each. */
export const namedEnvironments = environments.map((environment): [string, Environment] => [
  environment.name,
  environment,
]);

/** Names of the layers that every environment has. */
export const layers = layerNames(domains);

export interface SynthesizedStack {
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly provider: { readonly aws: readonly [Readonly<Record<string, unknown>>] };
  readonly data?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Synthesizes an environment as the app does and returns its stacks as they were written, by name. */
export function synthesize(environment: Environment, layout: Layout): ReadonlyMap<string, SynthesizedStack> {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  addPlatform(app, { platform, environment, domains, layout });
  app.synth();
  const stacks = join(outdir, "stacks");
  return new Map(
    readdirSync(stacks).map((name) => [
      name,
      JSON.parse(readFileSync(join(stacks, name, "cdk.tf.json"), "utf8")) as SynthesizedStack,
    ]),
  );
}

/** Addresses of all resources of some stacks, sorted. */
export function addresses(stacks: Iterable<SynthesizedStack>): string[] {
  return [...stacks]
    .flatMap(({ resource }) => Object.entries(resource))
    .flatMap(([type, resources]) => Object.keys(resources).map((id) => `${type}.${id}`))
    .sort();
}

/** A domain as an environment gets it, in one stack with the layers that it stands on. */
export function synthesizeDomain(domain: Domain, environment: Environment): string {
  const stack = new EnvironmentStack(new App(), "test", { platform, environment, offline: true });
  const foundation = new Foundation(stack, "foundation", { platform, environment });
  const lake = new Lake(stack, "lake", { platform, environment, foundation });
  const processing = new Processing(stack, "processing", { platform, environment, foundation, lake });
  new DomainLayer(stack, "domain-sales", { platform, environment, foundation, lake, processing, domain });
  return Testing.synth(stack);
}
