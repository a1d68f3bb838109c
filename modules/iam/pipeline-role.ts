import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import type { Account } from "../account";
import type { ManagedPolicy } from "./managed-policy";
import { policyJson, type Statement } from "./policy";

export interface PipelineRoleProps {
  /** Up to 64 characters. */
  readonly roleName: string;
  /** What the role is for, as the IAM console shows it. */
  readonly description: string;
  /** Who may assume the role. */
  readonly trust: Statement;
  /** What this role alone may do, of which IAM takes 10,240 characters. */
  readonly statements: readonly Statement[];
  /**
   * What it may do as others do, by names that do not change.
   *
   * @default - nothing more
   */
  readonly policies?: readonly { readonly name: string; readonly policy: ManagedPolicy }[];
  /** How long a session lasts at most, in seconds (3600 to 43200). */
  readonly maxSessionDuration: number;
}

/** A role that a pipeline, or a person in its place, assumes to deploy. What it may do is given as a whole, not by grants. */
export class PipelineRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: PipelineRoleProps) {
    super(scope, id);
    const { roleName, description, trust, statements, policies = [], maxSessionDuration } = props;
    if (maxSessionDuration < 3600 || maxSessionDuration > 43_200) {
      throw new Error(`maxSessionDuration must be between 3600 and 43200, got ${maxSessionDuration}`);
    }

    const role = new IamRole(this, "role", {
      name: roleName,
      description,
      maxSessionDuration,
      assumeRolePolicy: policyJson([trust]),
    });
    new IamRolePolicy(this, "policy", { name: "permissions", role: role.name, policy: policyJson(statements) });
    policies.forEach(({ name, policy }) => {
      new IamRolePolicyAttachment(this, name, { role: role.name, policyArn: policy.policyArn });
    });

    this.roleArn = role.arn;
  }
}

/**
 * Trusts people of the account whom its own policies let assume the role, if they have given a second factor within the
 * hour. Sessions of Identity Center do not say so: their people assume the role from a user or role that does.
 *
 * Source: IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent.
 */
export function trustPeople({ partition, accountId }: Account): Statement {
  return {
    Sid: "TrustPeople",
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
    Condition: {
      Bool: { "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
    },
  };
}
