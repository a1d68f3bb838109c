import { added, find, type Mutation, set, statement, STREAM_FUNCTIONS } from "./mutation";

const ROLE = "aws_iam_role";
const BUCKET = ["aws_s3_bucket", "bootstrap_state-bucket_"] as const;
const POLICY = ["aws_s3_bucket_policy", "bootstrap_state-bucket_"] as const;
const LIFECYCLE = ["aws_s3_bucket_lifecycle_configuration", "bootstrap_state-bucket_"] as const;
const DEPLOYER = ["aws_iam_policy", "bootstrap_change-services_"] as const;
const MIGRATOR = ["aws_lambda_function", "processing_table-migrator"] as const;
const SETTINGS = ["aws_glue_data_catalog_encryption_settings", "lake_"] as const;

const GITHUB = "token.actions.githubusercontent.com";

interface Trust {
  Condition: Record<string, Record<string, string | string[]>>;
}

/** Changes whom a role of pipelines trusts. */
const trust = (role: string, change: (conditions: Trust["Condition"]) => void) =>
  statement(
    ROLE,
    `bootstrap_${role}_role`,
    "TrustRepository",
    (found) => {
      change((found as unknown as Trust).Condition);
    },
    "assume_role_policy",
  );

const subjects = (role: string, ...names: readonly string[]) =>
  trust(role, ({ StringEquals }) => {
    Object.assign(StringEquals ?? {}, { [`${GITHUB}:sub`]: names });
  });

const ofStates = (what: string, edit: Mutation["edit"]): Mutation => ({
  rule: "LAKE-STATE-11",
  what,
  edit,
  found: BUCKET,
});

const lifecycle =
  (change: (rule: Record<string, unknown>) => void): Mutation["edit"] =>
  (stacks) => {
    const [rule] = find(stacks, ...LIFECYCLE).values.rule as [Record<string, unknown>];
    change(rule);
  };

/** Each weakens what guards states and pipelines, and says which rule notices. */
export const BOOTSTRAP_MUTATIONS: readonly Mutation[] = [
  ...[
    { role: "apply", what: "every branch that deploys", names: ["repo:example/basin:ref:refs/heads/main"] },
    { role: "apply", what: "pull requests that deploy", names: ["repo:example/basin:pull_request"] },
    { role: "apply", what: "another environment that deploys", names: ["repo:example/basin:environment:dev"] },
    { role: "plan", what: "another repository that plans", names: ["repo:somebody/basin:pull_request"] },
    { role: "drift", what: "pull requests that look for drift", names: ["repo:example/basin:pull_request"] },
    { role: "drift", what: "a pattern of branches", names: ["repo:example/basin:ref:refs/heads/*"] },
  ].map(({ role, what, names }): Mutation => ({
    rule: "LAKE-IAM-04",
    what,
    edit: subjects(role, ...names),
    found: [ROLE, `bootstrap_${role}_role`],
  })),
  {
    rule: "LAKE-IAM-04",
    what: "tokens for anybody",
    edit: trust("apply", ({ StringEquals }) => {
      Reflect.deleteProperty(StringEquals ?? {}, `${GITHUB}:aud`);
    }),
    found: [ROLE, "bootstrap_apply_role"],
  },
  {
    rule: "LAKE-IAM-04",
    what: "subjects by pattern",
    edit: trust("plan", (conditions) => {
      const { [`${GITHUB}:sub`]: subject = "", ...rest } = conditions.StringEquals ?? {};
      Object.assign(conditions, { StringEquals: rest, StringLike: { [`${GITHUB}:sub`]: subject } });
    }),
    found: [ROLE, "bootstrap_plan_role"],
  },
  {
    rule: "LAKE-IAM-06",
    what: "a role without its boundary",
    edit: set(ROLE, "lake_catalog-encryption", "permissions_boundary", undefined),
    found: [ROLE, "lake_catalog-encryption"],
  },
  {
    rule: "LAKE-IAM-06",
    what: "a role with another boundary",
    edit: set(ROLE, "lake_catalog-encryption", "permissions_boundary", "arn:aws:iam::aws:policy/AdministratorAccess"),
    found: [ROLE, "lake_catalog-encryption"],
  },
  {
    rule: "LAKE-IAM-02",
    what: "roles that are changed without their boundary",
    edit: statement(...DEPLOYER, "ChangeRoles", (found) => {
      delete found.Condition;
    }),
    found: DEPLOYER,
  },
  {
    rule: "LAKE-IAM-02",
    what: "roles that lose their boundary",
    edit: statement(...DEPLOYER, "ChangeRoles", (found) => {
      found.Action = ["iam:DeleteRolePermissionsBoundary"];
    }),
    found: DEPLOYER,
  },
  ofStates(
    "states of which old versions are soon gone",
    lifecycle((rule) => {
      rule.noncurrent_version_expiration = [{ noncurrent_days: 30 }];
    }),
  ),
  ofStates(
    "states that expire",
    lifecycle((rule) => {
      rule.expiration = [{ days: 365 }];
    }),
  ),
  ofStates("an alias of another key", set("aws_kms_alias", "bootstrap_state-key_", "target_key_id", "elsewhere")),
  ofStates(
    "a policy that refuses what backends write",
    statement(...POLICY, "DenyOtherKey", (found) => {
      const { StringNotEquals: names } = found.Condition as { StringNotEquals: Record<string, string[]> };
      for (const [key, [arn = ""]] of Object.entries(names)) {
        names[key] = [arn];
      }
    }),
  ),
  ofStates("states that others read", statement(...POLICY, "DenyStatesToOthers")),
  ofStates("states that plans write", statement(...POLICY, "DenyStateWrites")),
  ofStates("states that deployments delete", statement(...POLICY, "DenyStateDeletion")),
  {
    rule: "WIRE-IAM-05",
    what: "a role that is passed to another service",
    edit: statement(...DEPLOYER, "PassRoles", (found) => {
      found.Condition = {
        StringEquals: {
          "iam:PassedToService": ["firehose", "glue", "lakeformation"].map((service) => `${service}.amazonaws.com`),
        },
      };
    }),
    found: MIGRATOR,
    also: STREAM_FUNCTIONS,
  },
  {
    rule: "WIRE-IAM-05",
    what: "other roles that are passed",
    edit: statement(...DEPLOYER, "PassRoles", (found) => {
      found.Resource = ["table", "lake", "web"].map((name) => `arn:aws:iam::333333333333:role/basin-prod-${name}-*`);
    }),
    found: SETTINGS,
  },
  {
    rule: "WIRE-IAM-06",
    what: "jobs whose service may have no role",
    edit: (stacks) => {
      added("prod-lake", "aws_emrserverless_application", "jobs", { name: "basin-prod-jobs", type: "spark" })(stacks);
      statement(...DEPLOYER, "MakeServiceLinkedRoles", (found) => {
        found.Condition = { StringEquals: { "iam:AWSServiceName": "kafka.amazonaws.com" } };
      })(stacks);
    },
    found: "aws_emrserverless_application.jobs",
  },
];
