import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { policyJson, type Statement } from "./policy";

export interface PermissionsBoundaryProps {
  /** Up to 128 characters. */
  readonly policyName: string;
  /** The most that roles within the boundary may do, in 6,144 characters. */
  readonly statements: readonly Statement[];
}

/** A policy that ends what roles may do. It allows nobody anything: roles name it as their boundary, none has it attached. */
export class PermissionsBoundary extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, props: PermissionsBoundaryProps) {
    super(scope, id);
    const { policyName, statements } = props;

    const policy = new IamPolicy(this, "policy", {
      name: policyName,
      description: "The most that roles of the platform may do",
      policy: policyJson(statements),
    });

    this.policyArn = policy.arn;
  }
}
