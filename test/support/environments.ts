import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../../environments/schema";
import { loadConfiguration } from "../../stacks/configuration";
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
