import type { SynthesizedStack } from "../graph";
import { leavesIn } from "../leaves";
import { at, failedIf, type Rule } from "../rule";
import { STATEFUL_TYPES } from "../stateful-types";

/** Where the provider of AWS comes from, in full and in short. */
const AWS_PROVIDERS: readonly string[] = ["aws", "hashicorp/aws", "registry.terraform.io/hashicorp/aws"];

/** Attributes, arguments of jobs and variables of programs that hold a secret; tokens of other kinds only make calls unique. */
const SECRET_NAME =
  /(?:^|[_-])(?:api_key|password|passwd|private_key|secret_access_key|secret_key|secret_string)(?:_wo)?$|^(?:client_)?secret$|^(?:(?:access|auth|bearer|oauth|refresh)_)?token$/i;

/** What a secret is called where it is kept, "basin/prod/kafka": a path in lower case, which secrets that are made up rarely are. */
const PATH = /^[a-z][a-z0-9._-]*(\/[a-z][a-z0-9._-]*)+$/;

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
  {
    id: "LAKE-STATE-05",
    title: "Versions of Terraform and of providers are pinned",
    severity: "medium",
    level: "warning",
    sources: ["https://developer.hashicorp.com/terraform/language/expressions/version-constraints"],
    remedy: "leave terraformVersion to environments/platform.ts, and the provider's to its npm package",
    judgeStack: ({ json: { terraform } }) => {
      const providers = Object.entries(at(terraform, "required_providers") ?? {});
      const pins = [
        ["Terraform", at(terraform, "required_version")],
        ...providers.map(([name, provider]) => [name, at(provider, "version")]),
      ];
      return pins.flatMap(([name, version]) =>
        failedIf(
          typeof version !== "string" || !/\d/.test(version) || /(^|[^~])>|!/.test(version),
          `it takes any newer version of ${String(name)}`,
        ),
      );
    },
  },
  {
    id: "LAKE-STATE-09",
    title: "A plan runs no program but Terraform and the provider of AWS",
    severity: "high",
    level: "error",
    external: { checkov: ["CKV2_AWS_36"], trivy: ["AVD-AWS-0134"] },
    sources: [
      "https://www.runatlantis.io/docs/security",
      "https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax",
    ],
    remedy: "do it in a service of AWS, or in a step of the pipeline that people review",
    judgeStack: ({ json }) => {
      const required = Object.entries(at(json.terraform, "required_providers") ?? {}).map(
        ([name, provider]): [string, unknown] => [name, at(provider, "source")],
      );
      const others = [
        ...required.filter(([, source]) => !AWS_PROVIDERS.includes(String(source))).map(([name]) => name),
        ...Object.keys(json.provider ?? {}).filter((name) => name !== "aws"),
      ];
      const provisioned = Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
        Object.entries(byId).flatMap(([id, { provisioner }]) => (provisioner === undefined ? [] : `${type}.${id}`)),
      );
      return [
        ...failedIf(others.length > 0, `it has other providers: ${[...new Set(others)].join(", ")}`),
        ...failedIf(provisioned.length > 0, `there are provisioners in ${provisioned.join(", ")}`),
        ...["external", "http"].flatMap((type) =>
          failedIf(json.data?.[type] !== undefined, `it has data sources of the type ${type}`),
        ),
      ];
    },
  },
  {
    id: "LAKE-STATE-10",
    title: "No password and no other secret is written in a resource",
    severity: "critical",
    level: "error",
    types: "all",
    external: { checkov: ["CKV_SECRET_6"] },
    sources: ["https://developer.hashicorp.com/terraform/language/manage-sensitive-data"],
    remedy: "have the service make it and keep it (manage_master_password and the like), or refer to where it is kept",
    judge: ({ type, values }) =>
      leavesIn(values).flatMap(({ path, value, isKey }) => {
        const name = path.at(-1) ?? "";
        const isSecret =
          SECRET_NAME.test(name) ||
          (type === "aws_ssm_parameter" && values.type === "SecureString" && /^value(_wo)?$/.test(name));
        if (isKey || !isSecret || typeof value !== "string" || value === "") {
          return [];
        }
        const isElsewhere = /\$\{|^arn:/.test(value) || (/secret$/i.test(name) && PATH.test(value));
        return failedIf(!isElsewhere, `${name} is written in it`, path.join("."));
      }),
  },
];
