import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import type { LambdaFunctionProps } from "../modules/lambda/function";
import { accountOf } from "./account-of";
import { bootstrapNames } from "./bootstrap/names";
import type { Foundation } from "./layers/foundation";

export interface FunctionDefaultsProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
}

/** What all functions of an environment have in common. */
export function functionDefaults({
  platform,
  environment,
  foundation,
}: FunctionDefaultsProps): Pick<
  LambdaFunctionProps,
  "account" | "encryptionKey" | "logKey" | "logRetentionDays" | "network" | "permissionsBoundaryArn"
> {
  return {
    encryptionKey: foundation.keys.data,
    logKey: foundation.keys.logs,
    logRetentionDays: environment.logRetentionDays,
    network: {
      network: foundation.network,
      endpoints: foundation.endpoints,
      securityGroup: foundation.workloadSecurityGroup,
    },
    account: accountOf(environment),
    permissionsBoundaryArn: bootstrapNames(platform, environment).boundaryArn,
  };
}
