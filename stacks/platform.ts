import type { App } from "cdktf";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { EnvironmentStack } from "./environment-stack";
import { Foundation } from "./layers/foundation";
import { Lake } from "./layers/lake";

/**
 * Which stack hosts a layer: one of its own, as it is deployed, or one for all of them, which can be planned before
 * anything is deployed.
 */
export type Layout = "layered" | "single";

/** Every layer, in the order in which they are deployed. A layer's name is the first part of its resources' addresses. */
export const LAYERS = ["foundation", "lake"] as const;

export interface PlatformProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly layout: Layout;
  /**
   * Folder on this machine for the states of layered stacks.
   *
   * @default - states are kept in S3
   */
  readonly localStates?: string;
}

/** Adds every layer of an environment to the app, in the order in which they are deployed. */
export function addPlatform(app: App, { platform, environment, layout, localStates }: PlatformProps): void {
  const single =
    layout === "single"
      ? new EnvironmentStack(app, environment.name, { platform, environment, offline: true })
      : undefined;
  const stackOf = (layer: (typeof LAYERS)[number]) =>
    single ??
    new EnvironmentStack(app, `${environment.name}-${layer}`, { platform, environment, offline: false, localStates });

  const foundation = new Foundation(stackOf("foundation"), "foundation", { platform, environment });
  new Lake(stackOf("lake"), "lake", { platform, environment, foundation });
}
