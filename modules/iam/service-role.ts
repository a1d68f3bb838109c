import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { after } from "../after";
import { type Conditions, policyJson, type Statement } from "./policy";

export interface ServiceRoleProps {
  /** Up to 64 characters. */
  readonly roleName: string;
  /** What the role is for, as the IAM console shows it. */
  readonly description: string;
  /** Service principals that may assume the role for this account, for example "glue.amazonaws.com". */
  readonly trustedServices: readonly string[];
  /**
   * Those of them of which AWS does not say that they tell for which account they act. A condition on it might keep them
   * out; that nobody can hand over a role of another account holds all the same.
   *
   * @default - none
   */
  readonly withoutSourceAccount?: readonly string[];
  /**
   * Those of them that tell on whose behalf they act, which CloudTrail notes.
   *
   * @default - none
   */
  readonly withContext?: readonly string[];
  readonly account: Account;
  /**
   * The policy that ends what the role may do, whatever else allows it. A role that deploys may make no role without.
   *
   * @default - nothing ends it but the role's own policy
   */
  readonly permissionsBoundaryArn?: string;
}

/**
 * A role that AWS services assume. Grants add statements to its single inline policy.
 *
 * A role is usable only together with its policy, so hand it over with `passTo`.
 */
export class ServiceRole extends Construct {
  readonly roleArn: string;
  readonly roleName: string;
  /** Everything the role may do: what uses the role has to be made after it. */
  readonly policy: TerraformResource;
  /** What changes when another role takes this one's place under its name, as a lifecycle refers to it. */
  readonly identity: string;
  private readonly statements = new Map<string, Statement>();

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const { roleName, description, permissionsBoundaryArn } = props;

    const role = new IamRole(this, "role", {
      name: roleName,
      description,
      permissionsBoundary: permissionsBoundaryArn,
      assumeRolePolicy: policyJson(trustStatements(props)),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      name: "permissions",
      role: role.name,
      policy: Lazy.stringValue({ produce: () => policyJson([...this.statements.values()]) }),
    });

    this.roleArn = role.arn;
    this.roleName = roleName;
    this.identity = `${role.terraformResourceType}.${role.friendlyUniqueId}.unique_id`;
    this.node.addValidation({
      validate: () =>
        this.statements.size === 0 ? [`role ${roleName} has no permission: IAM refuses an empty policy`] : [],
    });
  }

  /**
   * Adds a statement. Adding an equal one again changes nothing.
   *
   * @throws if another statement has the same `sid`
   */
  allow(sid: string, actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.add({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    });
  }

  /** Adds statements that are composed elsewhere, as `allow` does. */
  allowAll(statements: readonly Statement[]): void {
    statements.forEach(({ Sid, Action, Resource = [], Condition }) => {
      this.allow(Sid, [Action].flat(), [Resource].flat(), Condition);
    });
  }

  /**
   * Refuses something under conditions, whatever else allows it.
   *
   * @throws if another statement has the same `sid`
   */
  deny(sid: string, actions: readonly string[], resources: readonly string[], conditions: Conditions): void {
    this.add({ Sid: sid, Effect: "Deny", Action: actions, Resource: resources, Condition: conditions });
  }

  /** Makes `user`, which names the role, wait for the permissions: services test them when they are handed a role. */
  passTo(user: TerraformResource): void {
    after(user, this.policy);
  }

  private add(statement: Statement): void {
    const { Sid: sid } = statement;
    const existing = this.statements.get(sid);
    if (existing !== undefined && JSON.stringify(existing) !== JSON.stringify(statement)) {
      throw new Error(`role ${this.roleName} has another statement "${sid}" already: ${JSON.stringify(existing)}`);
    }
    this.statements.set(sid, statement);
  }
}

function trustStatements({
  trustedServices,
  withoutSourceAccount = [],
  withContext = [],
  account,
}: ServiceRoleProps): Statement[] {
  const trust = { Effect: "Allow", Action: "sts:AssumeRole" } as const;
  const confined = trustedServices.filter((service) => !withoutSourceAccount.includes(service));
  // a service acting for somebody else's account must not be able to use the role
  const forThisAccount = { StringEquals: { "aws:SourceAccount": account.accountId } };
  return [
    ...(confined.length === 0
      ? []
      : [{ Sid: "TrustServices", ...trust, Principal: { Service: confined }, Condition: forThisAccount }]),
    ...(withoutSourceAccount.length === 0
      ? []
      : [{ Sid: "TrustUnconfined", ...trust, Principal: { Service: withoutSourceAccount } }]),
    ...(withContext.length === 0
      ? []
      : [
          {
            Sid: "TrustContext",
            Effect: "Allow" as const,
            Action: "sts:SetContext",
            Principal: { Service: withContext },
          },
        ]),
  ];
}
