import { resolve } from "node:path";
import type { CommandContext } from "../command-context";
import { applyBundle } from "../deployment/apply-bundle";
import { bundleFolder } from "../deployment/bundle";
import { inSession } from "../deployment/session";

export interface DeployOptions {
  readonly environment: string;
  /** Folder of the bundle; where `plan` puts it without it. */
  readonly bundle?: string;
  /** SHA-256 of the bundle, as `plan` and its summary name it. */
  readonly digest?: string;
  /** Addresses of resources that may be lost, and names of stacks that may be destroyed. */
  readonly approve: readonly string[];
  /** How many resources of a stack may be deleted or replaced. */
  readonly maxLosses: number;
  /** Prints what has become of each stack as JSON. */
  readonly json: boolean;
  /** How long to wait for whoever has locked a state. */
  readonly lockTimeout: number;
}

/**
 * Applies a bundle of plans, exactly as it was reviewed.
 *
 * @throws ConfigurationError if the configuration is wrong, CommandError if the bundle is not for what is here, or a stack
 *   was not applied
 */
export async function deploy(options: DeployOptions, context: CommandContext): Promise<void> {
  const { environment: name, approve: names, maxLosses, json, digest, lockTimeout: lockTimeoutSeconds } = options;
  const bundle = options.bundle === undefined ? bundleFolder(context.root, name, "deploy") : resolve(options.bundle);
  await inSession({ environment: name, bundle, lockTimeoutSeconds }, context, (session) =>
    applyBundle(
      session,
      {
        ...{ purpose: "deploy", bundle, approvals: { names, maxLosses }, json, lockTimeoutSeconds },
        ...(digest !== undefined && { digest }),
      },
      context,
    ),
  );
}
