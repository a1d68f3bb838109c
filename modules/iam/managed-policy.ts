import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { policyJson, type Statement } from "./policy";

export interface ManagedPolicyProps {
  /** Up to 128 characters. */
  readonly policyName: string;
  /** What it is for, as the IAM console shows it; it can never change. */
  readonly description: string;
  /** Up to 6,144 characters of them. */
  readonly statements: readonly Statement[];
}

/** A policy of its own: the boundary of roles, or what several roles may do alike. A role takes up to 10. */
export class ManagedPolicy extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, props: ManagedPolicyProps) {
    super(scope, id);
    const { policyName, description, statements } = props;

    const policy = new IamPolicy(this, "policy", { name: policyName, description, policy: policyJson(statements) });

    this.policyArn = policy.arn;
  }
}
