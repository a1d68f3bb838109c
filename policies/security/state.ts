import type { SynthesizedStack } from "../graph";
import { at, failedIf, type Rule } from "../rule";

/** Types whose loss loses data, or what data cannot be read without. */
const STATEFUL_TYPES = ["aws_glue_catalog_database", "aws_kms_key", "aws_s3_bucket"];

const STACK = "leave backend and provider to stacks/environment-stack.ts";

function backendOf({ json }: SynthesizedStack): unknown {
  return at(json.terraform, "backend", "s3");
}

/** Whether states are safe and in the right account. */
export const STATE_RULES: readonly Rule[] = [
  {
    id: "LAKE-STATE-01",
    title: "Every state is kept in S3, locked natively",
    severity: "critical",
    level: "error",
    sources: ["https://developer.hashicorp.com/terraform/language/backend/s3"],
    remedy: STACK,
    judgeStack: (stack) => [
      ...failedIf(at(backendOf(stack), "use_lockfile") !== true, "its state is not locked by use_lockfile"),
      ...failedIf(
        at(backendOf(stack), "dynamodb_table") !== undefined,
        "its state is locked by DynamoDB, which is deprecated",
      ),
    ],
  },
  {
    id: "LAKE-STATE-02",
    title: "Every state is encrypted with the state key",
    severity: "high",
    level: "error",
    sources: ["https://developer.hashicorp.com/terraform/language/backend/s3"],
    remedy: STACK,
    judgeStack: (stack, { environment, platform }) => [
      ...failedIf(at(backendOf(stack), "encrypt") !== true, "its state is not encrypted"),
      ...failedIf(
        !String(at(backendOf(stack), "kms_key_id")).endsWith(
          `:${environment.accountId}:alias/${platform.name}-${environment.name}-state`,
        ),
        "its state is not encrypted with the environment's state key",
      ),
    ],
  },
  {
    id: "LAKE-STATE-03",
    title: "Every state has an address of its own, made of environment and stack",
    severity: "critical",
    level: "error",
    sources: ["https://developer.hashicorp.com/terraform/language/backend/s3"],
    remedy: STACK,
    judgeStack: (stack, { environment, platform, graph }) => {
      const address = (one: SynthesizedStack) =>
        `${String(at(backendOf(one), "bucket"))}/${String(at(backendOf(one), "key"))}`;
      const { name, accountId } = environment;
      const bucket = `${platform.name}-${name}-state-${accountId}`;
      const key = `${name}/${stack.name}/terraform.tfstate`;
      const twin = graph.stacks.find((other) => other !== stack && address(other) === address(stack));
      return [
        ...failedIf(at(backendOf(stack), "key") !== key, `its state is not at ${key}`),
        ...failedIf(at(backendOf(stack), "bucket") !== bucket, `its state is not in ${bucket}`),
        ...failedIf(twin !== undefined, `its state has the address of ${twin?.name ?? ""}`),
        ...failedIf(at(backendOf(stack), "workspace_key_prefix") !== undefined, "its state has a workspace prefix"),
      ];
    },
  },
  {
    id: "LAKE-STATE-04",
    title: "Neither provider nor backend works in another account",
    severity: "critical",
    level: "error",
    sources: ["https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#allowed_account_ids"],
    remedy: STACK,
    judgeStack: (stack, { environment }) => {
      const isOwn = (ids: unknown) => Array.isArray(ids) && ids.length === 1 && ids[0] === environment.accountId;
      const providers = stack.json.provider?.aws ?? [];
      return [
        ...failedIf(
          providers.length === 0 || !providers.every(({ allowed_account_ids: ids }) => isOwn(ids)),
          "its provider would work in another account",
        ),
        ...failedIf(!isOwn(at(backendOf(stack), "allowed_account_ids")), "its backend would work in another account"),
      ];
    },
  },
  {
    id: "LAKE-STATE-06",
    title: "Everything says which environment it is of, who answers for it and who pays",
    severity: "medium",
    level: "error",
    sources: ["https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html"],
    remedy: "set tags of the environment; the others come from stacks/environment-stack.ts",
    judgeStack: ({ json }) =>
      ["Environment", "Owner", "CostCentre", "ManagedBy"].flatMap((key) =>
        failedIf(
          (json.provider?.aws ?? []).some(({ default_tags: tags }) => {
            const value = at(tags, "tags", key);
            return typeof value !== "string" || value.trim() === "" || value.length > 256;
          }),
          `its provider sets no tag ${key}`,
        ),
      ),
  },
  {
    id: "LAKE-STATE-07",
    title: "Terraform destroys nothing outside of development whose loss loses data",
    severity: "high",
    level: "error",
    stages: ["staging", "production"],
    types: STATEFUL_TYPES,
    sources: ["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
    remedy: "set destroyProtection of the environment, and hand it to the module",
    judge: ({ values }) =>
      failedIf(
        at(values.lifecycle, "prevent_destroy") !== true,
        "prevent_destroy is not set",
        "lifecycle.prevent_destroy",
      ),
  },
];
