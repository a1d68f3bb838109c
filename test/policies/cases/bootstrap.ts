import { type Case, casesOf, type Resources } from "../../support/cases";

type Statements = readonly object[];

const ACCOUNT = "333333333333";
const ROLES = `arn:aws:iam::${ACCOUNT}:role`;
const GITHUB = "token.actions.githubusercontent.com";
const PROVIDER = { aws_iam_openid_connect_provider: { github: { url: `https://${GITHUB}` } } };

const policy = (...statements: Statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const tokens = (Condition: object, Federated = "${aws_iam_openid_connect_provider.github.arn}") =>
  policy({ Effect: "Allow", Principal: { Federated }, Action: "sts:AssumeRoleWithWebIdentity", Condition });
const of = (sub: unknown, aud: unknown = "sts.amazonaws.com") => ({
  StringEquals: { [`${GITHUB}:aud`]: aud, [`${GITHUB}:sub`]: sub },
});
const role = (name: string, trust: string): Resources => ({
  ...PROVIDER,
  aws_iam_role: { a: { name, assume_role_policy: trust } },
});
const OURS = "repo:example/basin";

const TRUST: Case[] = casesOf(
  "LAKE-IAM-04",
  (
    [
      ["who deploys from the environment", role("basin-prod-apply", tokens(of(`${OURS}:environment:prod`))), "passed"],
      ["who plans pull requests", role("basin-prod-plan", tokens(of([`${OURS}:pull_request`]))), "passed"],
      ["who looks from a branch", role("basin-prod-drift", tokens(of(`${OURS}:ref:refs/heads/main`))), "passed"],
      ["a service", role("a", policy({ Effect: "Allow", Principal: { Service: "glue.amazonaws.com" } })), "passed"],
      [
        "tokens of somebody else",
        role(
          "a",
          tokens(
            { StringLike: { "app.terraform.io:sub": "*" } },
            `arn:aws:iam::${ACCOUNT}:oidc-provider/app.terraform.io`,
          ),
        ),
        "passed",
      ],
      [
        "who deploys from a branch, by the provider's ARN",
        role(
          "basin-prod-apply",
          tokens(of(`${OURS}:ref:refs/heads/main`), `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`),
        ),
        "failed",
      ],
      ["who deploys from any environment", role("basin-prod-apply", tokens(of(`${OURS}:environment:dev`))), "failed"],
      ["another role for pull requests", role("basin-prod-jobs", tokens(of(`${OURS}:pull_request`))), "failed"],
      ["a repository that only begins so", role("basin-prod-plan", tokens(of(`${OURS}-2:pull_request`))), "failed"],
      [
        "one subject of another repository",
        role("basin-prod-plan", tokens(of([`${OURS}:pull_request`, "repo:a/b:pull_request"]))),
        "failed",
      ],
      ["the whole repository", role("basin-prod-plan", tokens(of(`${OURS}:*`))), "failed"],
      [
        "a pattern",
        role(
          "basin-prod-plan",
          tokens({
            StringLike: { [`${GITHUB}:sub`]: `${OURS}:*` },
            StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
          }),
        ),
        "failed",
      ],
      [
        "no subject",
        role("basin-prod-plan", tokens({ StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } })),
        "failed",
      ],
      [
        "a subject if there is one",
        role(
          "basin-prod-plan",
          tokens({
            StringEqualsIfExists: { [`${GITHUB}:sub`]: `${OURS}:pull_request` },
            StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
          }),
        ),
        "failed",
      ],
      [
        "no audience",
        role("basin-prod-plan", tokens({ StringEquals: { [`${GITHUB}:sub`]: `${OURS}:pull_request` } })),
        "failed",
      ],
      [
        "another audience",
        role(
          "basin-prod-plan",
          tokens(of(`${OURS}:pull_request`, ["sts.amazonaws.com", "https://github.com/example"])),
        ),
        "failed",
      ],
      [
        "a provider known by its keys alone",
        role("basin-prod-plan", tokens(of("repo:a/b:pull_request"), "${var.provider}")),
        "failed",
      ],
    ] as const
  ).map(([what, resources, outcome]) => ({ what, resources, outcome })),
);

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/basin-prod-boundary`;
const bounded = (permissions_boundary?: string, more: Resources = {}): Resources => ({
  aws_iam_role: { a: { name: "basin-prod-jobs", permissions_boundary } },
  ...more,
});

const BOUNDARIES: Case[] = casesOf("LAKE-IAM-06", [
  { what: "the boundary by its ARN", resources: bounded(BOUNDARY), outcome: "passed" },
  {
    what: "the boundary by reference",
    resources: bounded("${aws_iam_policy.b.arn}", { aws_iam_policy: { b: { name: "basin-prod-boundary" } } }),
    outcome: "passed",
  },
  { what: "none", resources: bounded(), outcome: "failed" },
  { what: "another environment's", resources: bounded(BOUNDARY.replace("prod", "dev")), outcome: "failed" },
  {
    what: "another policy by reference",
    resources: bounded("${aws_iam_policy.b.arn}", { aws_iam_policy: { b: { name: "basin-prod-wide" } } }),
    outcome: "failed",
  },
  { what: "none in development", resources: bounded(), environment: { stage: "development" }, outcome: "passed" },
]);

const DEPLOYER = { name: "basin-prod-apply", assume_role_policy: "{}" };
const JOBS = { name: "basin-prod-jobs", assume_role_policy: "{}" };
const deploying = (statements: Statements, resources: Resources): Resources => ({
  aws_iam_role: { deployer: DEPLOYER, jobs: JOBS },
  aws_iam_role_policy: { deployer: { role: "${aws_iam_role.deployer.name}", policy: policy(...statements) } },
  ...resources,
});
const pass = (service?: string | readonly string[], Resource = `${ROLES}/basin-prod-*`) => ({
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource,
  ...(service !== undefined && { Condition: { StringEquals: { "iam:PassedToService": service } } }),
});
const CRAWLER: Resources = { aws_glue_crawler: { a: { role: "${aws_iam_role.jobs.arn}" } } };

const PASSING: Case[] = casesOf(
  "WIRE-IAM-05",
  (
    [
      [
        "the service among others",
        deploying([pass(["lambda.amazonaws.com", "glue.amazonaws.com"])], CRAWLER),
        "passed",
      ],
      ["every service", deploying([pass()], CRAWLER), "passed"],
      ["no role that deploys", { ...CRAWLER, aws_iam_role: { jobs: JOBS } }, "passed"],
      ["another service", deploying([pass("lambda.amazonaws.com")], CRAWLER), "failed"],
      ["another role", deploying([pass("glue.amazonaws.com", `${ROLES}/other`)], CRAWLER), "failed"],
      ["nothing", deploying([{ ...pass(), Action: "iam:GetRole" }], CRAWLER), "failed"],
      ["a refusal", deploying([pass(), { ...pass(), Effect: "Deny" }], CRAWLER), "failed"],
      [
        "Airflow, whose second name nobody passes a role to",
        deploying([pass("airflow.amazonaws.com")], {
          aws_mwaa_environment: { a: { execution_role_arn: "${aws_iam_role.jobs.arn}" } },
        }),
        "passed",
      ],
      [
        "a warehouse by its other name",
        deploying([pass("redshift-serverless.amazonaws.com")], {
          aws_redshiftserverless_namespace: { a: { iam_roles: ["${aws_iam_role.jobs.arn}"] } },
        }),
        "passed",
      ],
      [
        "a location of Lake Formation",
        deploying([pass("glue.amazonaws.com")], {
          aws_lakeformation_resource: { a: { role_arn: "${aws_iam_role.jobs.arn}" } },
        }),
        "warning",
      ],
    ] as const
  ).map(([what, resources, outcome]) => ({ what, resources: resources, outcome })),
);

const link = (service?: string, Resource = `${ROLES}/aws-service-role/*`) => ({
  Effect: "Allow",
  Action: "iam:CreateServiceLinkedRole",
  Resource,
  ...(service !== undefined && { Condition: { StringEquals: { "iam:AWSServiceName": service } } }),
});
const AIRFLOW: Resources = { aws_mwaa_environment: { a: {} } };

const LINKED: Case[] = casesOf(
  "WIRE-IAM-06",
  (
    [
      ["the service by its name", deploying([link("airflow.amazonaws.com")], AIRFLOW), "passed"],
      ["every service", deploying([link()], AIRFLOW), "passed"],
      [
        "the service's folder",
        deploying([link(undefined, `${ROLES}/aws-service-role/airflow.amazonaws.com/*`)], AIRFLOW),
        "passed",
      ],
      ["another service", deploying([link("kafka.amazonaws.com")], AIRFLOW), "failed"],
      [
        "another folder",
        deploying([link(undefined, `${ROLES}/aws-service-role/kafka.amazonaws.com/*`)], AIRFLOW),
        "failed",
      ],
      ["no role that deploys", AIRFLOW, "passed"],
      [
        "a role that is made before",
        deploying([pass()], {
          aws_mwaa_environment: { a: { depends_on: ["aws_iam_service_linked_role.a"] } },
          aws_iam_service_linked_role: { a: { aws_service_name: "airflow.amazonaws.com" } },
        }),
        "passed",
      ],
      [
        "a role that is made some time",
        deploying([pass()], {
          ...AIRFLOW,
          aws_iam_service_linked_role: { a: { aws_service_name: "airflow.amazonaws.com" } },
        }),
        "failed",
      ],
      ["a location with a role of ours", deploying([pass()], { aws_lakeformation_resource: { a: {} } }), "passed"],
      [
        "a location without",
        deploying([pass()], { aws_lakeformation_resource: { a: { use_service_linked_role: true } } }),
        "failed",
      ],
      [
        "storage that grows",
        deploying([link("kafka.amazonaws.com")], { aws_appautoscaling_target: { a: { service_namespace: "kafka" } } }),
        "failed",
      ],
      [
        "something else that grows",
        deploying([pass()], { aws_appautoscaling_target: { a: { service_namespace: "lambda" } } }),
        "passed",
      ],
    ] as const
  ).map(([what, resources, outcome]) => ({ what, resources: resources, outcome })),
);

const none = (...roles: readonly string[]) => ({
  ArnNotEquals: { "aws:PrincipalArn": roles.map((one) => `${ROLES}/basin-prod-${one}`) },
});
const deny = (Action: unknown, Condition: object) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource: "${aws_s3_bucket.a.arn}/*",
  Condition,
});
const GUARDS: Statements = [
  deny("s3:*", none("apply", "break-glass", "drift", "plan")),
  deny("s3:PutObject", none("apply", "break-glass")),
  deny(["s3:DeleteObject", "s3:DeleteObjectVersion"], none("break-glass")),
];
const HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const onlyKey = (...names: readonly string[]) =>
  deny("s3:PutObject", { Null: { [HEADER]: "false" }, StringNotEquals: { [HEADER]: names } });
const ALIAS = `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/basin-prod-state`;
const KEY_ARN = "${aws_kms_key.state.arn}";

const states = (statements: Statements, changes: Resources = {}): Resources => ({
  aws_kms_key: { state: {}, other: {} },
  aws_kms_alias: { state: { name: "alias/basin-prod-state", target_key_id: "${aws_kms_key.state.key_id}" } },
  aws_s3_bucket: { a: { bucket: `basin-prod-state-${ACCOUNT}` } },
  aws_s3_bucket_policy: { a: { bucket: "${aws_s3_bucket.a.bucket}", policy: policy(...statements) } },
  aws_s3_bucket_server_side_encryption_configuration: encrypted(KEY_ARN),
  aws_s3_bucket_lifecycle_configuration: kept({ noncurrent_version_expiration: [{ noncurrent_days: 90 }] }),
  ...changes,
});
function encrypted(key: string) {
  const byDefault = { sse_algorithm: "aws:kms", kms_master_key_id: key };
  return { a: { bucket: "${aws_s3_bucket.a.bucket}", rule: [{ apply_server_side_encryption_by_default: byDefault }] } };
}
function kept(rule: object) {
  return {
    a: { bucket: "${aws_s3_bucket.a.bucket}", rule: [{ status: "Enabled", filter: [{ prefix: "" }], ...rule }] },
  };
}

const STATES: Case[] = casesOf(
  "LAKE-STATE-11",
  (
    [
      ["the guards, and the key by both names", states([...GUARDS, onlyKey(KEY_ARN, ALIAS)]), "passed"],
      ["the guards alone", states(GUARDS), "passed"],
      ["another bucket", { aws_s3_bucket: { a: { bucket: "basin-prod-logs-333333333333" } } }, "passed"],
      ["the key by its ARN alone", states([...GUARDS, onlyKey(KEY_ARN)]), "failed"],
      ["readers of the account", states(GUARDS.slice(1)), "failed"],
      ["plans that write", states([...GUARDS.slice(0, 1), ...GUARDS.slice(2)]), "failed"],
      ["deployments that delete", states(GUARDS.slice(0, 2)), "failed"],
      [
        "deployments that delete versions",
        states([...GUARDS.slice(0, 2), deny("s3:DeleteObject", none("break-glass"))]),
        "failed",
      ],
      ["nobody who writes", states([...GUARDS, deny("s3:PutObject", none("break-glass"))]), "failed"],
      [
        "another key",
        states(GUARDS, { aws_s3_bucket_server_side_encryption_configuration: encrypted("${aws_kms_key.other.arn}") }),
        "failed",
      ],
      ["a key without the alias", states(GUARDS, { aws_kms_alias: {} }), "failed"],
      [
        "old versions for a month",
        states(GUARDS, {
          aws_s3_bucket_lifecycle_configuration: kept({ noncurrent_version_expiration: [{ noncurrent_days: 30 }] }),
        }),
        "failed",
      ],
      [
        "states that go to an archive",
        states(GUARDS, {
          aws_s3_bucket_lifecycle_configuration: kept({ transition: [{ days: 30, storage_class: "GLACIER" }] }),
        }),
        "failed",
      ],
      [
        "states that expired, by a rule that is off",
        states(GUARDS, {
          aws_s3_bucket_lifecycle_configuration: kept({ status: "Disabled", expiration: [{ days: 1 }] }),
        }),
        "passed",
      ],
    ] as const
  ).map(([what, resources, outcome]) => ({ what, resources: resources, outcome })),
);

const WIDE = policy({ Effect: "Allow", Action: ["kms:Decrypt", "glue:*", "iam:PassRole"], Resource: "*" });
const ATTACHED = { aws_iam_role_policy_attachment: { a: { policy_arn: "${aws_iam_policy.a.arn}", role: "a" } } };
const boundary = (name: string, more: Resources = {}): Resources => ({
  aws_iam_policy: { a: { name, policy: WIDE } },
  ...more,
});

/** A boundary allows nobody anything: rules on what policies allow leave it alone, while it is one. */
const AS_BOUNDARY: Case[] = ["LAKE-IAM-01", "LAKE-IAM-02", "LAKE-KMS-06"].flatMap((rule) =>
  casesOf(rule, [
    { what: "the boundary", resources: boundary("basin-prod-boundary"), outcome: "passed" },
    { what: "another policy", resources: boundary("basin-prod-wide"), outcome: "failed" },
    {
      what: "the boundary, attached to a role",
      resources: boundary("basin-prod-boundary", ATTACHED),
      outcome: "failed",
    },
  ]),
);

