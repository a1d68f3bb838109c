import { type Case, casesOf, type Resources } from "../../support/cases";

type Statements = readonly object[];

const policy = (...statements: Statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trusting = (...services: readonly string[]) =>
  policy({ Effect: "Allow", Principal: { Service: services }, Action: "sts:AssumeRole" });

const JOBS = { name: "jobs", assume_role_policy: trusting("glue.amazonaws.com") };
const JOBS_ARN = "arn:aws:iam::333333333333:role/jobs";

const naming = (...principals: readonly string[]) => ({
  policy: policy({ Effect: "Allow", Principal: { AWS: principals }, Action: "s3:GetObject", Resource: "*" }),
});

const PRINCIPALS: Case[] = casesOf("WIRE-IAM-02", [
  {
    what: "a reference to a role of the same stack",
    resources: { aws_iam_role: { jobs: JOBS }, aws_s3_bucket_policy: { a: naming("${aws_iam_role.jobs.arn}") } },
    outcome: "passed",
  },
  {
    what: "an ARN that depends on its role",
    resources: {
      aws_iam_role: { jobs: JOBS },
      aws_s3_bucket_policy: { a: { ...naming(JOBS_ARN), depends_on: ["aws_iam_role.jobs"] } },
    },
    outcome: "passed",
  },
  {
    what: "an ARN that is written out beside its role",
    resources: { aws_iam_role: { jobs: JOBS }, aws_s3_bucket_policy: { a: naming(JOBS_ARN) } },
    outcome: "failed",
  },
  {
    what: "an ARN that is written out, of a role with a path",
    resources: {
      aws_iam_role: { jobs: { ...JOBS, path: "/team/" } },
      aws_s3_bucket_policy: { a: naming("arn:aws:iam::333333333333:role/team/jobs") },
    },
    outcome: "failed",
  },
  {
    what: "an ARN of a role of an earlier stack",
    resources: [{ aws_iam_role: { jobs: JOBS } }, { aws_sqs_queue: { a: naming("*", JOBS_ARN) } }],
    outcome: "passed",
  },
  {
    what: "a reference to a role of a later stack",
    resources: [{ aws_kms_key: { a: naming("${aws_iam_role.jobs.arn}") } }, { aws_iam_role: { jobs: JOBS } }],
    outcome: "failed",
  },
  {
    what: "a user beside it, by reference",
    resources: { aws_iam_user: { a: { name: "a" } }, aws_kms_key_policy: { a: naming("${aws_iam_user.a.arn}") } },
    outcome: "passed",
  },
  {
    what: "a role that trusts itself",
    resources: {
      aws_iam_role: {
        jobs: {
          name: "jobs",
          assume_role_policy: policy({ Effect: "Allow", Principal: { AWS: JOBS_ARN }, Action: "sts:AssumeRole" }),
        },
      },
    },
    outcome: "failed",
  },
  {
    what: "the account, its root, another account's role, a service",
    resources: {
      aws_sns_topic_policy: {
        a: naming("333333333333", "arn:aws:iam::333333333333:root", "arn:aws:iam::999999999999:role/jobs"),
        b: { policy: policy({ Effect: "Allow", Principal: { Service: "events.amazonaws.com" } }) },
      },
    },
    outcome: "passed",
  },
  {
    what: "a role in a condition",
    resources: {
      aws_s3_bucket_policy: {
        a: {
          policy: policy({
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: "*",
            Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::333333333333:role/nobody" } },
          }),
        },
      },
    },
    outcome: "passed",
  },
  {
    what: "a role of the environment's consumers",
    resources: { aws_lakeformation_permissions: { a: { principal: "arn:aws:iam::333333333333:role/analysts" } } },
    outcome: "passed",
  },
  {
    what: "a role of the environment's consumers, behind its path",
    resources: { aws_lakeformation_permissions: { a: { principal: "arn:aws:iam::333333333333:role/teams/analysts" } } },
    environment: { consumers: { analysts: { kind: "iam-role", roleName: "teams/analysts" } } },
    outcome: "passed",
  },
  {
    what: "a role that is called as that of a consumer, behind another path",
    resources: { aws_lakeformation_permissions: { a: { principal: "arn:aws:iam::333333333333:role/teams/analysts" } } },
    outcome: "warning",
  },
  {
    what: "a role that is granted something by reference",
    resources: {
      aws_lakeformation_permissions: { a: { principal: "${aws_iam_role.r.arn}" } },
      aws_iam_role: { r: { name: "job" } },
    },
    outcome: "passed",
  },
  {
    what: "a role that is granted something by its name",
    resources: {
      aws_lakeformation_permissions: { a: { principal: "arn:aws:iam::333333333333:role/job" } },
      aws_iam_role: { r: { name: "job" } },
    },
    outcome: "failed",
  },
  {
    what: "a role of a later stack that may look into the lake",
    resources: [
      {
        aws_lakeformation_data_lake_settings: {
          a: { read_only_admins: ["arn:aws:iam::333333333333:role/auditor"] },
        },
      },
      { aws_iam_role: { r: { name: "auditor" } } },
    ],
    outcome: "failed",
  },
  {
    what: "a role of the bootstrap",
    resources: {
      aws_lakeformation_data_lake_settings: { a: { admins: ["arn:aws:iam::333333333333:role/basin-prod-apply"] } },
    },
    outcome: "passed",
  },
  {
    what: "a role that is named as ours are, and that nobody declares",
    resources: {
      aws_lakeformation_data_lake_settings: { a: { admins: ["arn:aws:iam::333333333333:role/basin-prod-jobs"] } },
    },
    outcome: "warning",
  },
  {
    what: "an administrator that nobody declares",
    resources: {
      aws_lakeformation_data_lake_settings: { a: { admins: ["arn:aws:iam::333333333333:role/admin"] } },
    },
    outcome: "warning",
  },
  {
    what: "a principal of Lake Formation that is no role",
    resources: { aws_lakeformation_permissions: { a: { principal: "IAM_ALLOWED_PRINCIPALS" } } },
    outcome: "passed",
  },
  {
    what: "a role that is refused unless it is one",
    resources: {
      aws_secretsmanager_secret_policy: {
        a: {
          policy: policy({
            Effect: "Deny",
            NotPrincipal: { AWS: "arn:aws:iam::333333333333:role/nobody" },
            Action: "*",
            Resource: "*",
          }),
        },
      },
    },
    outcome: "warning",
  },
  {
    what: "a role that data knows",
    resources: { aws_s3_bucket_policy: { a: naming("${data.aws_iam_role.deploy.arn}") } },
    outcome: "passed",
  },
  {
    what: "an account that data knows",
    resources: {
      aws_s3_bucket_policy: { a: naming("arn:aws:iam::${data.aws_caller_identity.own.account_id}:root") },
    },
    outcome: "passed",
  },
  {
    what: "a role of a list",
    resources: { aws_s3_bucket_policy: { a: naming("${element([local.reader, local.writer], 0)}") } },
    outcome: "unknown",
  },
  {
    what: "a role whose name data knows",
    resources: { aws_s3_bucket_policy: { a: naming("arn:aws:iam::333333333333:role/${data.external.a.result}") } },
    outcome: "unknown",
  },
  {
    what: "what another resource of ours stands for",
    resources: {
      aws_cloudfront_origin_access_identity: { a: {} },
      aws_s3_bucket_policy: { a: naming("${aws_cloudfront_origin_access_identity.a.iam_arn}") },
    },
    outcome: "passed",
  },
  {
    what: "roles of IAM Identity Center and of services",
    resources: {
      aws_lakeformation_data_lake_settings: {
        a: {
          admins: [
            "arn:aws:iam::333333333333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
            "arn:aws:iam::333333333333:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift",
          ],
        },
      },
    },
    outcome: "passed",
  },
  {
    what: "a role of the bootstrap with a path",
    resources: {
      aws_lakeformation_data_lake_settings: { a: { admins: ["arn:aws:iam::333333333333:role/ci/basin-prod-apply"] } },
    },
    outcome: "passed",
  },
  {
    what: "a role whose path alone is like the bootstrap's",
    resources: {
      aws_lakeformation_data_lake_settings: { a: { admins: ["arn:aws:iam::333333333333:role/basin-prod-ci/admin"] } },
    },
    outcome: "warning",
  },
  {
    what: "an ARN of a role that a function names",
    resources: {
      aws_iam_role: { jobs: JOBS },
      aws_s3_bucket_policy: { a: { ...naming(JOBS_ARN), bucket: "${lower(aws_iam_role.jobs.name)}" } },
    },
    outcome: "passed",
  },
  {
    what: "an ARN of a role that is named within braces",
    resources: {
      aws_iam_role: { jobs: JOBS },
      aws_secretsmanager_secret_policy: {
        a: { ...naming(JOBS_ARN), secret_arn: "${jsonencode({ of = { role = aws_iam_role.jobs.arn } })}" },
      },
    },
    outcome: "passed",
  },
  {
    what: "an ARN of a role that a function would name, were it not escaped",
    resources: {
      aws_iam_role: { jobs: JOBS },
      aws_s3_bucket_policy: { a: { ...naming(JOBS_ARN), bucket: "$${lower(aws_iam_role.jobs.name)}" } },
    },
    outcome: "failed",
  },
]);

const withRole = (trust: string, user: Resources): Resources => ({
  aws_iam_role: { a: { name: "a", assume_role_policy: trust } },
  ...user,
});

const JOB: Resources = { aws_glue_job: { a: { role_arn: "${aws_iam_role.a.arn}" } } };
const AIRFLOW: Resources = { aws_mwaa_environment: { a: { execution_role_arn: "${aws_iam_role.a.arn}" } } };

const conditioned = (condition: object) =>
  policy({
    Effect: "Allow",
    Principal: { Service: "glue.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: condition,
  });

const LOCATION: Resources = { aws_lakeformation_resource: { a: { role_arn: "${aws_iam_role.a.arn}" } } };

const TRUSTS: Case[] = casesOf("WIRE-IAM-03", [
  { what: "a role of the service", resources: withRole(trusting("glue.amazonaws.com"), JOB), outcome: "passed" },
  { what: "a role of another service", resources: withRole(trusting("lambda.amazonaws.com"), JOB), outcome: "failed" },
  {
    what: "a role of several services",
    resources: withRole(trusting("lambda.amazonaws.com", "glue.amazonaws.com"), JOB),
    outcome: "passed",
  },
  {
    what: "a role by its name",
    resources: withRole(trusting("lambda.amazonaws.com"), { aws_glue_crawler: { a: { role: "a" } } }),
    outcome: "failed",
  },
  {
    what: "a role by its ARN",
    resources: withRole(trusting("lambda.amazonaws.com"), {
      aws_sfn_state_machine: { a: { role_arn: "arn:aws:iam::333333333333:role/a" } },
    }),
    outcome: "failed",
  },
  {
    what: "a role that is not declared",
    resources: { aws_glue_job: { a: { role_arn: "arn:aws:iam::333333333333:role/other" } } },
    outcome: "passed",
  },
  {
    what: "a role in a block of a block",
    resources: withRole(trusting("lambda.amazonaws.com"), {
      aws_kinesis_firehose_delivery_stream: {
        a: { iceberg_configuration: { s3_configuration: [{ role_arn: "${aws_iam_role.a.arn}" }] } },
      },
    }),
    outcome: "failed",
  },
  {
    what: "one role of a list",
    resources: withRole(trusting("lambda.amazonaws.com"), {
      aws_redshiftserverless_namespace: { a: { iam_roles: ["${aws_iam_role.a.arn}"] } },
    }),
    outcome: "failed",
  },
  {
    what: "Redshift alone",
    resources: withRole(trusting("redshift.amazonaws.com"), {
      aws_redshiftserverless_namespace: { a: { iam_roles: ["${aws_iam_role.a.arn}"] } },
    }),
    outcome: "passed",
  },
  { what: "one of two services", resources: withRole(trusting("airflow.amazonaws.com"), AIRFLOW), outcome: "failed" },
  {
    what: "both of two services",
    resources: withRole(trusting("airflow-env.amazonaws.com", "airflow.amazonaws.com"), AIRFLOW),
    outcome: "passed",
  },
  {
    what: "a service with its region",
    resources: withRole(trusting("states.eu-west-1.amazonaws.com"), {
      aws_sfn_state_machine: { a: { role_arn: "${aws_iam_role.a.arn}" } },
    }),
    outcome: "passed",
  },
  {
    what: "a service with another region",
    resources: withRole(trusting("states.us-east-1.amazonaws.com"), {
      aws_sfn_state_machine: { a: { role_arn: "${aws_iam_role.a.arn}" } },
    }),
    outcome: "failed",
  },
  {
    what: "a source in this account",
    resources: withRole(
      conditioned({ ArnLike: { "aws:SourceArn": "arn:aws:glue:eu-west-1:333333333333:job/*" } }),
      JOB,
    ),
    outcome: "passed",
  },
  {
    what: "a source in another region",
    resources: withRole(conditioned({ ArnLike: { "aws:SourceArn": "arn:aws:glue:us-east-1:333333333333:*" } }), JOB),
    outcome: "failed",
  },
  {
    what: "one source of two in this account",
    resources: withRole(
      conditioned({ ArnLike: { "aws:SourceArn": ["arn:aws:glue:*:999999999999:*", "arn:aws:glue:*:333333333333:*"] } }),
      JOB,
    ),
    outcome: "passed",
  },
  {
    what: "a service that is refused elsewhere",
    resources: withRole(
      policy(
        { Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" },
        { Effect: "Deny", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:*" },
      ),
      JOB,
    ),
    outcome: "failed",
  },
  {
    what: "a location of Lake Formation with a role of Glue",
    resources: withRole(trusting("glue.amazonaws.com"), LOCATION),
    outcome: "failed",
  },
  {
    what: "a location of Lake Formation with a role of its own",
    resources: withRole(trusting("lakeformation.amazonaws.com"), LOCATION),
    outcome: "passed",
  },
  {
    what: "a flow log without a role",
    resources: { aws_flow_log: { a: { log_destination_type: "s3" } } },
    outcome: "passed",
  },
]);

const ofRole = (...statements: Statements): Resources => ({
  aws_iam_role_policy: { a: { policy: policy(...statements) } },
});
const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" };
const OF_KEY = { Effect: "Allow", Principal: { AWS: "333333333333" }, Action: "kms:*", Resource: "*" };

const GRAMMAR: Case[] = casesOf("WIRE-IAM-04", [
  { what: "a good policy", resources: ofRole({ Sid: "Read1", ...READ }), outcome: "passed" },
  { what: "no policy where none is needed", resources: { aws_sns_topic: { a: {} } }, outcome: "passed" },
  {
    what: "a single statement that is no list",
    resources: { aws_iam_policy: { a: { policy: JSON.stringify({ Version: "2012-10-17", Statement: READ }) } } },
    outcome: "passed",
  },
  ...["aws_s3_bucket_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy", "aws_vpc_endpoint", "aws_iam_policy"].map(
    (type) => ({
      what: `${type} that is no JSON`,
      resources: { [type]: { a: { policy: "Allow" } } },
      outcome: "failed" as const,
    }),
  ),
  { what: "an empty text", resources: { aws_sns_topic_policy: { a: { policy: "" } } }, outcome: "failed" },
  { what: "a list", resources: { aws_iam_policy: { a: { policy: "[]" } } }, outcome: "failed" },
  { what: "an object that is no JSON text", resources: { aws_iam_policy: { a: { policy: {} } } }, outcome: "failed" },
  { what: "no statement", resources: ofRole(), outcome: "failed" },
  {
    what: "a resource that is no text",
    resources: ofRole({ ...READ, Resource: { arn: "arn:aws:s3:::a/*" } }),
    outcome: "failed",
  },
  {
    what: "the old version",
    resources: { aws_iam_policy: { a: { policy: JSON.stringify({ Version: "2008-10-17", Statement: [READ] }) } } },
    outcome: "warning",
  },
  {
    what: "no version, which is the old one",
    resources: { aws_iam_policy: { a: { policy: JSON.stringify({ Statement: [READ] }) } } },
    outcome: "warning",
  },
  {
    what: "a version that there is not",
    resources: { aws_iam_policy: { a: { policy: JSON.stringify({ Version: "2012-10-18", Statement: [READ] }) } } },
    outcome: "failed",
  },
  {
    what: "a policy of a data source",
    resources: { aws_iam_policy: { a: { policy: "${data.aws_iam_policy_document.a.json}" } } },
    outcome: "unknown",
  },
  {
    what: "a policy that Terraform puts together",
    resources: { aws_iam_policy: { a: { policy: '${jsonencode({ Version = "2012-10-17" })}' } } },
    outcome: "unknown",
  },
  { what: "an effect in lower case", resources: ofRole({ ...READ, Effect: "allow" }), outcome: "failed" },
  { what: "no action", resources: ofRole({ Effect: "Allow", Resource: "*" }), outcome: "failed" },
  { what: "action and its opposite", resources: ofRole({ ...READ, NotAction: "s3:PutObject" }), outcome: "failed" },
  { what: "a wildcard for services", resources: ofRole({ ...READ, Action: "s*:GetObject" }), outcome: "failed" },
  { what: "every action", resources: ofRole({ ...READ, Action: "*" }), outcome: "passed" },
  { what: "a Sid with a hyphen", resources: ofRole({ ...READ, Sid: "read-raw" }), outcome: "failed" },
  { what: "two of one Sid", resources: ofRole({ ...READ, Sid: "A" }, { ...READ, Sid: "A" }), outcome: "failed" },
  { what: "two without a Sid", resources: ofRole(READ, READ), outcome: "passed" },
  { what: "no resource", resources: ofRole({ Effect: "Allow", Action: "s3:*" }), outcome: "failed" },
  {
    what: "everything but a resource",
    resources: ofRole({ Effect: "Deny", Action: "s3:*", NotResource: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"] }),
    outcome: "passed",
  },
  { what: "a bucket's name", resources: ofRole({ ...READ, Resource: "a/*" }), outcome: "failed" },
  {
    what: "a bucket's name by reference",
    resources: { ...ofRole({ ...READ, Resource: "${aws_s3_bucket.a.id}" }), aws_s3_bucket: { a: { bucket: "a" } } },
    outcome: "failed",
  },
  {
    what: "a key's id by reference",
    resources: { ...ofRole({ ...READ, Resource: "${aws_kms_key.a.key_id}" }), aws_kms_key: { a: {} } },
    outcome: "failed",
  },
  {
    what: "a key's ARN by reference",
    resources: { ...ofRole({ ...READ, Resource: ["*", "${aws_kms_key.a.arn}"] }), aws_kms_key: { a: {} } },
    outcome: "passed",
  },
  {
    what: "a variable of IAM in an ARN",
    resources: ofRole({ ...READ, Resource: "arn:aws:s3:::a/$${aws:username}/*" }),
    outcome: "passed",
  },
  {
    what: "an inline policy of a role",
    resources: {
      aws_iam_role: {
        a: { assume_role_policy: trusting("glue.amazonaws.com"), inline_policy: [{ name: "a", policy: policy() }] },
      },
    },
    outcome: "failed",
  },
  {
    what: "a trust in other services' actions",
    resources: {
      aws_iam_role: {
        a: {
          assume_role_policy: policy({
            Effect: "Allow",
            Principal: { Service: "glue.amazonaws.com" },
            Action: ["sts:AssumeRole", "glue:StartJobRun"],
          }),
        },
      },
    },
    outcome: "failed",
  },
  {
    what: "a Sid with spaces in a trust",
    resources: {
      aws_iam_role: {
        a: {
          assume_role_policy: policy({
            Sid: "Trust Glue",
            Effect: "Allow",
            Principal: { Service: "glue.amazonaws.com" },
            Action: "sts:AssumeRole",
          }),
        },
      },
    },
    outcome: "warning",
  },
  {
    what: "what another configuration has put out",
    resources: ofRole({ ...READ, Resource: "${data.terraform_remote_state.other.outputs.bucket}" }),
    outcome: "passed",
  },
  {
    what: "a trust in nobody",
    resources: { aws_iam_role: { a: { assume_role_policy: policy({ Effect: "Allow", Action: "sts:AssumeRole" }) } } },
    outcome: "failed",
  },
  { what: "a key", resources: { aws_kms_key: { a: { policy: policy(OF_KEY) } } }, outcome: "passed" },
  {
    what: "a Sid with spaces on a key",
    resources: { aws_kms_key: { a: { policy: policy({ ...OF_KEY, Sid: "Use of the key by Zoë" }) } } },
    outcome: "passed",
  },
  {
    what: "a character beyond Latin-1, escaped",
    resources: {
      aws_kms_key_policy: { a: { policy: policy({ ...OF_KEY, Sid: "DASH" }).replace("DASH", String.raw`\u2014`) } },
    },
    outcome: "failed",
  },
  {
    what: "a key's statement without a resource",
    resources: { aws_kms_key: { a: { policy: policy({ ...OF_KEY, Resource: undefined }) } } },
    outcome: "failed",
  },
  {
    what: "a bucket's statement without a principal",
    resources: { aws_s3_bucket_policy: { a: { policy: policy(READ) } } },
    outcome: "failed",
  },
  {
    what: "a bucket's statement without a resource",
    resources: {
      aws_s3_bucket_policy: {
        a: {
          policy: policy({ ...READ, Principal: "*" }, { Effect: "Deny", Principal: "*", Action: "s3:PutBucketAcl" }),
        },
      },
    },
    outcome: "failed",
  },
  {
    what: "a bucket's statement on all but some",
    resources: {
      aws_s3_bucket_policy: {
        a: { policy: policy({ ...READ, Resource: undefined, NotResource: READ.Resource, Principal: "*" }) },
      },
    },
    outcome: "passed",
  },
  {
    what: "a topic's statement without a resource, which AWS may take",
    resources: {
      aws_sns_topic_policy: { a: { policy: policy({ Effect: "Deny", Principal: "*", Action: "sns:Publish" }) } },
    },
    outcome: "passed",
  },
  {
    what: "two of one Sid on a bucket",
    resources: {
      aws_s3_bucket_policy: {
        a: { policy: policy({ ...READ, Principal: "*", Sid: "a b" }, { ...READ, Principal: "*", Sid: "a b" }) },
      },
    },
    outcome: "warning",
  },
]);

const PROVIDER = { provider: { aws: [{ default_tags: [{ tags: { Owner: "data" } }] }, { alias: "other" }] } };

const TAGS: Case[] = casesOf("WIRE-IAM-07", [
  { what: "other keys", resources: { aws_iam_role: { a: { tags: { Name: "a" } } } }, outcome: "passed" },
  { what: "the same key", resources: { aws_iam_role: { a: { tags: { Owner: "me" } } } }, outcome: "passed" },
  {
    what: "a role's key in another case",
    resources: { aws_iam_role: { a: { tags: { owner: "me" } } } },
    outcome: "failed",
  },
  {
    what: "a role's own keys",
    resources: { aws_iam_role: { a: { tags: { Name: "a", NAME: "b" } } } },
    outcome: "failed",
  },
  {
    what: "a bucket's key in another case",
    resources: { aws_s3_bucket: { a: { tags: { owner: "me" } } } },
    outcome: "warning",
  },
  {
    what: "an object without the provider's tags",
    resources: {
      aws_s3_object: { a: { tags: { owner: "me" }, override_provider: { default_tags: { tags: {} } } } },
    },
    outcome: "passed",
  },
  {
    what: "another provider",
    resources: { aws_iam_role: { a: { tags: { owner: "me" }, provider: "aws.other" } } },
    outcome: "passed",
  },
  {
    what: "a role without tags under a provider with two cases",
    resources: { aws_iam_role: { a: {} } },
    json: { provider: { aws: [{ default_tags: { tags: { Owner: "a", owner: "b" } } }] } },
    outcome: "failed",
  },
]).map((one) => ({ json: PROVIDER, ...one }));

const attached = (type: string, role: unknown, arn: string): Resources => ({
  [type]: { a: { [type === "aws_iam_policy_attachment" ? "roles" : "role"]: role, policy_arn: arn } },
});

const OWNERS: Case[] = casesOf("WIRE-IAM-08", [
  {
    what: "a role with policies beside it",
    resources: { aws_iam_role: { a: JOBS }, aws_iam_role_policy: { a: { role: "${aws_iam_role.a.name}" } } },
    outcome: "passed",
  },
  {
    what: "a role with a policy in it and one attached",
    resources: {
      aws_iam_role: { a: { ...JOBS, inline_policy: [{ name: "a" }] } },
      ...attached("aws_iam_role_policy_attachment", "${aws_iam_role.a.name}", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    },
    outcome: "passed",
  },
  {
    what: "a role with policies attached in two ways",
    resources: {
      aws_iam_role: { a: { ...JOBS, managed_policy_arns: [] } },
      ...attached("aws_iam_role_policy_attachment", "${aws_iam_role.a.name}", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    },
    outcome: "failed",
  },
  {
    what: "a role's policy in another stack",
    resources: [
      { aws_iam_role: { a: { ...JOBS, inline_policy: [] } } },
      { aws_iam_role_policy: { a: { role: "${aws_iam_role.a.id}" } } },
    ],
    outcome: "failed",
  },
  {
    what: "an attachment of our policy that takes it from nobody we know",
    resources: attached("aws_iam_policy_attachment", ["a"], "${aws_iam_policy.a.arn}"),
    outcome: "warning",
  },
  {
    what: "an attachment that takes it from another role",
    resources: {
      aws_iam_policy: { a: {} },
      ...attached("aws_iam_policy_attachment", ["a"], "${aws_iam_policy.a.arn}"),
      ...attached("aws_iam_role_policy_attachment", "b", "${aws_iam_policy.a.arn}"),
    },
    outcome: "failed",
  },
  {
    what: "an attachment of a policy of AWS",
    resources: attached("aws_iam_policy_attachment", ["a"], "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    outcome: "failed",
  },
  {
    what: "two roles with a policy of AWS",
    resources: {
      aws_iam_role_policy_attachment: {
        a: { role: "a", policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
        b: { role: "b", policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      },
    },
    outcome: "passed",
  },
  {
    what: "a group with rules in it alone",
    resources: { aws_security_group: { a: { ingress: [] } } },
    outcome: "passed",
  },
  {
    what: "a group with a rule of the old kind beside it",
    resources: {
      aws_security_group: { a: { ingress: [] } },
      aws_security_group_rule: { a: { security_group_id: "${aws_security_group.a.id}", type: "ingress" } },
    },
    outcome: "failed",
  },
  {
    what: "a group with rules in it, and rules of both kinds for the other direction",
    resources: {
      aws_security_group: { a: { ingress: [] } },
      aws_security_group_rule: { a: { security_group_id: "${aws_security_group.a.id}", type: "egress" } },
      aws_vpc_security_group_egress_rule: { a: { security_group_id: "${aws_security_group.a.id}" } },
    },
    outcome: "passed",
  },
  {
    what: "a group with rules in it, and a rule beside it of which the direction is not known",
    resources: {
      aws_security_group: { a: { ingress: [] } },
      aws_security_group_rule: { a: { security_group_id: "${aws_security_group.a.id}", type: "${local.direction}" } },
    },
    outcome: "failed",
  },
  {
    what: "a group with rules in it for both directions, and one beside it",
    resources: {
      aws_security_group: { a: { ingress: [], egress: [] } },
      aws_vpc_security_group_egress_rule: { a: { security_group_id: "${aws_security_group.a.id}" } },
    },
    outcome: "failed",
  },
  {
    what: "the default group of a VPC",
    resources: {
      aws_default_security_group: { a: { vpc_id: "vpc-1" } },
      aws_vpc_security_group_ingress_rule: { a: { security_group_id: "${aws_default_security_group.a.id}" } },
    },
    outcome: "failed",
  },
  {
    what: "Redshift's roles in two ways",
    resources: {
      aws_redshift_cluster: { a: { iam_roles: ["a"] } },
      aws_redshift_cluster_iam_roles: { a: { cluster_identifier: "${aws_redshift_cluster.a.cluster_identifier}" } },
    },
    outcome: "warning",
  },
  {
    what: "a queue with a policy and a redrive policy, each once",
    resources: {
      aws_sqs_queue: { a: { name: "a", redrive_policy: "{}" } },
      aws_sqs_queue_policy: { a: { queue_url: "${aws_sqs_queue.a.url}" } },
    },
    outcome: "passed",
  },
  {
    what: "a stream's policy from two resources",
    resources: {
      aws_kinesis_stream: { a: { name: "a" } },
      aws_kinesis_resource_policy: {
        a: { resource_arn: "${aws_kinesis_stream.a.arn}" },
        b: { resource_arn: "${aws_kinesis_stream.a.arn}" },
      },
    },
    outcome: "failed",
  },
  {
    what: "policies of two streams",
    resources: {
      aws_kinesis_stream: { a: { name: "a" }, b: { name: "b" } },
      aws_kinesis_resource_policy: {
        a: { resource_arn: "${aws_kinesis_stream.a.arn}" },
        b: { resource_arn: "${aws_kinesis_stream.b.arn}" },
      },
    },
    outcome: "passed",
  },
  {
    what: "a queue's redrive policy twice",
    resources: {
      aws_sqs_queue: { a: { name: "a", redrive_policy: "{}" } },
      aws_sqs_queue_redrive_policy: { a: { queue_url: "${aws_sqs_queue.a.id}" } },
    },
    outcome: "failed",
  },
  {
    what: "two lists of secrets of one cluster",
    resources: {
      aws_msk_scram_secret_association: {
        a: { cluster_arn: "${aws_msk_cluster.a.arn}" },
        b: { cluster_arn: "${aws_msk_cluster.a.arn}" },
      },
    },
    outcome: "failed",
  },
  {
    what: "lists of secrets of two clusters",
    resources: {
      aws_msk_cluster: { a: {}, b: {} },
      aws_msk_scram_secret_association: {
        a: { cluster_arn: "${aws_msk_cluster.a.arn}" },
        b: { cluster_arn: "${aws_msk_cluster.b.arn}" },
      },
    },
    outcome: "passed",
  },
]);

/** Roles, those who may use them, and policies as they are written. */
export const IAM_WIRING_CASES: readonly Case[] = [...PRINCIPALS, ...TRUSTS, ...GRAMMAR, ...TAGS, ...OWNERS];
