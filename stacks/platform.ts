import type { App } from "cdktf";
import { join } from "node:path";
import type { Domain } from "../domains/schema";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { BootstrapStack } from "./bootstrap-stack";
import { bootstrapNames } from "./bootstrap/names";
import { EnvironmentStack } from "./environment-stack";
import { DomainLayer } from "./layers/domain";
import { Foundation } from "./layers/foundation";
import { Lake } from "./layers/lake";
import { Processing } from "./layers/processing";

/**
 * Which stack hosts a layer: one of its own, as it is deployed, or one for all of them, which can be planned before
 * anything is deployed.
 */
export type Layout = "layered" | "single";

/**
 * Names of all layers, in the order in which they are deployed. A layer's name is the first part of its resources'
 * addresses.
 */
export function layerNames(domains: readonly Domain[]): string[] {
  return ["foundation", "lake", "processing", ...domains.map(domainLayerName)];
}

function domainLayerName({ name }: Domain): string {
  return `domain-${name}`;
}

export interface PlatformProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly domains: readonly Domain[];
  readonly layout: Layout;
  /**
   * Folder on this machine for the states of layered stacks.
   *
   * @default - states are kept in S3
   */
  readonly localStates?: string;
}

/** Adds all that is deployed of an environment: what it needs before the first layer, and a stack for each layer. */
export function addEnvironment(app: App, props: Omit<PlatformProps, "layout">): void {
  const { platform, environment, localStates } = props;
  const { stackName } = bootstrapNames(platform, environment);
  new BootstrapStack(app, {
    platform,
    environment,
    state: localStates === undefined ? "s3" : { localFile: join(localStates, `${stackName}.tfstate`) },
  });
  addPlatform(app, { ...props, layout: "layered" });
}

/** Adds every layer of an environment to the app, in the order in which they are deployed. */
export function addPlatform(app: App, props: PlatformProps): void {
  const { platform, environment, domains, layout, localStates } = props;
  const single =
    layout === "single"
      ? new EnvironmentStack(app, environment.name, { platform, environment, offline: true })
      : undefined;
  const stackOf = (layer: string) =>
    single ??
    new EnvironmentStack(app, `${environment.name}-${layer}`, { platform, environment, offline: false, localStates });

  const foundation = new Foundation(stackOf("foundation"), "foundation", { platform, environment });
  const lake = new Lake(stackOf("lake"), "lake", { platform, environment, foundation });
  const processing = new Processing(stackOf("processing"), "processing", { platform, environment, foundation, lake });
  domains.forEach((domain) => {
    const layer = domainLayerName(domain);
    new DomainLayer(stackOf(layer), layer, { platform, environment, foundation, lake, processing, domain });
  });
}
