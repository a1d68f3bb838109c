import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { Environment } from "../../environments/schema";
import { estateOf } from "../../policies/engine";
import type { Graph, Resource, SynthesizedStack } from "../../policies/graph";

/** Condition keys of a call, as AWS fills them in. */
export type Context = Readonly<Record<string, string | string[]>>;

/** One call of AWS. */
export interface Call {
  /** ARN of who calls: a role, or the provider of tokens. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

/** What holds for every call, unless it says otherwise. */
const USUALLY: Context = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };

/** What those may do whom no stack declares: administrators of the account. */
const ADMINISTRATOR = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * Keys that the simulator leaves out, because a part of them is anybody's to name, by keys that it takes in their place. What
 * either is compared with stays the same.
 */
const STAND_INS: readonly (readonly [key: string, standIn: string])[] = [
  ["kms:EncryptionContext:aws:s3:arn", "aws:PrincipalTag/encryption-context"],
  ["token.actions.githubusercontent.com:aud", "aws:PrincipalTag/audience"],
  ["token.actions.githubusercontent.com:sub", "aws:PrincipalTag/subject"],
];

/** Answers whether IAM would let calls through, by all policies of an environment's stacks as they are synthesized. */
export class Simulator {
  private readonly graph: Graph;
  private readonly accountId: string;

  constructor(environment: Environment, stacks: readonly SynthesizedStack[]) {
    this.graph = estateOf(environment, stacks).graph;
    this.accountId = environment.accountId;
  }

  /**
   * Whether the call is let through.
   *
   * @throws if AWS knows no such action, or it is not made on such a resource, or a policy is none
   */
  async isAllowed({ principal, action, resource, context = {} }: Call): Promise<boolean> {
    const role = this.roleAt(principal);
    const boundary = this.boundaryOf(role);
    const resourcePolicy = this.resourcePolicy(resource);
    const result = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource, accountId: this.accountId },
          contextVariables: withStandIns({ ...USUALLY, "aws:PrincipalArn": principal, ...context }),
        },
        identityPolicies: this.policiesOf(role).map((policy, index) => ({ name: `policy-${index}`, policy })),
        ...(boundary !== undefined && { permissionBoundaryPolicies: [{ name: "boundary", policy: boundary }] }),
        ...(resourcePolicy !== undefined && { resourcePolicy }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === "error") {
      throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
    }
    return result.overallResult === "Allowed";
  }

  /** ARN of a key, whose id AWS makes up: by its address without cdktf's hash. */
  keyArn(id: string): string {
    return `arn:aws:kms:eu-west-1:${this.accountId}:key/${id.replace(/_[0-9A-F]{8}$/, "")}`;
  }

  private roleAt(arn: string): Resource | undefined {
    return this.graph.ofType("aws_iam_role").find((role) => this.arnOf(role) === arn);
  }

  private policiesOf(role: Resource | undefined): object[] {
    return role === undefined
      ? [ADMINISTRATOR]
      : [
          ...this.graph.referring("aws_iam_role_policy", "role", role),
          ...this.graph
            .referring("aws_iam_role_policy_attachment", "role", role)
            .flatMap(({ values }) => this.graph.reference(values.policy_arn)?.resource ?? []),
        ].map(({ values }) => this.read(values.policy));
  }

  private boundaryOf(role: Resource | undefined): object | undefined {
    const arn = role?.values.permissions_boundary;
    if (typeof arn !== "string") {
      return undefined;
    }
    const boundary = this.graph
      .ofType("aws_iam_policy")
      .find(({ values: { name } }) => arn.endsWith(`/${String(name)}`));
    if (boundary === undefined) {
      throw new Error(`no stack has the boundary ${arn}`);
    }
    return this.read(boundary.values.policy);
  }

  /** The policy of the bucket, key or role that is called. */
  private resourcePolicy(arn: string): object | undefined {
    const bucket = this.graph
      .ofType("aws_s3_bucket")
      .find((one) => arn === this.arnOf(one) || arn.startsWith(`${this.arnOf(one)}/`));
    const [ofBucket] = bucket === undefined ? [] : this.graph.referring("aws_s3_bucket_policy", "bucket", bucket);
    const key = this.graph.ofType("aws_kms_key").find(({ id }) => this.keyArn(id) === arn);
    const policy = ofBucket?.values.policy ?? key?.values.policy ?? this.roleAt(arn)?.values.assume_role_policy;
    return policy === undefined ? undefined : this.read(policy);
  }

  private arnOf({ address }: Resource): string {
    return this.graph.text(`\${${address}.arn}`);
  }

  /** A policy with what AWS makes up in place of references. */
  private read(policy: unknown): object {
    const text = this.graph
      .text(String(policy))
      .replaceAll(/\$\{aws_kms_key\.([^.}]+)\.arn\}/g, (_, id: string) => this.keyArn(id))
      .replaceAll(/\$\{aws_iam_openid_connect_provider\.[^}]+\.arn\}/g, providerArn(this.accountId));
    return withStandIns(JSON.parse(text) as object);
  }
}

function withStandIns<T extends object>(value: T): T {
  const text = STAND_INS.reduce(
    (replaced, [key, standIn]) => replaced.replaceAll(JSON.stringify(key), JSON.stringify(standIn)),
    JSON.stringify(value),
  );
  return JSON.parse(text) as T;
}

/** The provider of GitHub's tokens. */
export function providerArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`;
}
