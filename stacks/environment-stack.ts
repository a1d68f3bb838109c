import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { bootstrapNames } from "./bootstrap/names";

export interface EnvironmentStackProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  /** Plans without an AWS account: the provider asks nobody, the state stays in the stack's folder. */
  readonly offline: boolean;
  /**
   * Folder on this machine that holds the states of all stacks, to try the native CLI without a bucket.
   *
   * @default - the state is kept in S3
   */
  readonly localStates?: string;
  /**
   * The file on this machine that holds this stack's state.
   *
   * @default - as localStates says
   */
  readonly stateFile?: string;
  /**
   * Where the stack's resources are.
   *
   * @default - the environment's region
   */
  readonly region?: string;
}

/** A Terraform root of one environment, with its provider and its backend. */
export class EnvironmentStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id);
    const { platform, environment, offline, localStates, region = environment.region } = props;
    const { stateFile = localStates && join(localStates, `${id}.tfstate`) } = props;
    this.addOverride("terraform.required_version", platform.terraformVersion);

    new AwsProvider(this, "aws", {
      region,
      maxRetries: platform.providerMaxRetries,
      defaultTags: [
        {
          tags: { ...environment.tags, Environment: environment.name, ManagedBy: "terraform", Platform: platform.name },
        },
      ],
      ...(offline ? OFFLINE : { allowedAccountIds: [environment.accountId] }),
    });
    if (offline) {
      new LocalBackend(this, { path: "terraform.tfstate" });
    } else if (stateFile !== undefined) {
      // absolute: stacks read each other's state, and each is run in a folder of its own
      new LocalBackend(this, { path: stateFile });
    } else {
      this.keepStateInS3(id, props);
    }
  }

  private keepStateInS3(stackName: string, { platform, environment }: EnvironmentStackProps): void {
    const { stateBucketName, stateKeyAliasArn } = bootstrapNames(platform, environment);
    new S3Backend(this, {
      bucket: stateBucketName,
      key: `${environment.name}/${stackName}/terraform.tfstate`,
      region: environment.state.region,
      // without the key's name, "encrypt" would ask S3 for its own key instead of the bucket's
      encrypt: true,
      kmsKeyId: stateKeyAliasArn,
      allowedAccountIds: [environment.accountId],
    });
    // cdktf 0.21 has no property for native locking
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }
}

/** Keeps the provider from calling AWS. The keys are no secret: nothing accepts them. */
const OFFLINE = {
  accessKey: "offline",
  secretKey: "offline",
  skipCredentialsValidation: true,
  skipRequestingAccountId: true,
  skipMetadataApiCheck: "true",
} as const;
