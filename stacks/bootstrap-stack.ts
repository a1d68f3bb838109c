import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { GithubOidcProvider } from "../modules/iam/github-oidc-provider";
import { ManagedPolicy } from "../modules/iam/managed-policy";
import { PipelineRole, trustPeople } from "../modules/iam/pipeline-role";
import type { Statement } from "../modules/iam/policy";
import { EncryptionKey } from "../modules/kms/encryption-key";
import { StateBucket } from "../modules/s3/state-bucket";
import { accountOf } from "./account-of";
import { boundaryStatements } from "./bootstrap/boundary";
import { type BootstrapNames, bootstrapNames, type PipelineRoleName } from "./bootstrap/names";
import { configurationReading } from "./bootstrap/read-permissions";
import { type Scope, scopeOf } from "./bootstrap/scope";
import { stateBucketStatements, stateMending, stateReading, type States, stateWriting } from "./bootstrap/state-access";
import { bootstrapDenial, foundationWriting, serviceWriting, tableDropping } from "./bootstrap/write-permissions";
import { EnvironmentStack } from "./environment-stack";

/** A deployment of everything takes hours where warehouses and clusters are made. */
const DEPLOYMENT_SECONDS = 14_400;
const PLAN_SECONDS = 3600;

export interface BootstrapStackProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  /** Where its own state is: in the bucket that it makes or, until that is there, in a file on this machine. */
  readonly state: "s3" | { readonly localFile: string };
}

/**
 * What an environment needs before its first layer: the bucket and key of states, and the roles of pipelines. An administrator
 * of the account applies it; no layer refers to it but by names, and no pipeline may change it.
 */
export class BootstrapStack extends EnvironmentStack {
  private readonly names: BootstrapNames;
  private readonly environment: Environment;
  private readonly scope: Scope;
  /** All is in it, so that addresses begin with its name as those of layers do with theirs. */
  private readonly content: Construct;

  constructor(scope: Construct, { platform, environment, state }: BootstrapStackProps) {
    const names = bootstrapNames(platform, environment);
    super(scope, names.stackName, {
      platform,
      environment,
      offline: false,
      region: environment.state.region,
      ...(state === "s3" ? {} : { stateFile: state.localFile }),
    });
    this.names = names;
    this.environment = environment;
    this.scope = scopeOf(platform, environment);
    this.content = new Construct(this, "bootstrap");

    const states = this.addStates();
    new ManagedPolicy(this.content, "boundary", {
      policyName: names.boundaryName,
      description: "The most that roles of the platform may do",
      statements: boundaryStatements(this.scope, states),
    });
    const roles = this.addRoles(states);
    new TerraformOutput(this, "state_bucket_name", { value: names.stateBucketName });
    roles.forEach((role, name) => {
      new TerraformOutput(this, `${name.replace("-", "_")}_role_arn`, { value: role.roleArn });
    });
  }

  private addStates(): States {
    const { environment, names } = this;
    // a state is lost with its bucket: outside of development nothing but a change of code lets Terraform destroy it
    const destroyProtection = environment.destroyProtection || environment.stage !== "development";
    const account = { ...accountOf(environment), region: environment.state.region };
    const key = new EncryptionKey(this.content, "state-key", {
      purpose: "state",
      alias: names.stateKeyAlias,
      description: "States of Terraform",
      account,
      destroyProtection,
      ...environment.keys,
    });
    const bucket = new StateBucket(this.content, "state-bucket", {
      bucketName: names.stateBucketName,
      encryptionKey: key,
      keyAliasArn: names.stateKeyAliasArn,
      destroyProtection,
      owner: environment.tags.Owner,
      statements: (bucketArn) => stateBucketStatements(environment, bucketArn, names),
    });
    return { environment, bucketArn: bucket.bucketArn, keyArn: key.keyArn };
  }

  private addRoles(states: States): ReadonlyMap<PipelineRoleName, PipelineRole> {
    const { environment, scope } = this;
    const github = new GithubOidcProvider(this.content, "github", { repository: environment.githubRepository });
    const read = this.policy("read-configuration", "Reads how the layers are configured", configurationReading(scope));
    const change = [
      read,
      this.policy("change-foundation", "Changes networks, keys and buckets", foundationWriting(scope)),
      this.policy("change-services", "Changes services and their roles", serviceWriting(scope)),
    ];
    const reading = stateReading(states);
    const writing = [...reading, ...stateWriting(states), ...bootstrapDenial(scope, states.keyArn)];
    const roles: readonly [PipelineRoleName, string, Statement, readonly Statement[], number][] = [
      ["plan", "Plans changes of pull requests", github.trust(["pull_request", MAIN]), reading, PLAN_SECONDS],
      ["drift", "Looks for changes made elsewhere", github.trust([MAIN]), reading, PLAN_SECONDS],
      [
        "apply",
        "Deploys what was reviewed",
        github.trust([`environment:${environment.name}`]),
        writing,
        DEPLOYMENT_SECONDS,
      ],
      [
        "break-glass",
        "Deploys and mends states where pipelines cannot",
        trustPeople(scope.account),
        [...writing, ...stateMending(states), ...tableDropping(scope)],
        DEPLOYMENT_SECONDS,
      ],
    ];
    return new Map(
      roles.map(([name, description, trust, statements, maxSessionDuration]) => [
        name,
        new PipelineRole(this.content, name, {
          roleName: this.names.roleNames[name],
          description,
          trust,
          statements,
          policies: name === "plan" || name === "drift" ? [read] : change,
          maxSessionDuration,
        }),
      ]),
    );
  }

  private policy(name: keyof BootstrapNames["policyNames"], description: string, statements: readonly Statement[]) {
    const policyName = this.names.policyNames[name];
    return { name, policy: new ManagedPolicy(this.content, name, { policyName, description, statements }) };
  }
}

const MAIN = "ref:refs/heads/main";
