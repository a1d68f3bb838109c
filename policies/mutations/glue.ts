import type { SynthesizedStack } from "../graph";
import { addedStatement, find, type Mutation } from "./mutation";

const TYPE = "aws_glue_data_catalog_encryption_settings";

const POLICY = ["aws_glue_resource_policy", "lake_"] as const;
const READ = { Effect: "Allow", Action: "glue:GetTable", Resource: "arn:aws:glue:eu-west-1:333333333333:*" };

type Settings = Record<"encryption_at_rest" | "connection_password_encryption", Record<string, unknown>>;

const settings = (change: (settings: Settings) => void) => (stacks: SynthesizedStack[]) => {
  change(find(stacks, TYPE, "lake_").values.data_catalog_encryption_settings as Settings);
};

/** Each weakens one thing of production, and says which rule notices. */
export const GLUE_MUTATIONS: readonly Mutation[] = [
  ...[
    { what: "plain metadata", block: "encryption_at_rest", change: { catalog_encryption_mode: "DISABLED" } },
    {
      what: "metadata encrypted with another key",
      block: "encryption_at_rest",
      change: { sse_aws_kms_key_id: "alias/aws/glue" },
    },
    {
      what: "plain passwords",
      block: "connection_password_encryption",
      change: { return_connection_password_encrypted: false },
    },
    { what: "passwords without a key", block: "connection_password_encryption", change: { aws_kms_key_id: undefined } },
  ].map(({ what, block, change }): Mutation => ({
    rule: "LAKE-GLUE-01",
    what,
    edit: settings((found) => Object.assign(found[block as keyof Settings], change)),
    found: [TYPE, "lake_"],
  })),
  ...[
    { what: "a catalog for everybody", principal: "*" },
    { what: "a catalog for another account", principal: { AWS: "arn:aws:iam::999999999999:root" } },
  ].map(({ what, principal }): Mutation => ({
    rule: "LAKE-GLUE-09",
    what,
    edit: addedStatement(...POLICY, { ...READ, Principal: principal }),
    found: POLICY,
  })),
];
