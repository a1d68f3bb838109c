import { GlueResourcePolicy } from "@cdktf/provider-aws/lib/glue-resource-policy";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { policyJson, type Statement } from "../iam/policy";

export interface CatalogPolicyProps {
  readonly account: Account;
  /**
   * What nobody but some roles may drop: with a table, its data is lost to its readers.
   *
   * @default - whoever IAM and Lake Formation let drops what they let
   */
  readonly kept?: {
    /** ARNs of the catalog, of databases and of what is in them. */
    readonly resources: readonly string[];
    /** ARNs of the roles that may drop all the same. */
    readonly except: readonly string[];
  };
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
    const { account, kept } = props;

    const policy = new GlueResourcePolicy(this, "policy", {
      policy: policyJson([denyOtherAccounts(account), ...(kept === undefined ? [] : [denyDrops(kept)])]),
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

function denyDrops({ resources, except }: NonNullable<CatalogPolicyProps["kept"]>): Statement {
  return {
    Sid: "DenyDrops",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["glue:BatchDeleteTable", "glue:DeleteDatabase", "glue:DeleteTable"],
    Resource: resources,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": except } },
  };
}
