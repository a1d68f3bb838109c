import { GlueResourcePolicy } from "@cdktf/provider-aws/lib/glue-resource-policy";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { policyJson, type Statement } from "../iam/policy";

export interface CatalogPolicyProps {
  readonly account: Account;
  /**
   * ARNs of the roles that alone may drop tables and databases, with which data would be lost to its readers.
   *
   * @default - whoever IAM and Lake Formation let
   */
  readonly droppedBy?: readonly string[];
}

/**
 * What the Data Catalog refuses, whatever else allows it: principals of other accounts, and the dropping of tables by
 * anybody but who deploys. It exists once an account and region.
 *
 * Source: Glue Developer Guide, "Resource-based policies".
 */
export class CatalogPolicy extends Construct {
  /** What has to be there before the first database. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: CatalogPolicyProps) {
    super(scope, id);
    const { account, droppedBy } = props;

    const policy = new GlueResourcePolicy(this, "policy", {
      policy: policyJson([
        denyOtherAccounts(account),
        ...(droppedBy === undefined ? [] : [denyDrops(account, droppedBy)]),
      ]),
    });

    this.ready = [policy];
  }
}

function everythingIn({ partition, region, accountId }: Account): string[] {
  return ["catalog", "database/*", "table/*", "userDefinedFunction/*"].map(
    (resource) => `arn:${partition}:glue:${region}:${accountId}:${resource}`,
  );
}

function denyOtherAccounts(account: Account): Statement {
  return {
    Sid: "DenyOtherAccounts",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "glue:*",
    Resource: everythingIn(account),
    Condition: {
      StringNotEqualsIfExists: { "aws:PrincipalAccount": account.accountId },
      // services that act by themselves belong to no account
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
  };
}

function denyDrops(account: Account, roleArns: readonly string[]): Statement {
  return {
    Sid: "DenyDrops",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["glue:BatchDeleteTable", "glue:DeleteDatabase", "glue:DeleteTable"],
    Resource: everythingIn(account),
    Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArns } },
  };
}
