import { LakeformationPermissions } from "@cdktf/provider-aws/lib/lakeformation-permissions";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { TagCondition } from "./lf-tag";

/** What can be had on databases with some tags. Source: Lake Formation Developer Guide, "Lake Formation permissions reference". */
export const ON_DATABASES = ["ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"] as const;

/** What can be had on tables with some tags, beside ALL, which the provider never finds as it was granted. */
export const ON_TABLES = ["ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"] as const;

export type TagGrantProps = {
  /** ARN of a role or group. */
  readonly principal: string;
  /** What a resource must have, all of it. */
  readonly conditions: readonly TagCondition[];
} & (
  | { readonly on: "databases"; readonly permissions: readonly (typeof ON_DATABASES)[number][] }
  | { readonly on: "tables"; readonly permissions: readonly (typeof ON_TABLES)[number][] }
);

/** Grants something on all databases or tables that have some tags, those to come included. */
export class TagGrant extends Construct {
  readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, props: TagGrantProps) {
    super(scope, id);
    const { principal, conditions, on, permissions } = props;
    if (conditions.length === 0) {
      throw new Error("a grant by tags needs a condition");
    }
    if (new Set(conditions.map(({ tag }) => tag)).size < conditions.length) {
      throw new Error("a grant by tags names each tag once: values of one tag are alternatives");
    }
    const known: readonly string[] = on === "databases" ? ON_DATABASES : ON_TABLES;
    const wrong = permissions.find((permission) => !known.includes(permission));
    if (wrong !== undefined || permissions.length === 0) {
      throw new Error(`permissions on ${on} are ${known.join(", ")}, got "${wrong ?? "none"}"`);
    }

    const grant = new LakeformationPermissions(this, "permissions", {
      principal,
      // as Lake Formation lists them: another order would be a change
      permissions: [...permissions].sort(),
      lfTagPolicy: {
        resourceType: on === "databases" ? "DATABASE" : "TABLE",
        expression: conditions.map(({ tag, values }) => ({ key: tag.key, values: [...values] })),
      },
    });
    after(grant, ...conditions.map(({ tag }) => tag.resource));

    this.resource = grant;
  }
}
