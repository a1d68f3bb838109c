import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { accountOf } from "../account-of";
import { namingContext, physicalName } from "../naming";

/** Roles of pipelines, and of people where these are no help. */
export type PipelineRoleName = "apply" | "break-glass" | "drift" | "plan";

export type PipelinePolicyName = "change-foundation" | "change-services" | "read-configuration";

/** What the bootstrap of an environment makes, by names: it is there before every layer, and layers refer to none of it. */
export interface BootstrapNames {
  readonly stackName: string;
  readonly stateBucketName: string;
  readonly stateKeyAlias: string;
  readonly stateKeyAliasArn: string;
  readonly roleNames: Readonly<Record<PipelineRoleName, string>>;
  readonly roleArns: Readonly<Record<PipelineRoleName, string>>;
  /** What roles of pipelines may do alike. */
  readonly policyNames: Readonly<Record<PipelinePolicyName, string>>;
  readonly policyArns: Readonly<Record<PipelinePolicyName, string>>;
  readonly boundaryName: string;
  /** The permissions boundary of every role that a layer makes. */
  readonly boundaryArn: string;
}

/** Layers have the environment's name first: no layer can be called like this. */
export function bootstrapStackName({ name }: Pick<Environment, "name">): string {
  return `bootstrap-${name}`;
}

export function bootstrapNames(platform: PlatformSettings, environment: Environment): BootstrapNames {
  const names = namingContext(platform, environment);
  const { partition, accountId } = accountOf(environment);
  const stateKeyAlias = physicalName(names, "keyAlias", "state");
  const boundaryName = physicalName(names, "policy", "boundary");
  const ofEachRole = (make: (roleName: string) => string): Record<PipelineRoleName, string> => ({
    apply: make(physicalName(names, "role", "apply")),
    "break-glass": make(physicalName(names, "role", "break-glass")),
    drift: make(physicalName(names, "role", "drift")),
    plan: make(physicalName(names, "role", "plan")),
  });
  const ofEachPolicy = (make: (policyName: string) => string): Record<PipelinePolicyName, string> => ({
    "change-foundation": make(physicalName(names, "policy", "change-foundation")),
    "change-services": make(physicalName(names, "policy", "change-services")),
    "read-configuration": make(physicalName(names, "policy", "read-configuration")),
  });
  const policyArn = (policyName: string) => `arn:${partition}:iam::${accountId}:policy/${policyName}`;
  return {
    stackName: bootstrapStackName(environment),
    stateBucketName: physicalName(names, "bucket", "state"),
    stateKeyAlias,
    stateKeyAliasArn: `arn:${partition}:kms:${environment.state.region}:${accountId}:${stateKeyAlias}`,
    roleNames: ofEachRole((roleName) => roleName),
    roleArns: ofEachRole((roleName) => `arn:${partition}:iam::${accountId}:role/${roleName}`),
    policyNames: ofEachPolicy((policyName) => policyName),
    policyArns: ofEachPolicy(policyArn),
    boundaryName,
    boundaryArn: policyArn(boundaryName),
  };
}