const changing = (Action: string, Condition?: object): Resources => ({
  aws_iam_role_policy: {
    a: {
      policy: policy({ Effect: "Allow", Action, Resource: `${ROLES}/basin-prod-*`, ...(Condition && { Condition }) }),
    },
  },
});
const within = (boundaryArn: string, operator = "StringEquals") => ({
  [operator]: { "iam:PermissionsBoundary": boundaryArn },
});

const BOUNDED: Case[] = casesOf("LAKE-IAM-02", [
  { what: "roles within the boundary", resources: changing("iam:PutRolePolicy", within(BOUNDARY)), outcome: "passed" },
  { what: "roles without", resources: changing("iam:PutRolePolicy"), outcome: "failed" },
  {
    what: "roles within another",
    resources: changing("iam:PutRolePolicy", within(BOUNDARY.replace("prod", "dev"))),
    outcome: "failed",
  },
  {
    what: "roles within the boundary, if they have one",
    resources: changing("iam:PutRolePolicy", within(BOUNDARY, "StringEqualsIfExists")),
    outcome: "failed",
  },
  {
    what: "the boundary taken away",
    resources: changing("iam:DeleteRolePermissionsBoundary", within(BOUNDARY)),
    outcome: "failed",
  },
]);

const decrypting = (Condition?: object): Resources => ({
  aws_iam_role_policy: {
    a: {
      policy: policy({
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/*`,
        ...(Condition && { Condition }),
      }),
    },
  },
});
const called = (alias: string) => ({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } });

const ALIASES: Case[] = casesOf("LAKE-KMS-06", [
  { what: "keys with an alias", resources: decrypting(called("alias/basin-prod-data")), outcome: "passed" },
  { what: "keys with any alias", resources: decrypting(called("*")), outcome: "failed" },
  { what: "keys with or without", resources: decrypting(), outcome: "failed" },
]);

export const BOOTSTRAP_CASES: readonly Case[] = [
  ...AS_BOUNDARY,
  ...BOUNDED,
  ...ALIASES,
  ...TRUST,
  ...BOUNDARIES,
  ...PASSING,
  ...LINKED,
  ...STATES,
];
