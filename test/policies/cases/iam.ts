import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [
  what: string,
  statement: object | readonly object[],
  outcome: Case["outcome"],
  says?: string,
])[];

const ROLE = "arn:aws:iam::333333333333:role";
const BOUNDED = { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::333333333333:policy/basin-prod-boundary" } };
const TO_GLUE = { StringEquals: { "iam:PassedToService": "glue.amazonaws.com" } };
const OURS = { StringEquals: { "aws:SourceAccount": "333333333333" } };

const document = (statement: unknown) => JSON.stringify({ Version: "2012-10-17", Statement: statement });
const policy = (statement: object): Resources => ({
  aws_iam_role_policy: { policy: { policy: document(statement) } },
});
const allow = (Action: unknown, Resource: unknown, rest: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...rest,
});
const pass = (Resource: unknown, Condition: object = TO_GLUE) => allow("iam:PassRole", Resource, { Condition });
const trust = (Principal: unknown, Condition?: object) => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...(Condition && { Condition }),
});
const PIPELINE = trust(
  { Federated: "arn:aws:iam::333333333333:oidc-provider/token.actions.githubusercontent.com" },
  { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:acme/basin:environment:prod" } },
);
const firehose = (account: string) =>
  trust({ Service: "firehose.amazonaws.com" }, { StringEquals: { "sts:ExternalId": account } });
const glue = (Condition?: object) => trust({ Service: "glue.amazonaws.com" }, Condition);

const WIDTH: Outcomes = [
  ["what AWS allows on everything alone", allow(["s3:ListAllMyBuckets", "cloudwatch:PutMetricData"], "*"), "passed"],
  ["objects of one bucket", allow("s3:GetObject", "arn:aws:s3:::a/*"), "passed"],
  [
    "objects of buckets with a tag",
    allow("s3:GetObject", "*", { Condition: { StringEquals: { "aws:ResourceTag/Owner": "a" } } }),
    "passed",
  ],
  ["every object", allow(["s3:Get*", "s3:ListAllMyBuckets"], "*"), "failed"],
  ["messages to every queue", allow("sqs:sendmessage", "arn:aws:sqs:*:333333333333:*"), "failed"],
  ["every action on one resource", allow("glue:*", "arn:aws:glue:eu-west-1:333333333333:database/a"), "passed"],
  ["every action on what one name begins", allow("logs:*", "arn:aws:logs:*:*:log-group:/basin:*"), "passed"],
  ["every action refused", { Effect: "Deny", Action: "*", Resource: "*" }, "passed"],
  ["everything", allow("*", "arn:aws:s3:::a"), "failed"],
  ["everything of every service", allow("*:*", "arn:aws:s3:::a"), "failed"],
  ["everything, in a list", [allow("s3:GetObject", "*"), allow(["s3:GetObject", "*"], ["*"])], "failed"],
  ["everything but what another statement refuses", [allow("*", "*"), { Effect: "Deny", NotAction: "s3:*" }], "failed"],
  ["everything after something", allow(["s3:GetObject", "*"], ["arn:aws:s3:::a/*"]), "failed", "every action"],
  ["every object of every bucket", allow("s3:GetObject", ["arn:aws:s3:::a/*", "arn:aws:s3:::*/*"]), "failed"],
  ["every object of buckets with a name", allow("s3:GetObject", "arn:aws:s3:::?*"), "failed"],
  ["objects of buckets that begin alike", allow("s3:GetObject", "arn:aws:s3:::a*/*"), "passed"],
  ["a dozen actions", allow(["dynamodb:*Item", "s3:*Object"], "*"), "failed", "dynamodb:PutItem and 3 more on every"],
  ["a service in capitals", allow("S3:*", "*"), "failed"],
  ["a service on every ARN of it", allow("s3:*", ["arn:aws:s3:::*"]), "failed"],
  ["a service on the whole account", allow("glue:*", "arn:aws:glue:*:333333333333:*"), "failed"],
  ["a service on all but one", { Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::a" }, "failed"],
  ["all but some actions", { Effect: "Allow", NotAction: ["iam:*"], Resource: "arn:aws:s3:::a" }, "failed"],
];

const ESCALATION: Outcomes = [
  ["a named role for a named service", pass(`${ROLE}/job`), "passed"],
  ["roles that one name begins", pass([`${ROLE}/basin-prod-*`]), "passed"],
  [
    "a service written in another way",
    pass(`${ROLE}/job`, { StringLike: { "IAM:passedtoservice": "glue.*" } }),
    "passed",
  ],
  ["what reads policies", allow(["iam:GetPolicy*", "iam:List*"], "*"), "passed"],
  ["passing refused", { Effect: "Deny", Action: "iam:PassRole", Resource: "*" }, "passed"],
  ["every role", pass("*"), "failed"],
  ["every role of the account", pass(`${ROLE}/*`), "failed"],
  ["every role, in a list", pass([`${ROLE}/job`, "arn:aws:iam::*:role/*"]), "failed"],
  [
    "every role of an account known later",
    pass("arn:aws:iam::${data.aws_caller_identity.own.account_id}:role/*"),
    "failed",
  ],
  ["all roles but one", { ...pass("*"), Resource: undefined, NotResource: `${ROLE}/admin` }, "failed"],
  ["any service", allow("iam:Pass*", `${ROLE}/job`), "failed"],
  ["all services but one", pass(`${ROLE}/job`, { StringNotEquals: TO_GLUE.StringEquals }), "failed"],
  ["a service where it is known", pass(`${ROLE}/job`, { StringEqualsIfExists: TO_GLUE.StringEquals }), "failed"],
  [
    "services all of which are named",
    pass(`${ROLE}/job`, { "ForAllValues:StringEquals": TO_GLUE.StringEquals }),
    "failed",
  ],
  ["a service that is anything", pass(`${ROLE}/job`, { StringLike: { "iam:PassedToService": "*" } }), "failed"],
  [
    "policies of roles that have to have a boundary",
    allow(["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateRole"], `${ROLE}/basin-*`, { Condition: BOUNDED }),
    "passed",
  ],
  [
    "policies of roles that have some boundary",
    allow("iam:PutRolePolicy", `${ROLE}/basin-*`, { Condition: { StringLike: { "iam:PermissionsBoundary": "*" } } }),
    "failed",
  ],
  [
    "taking away the boundary that is demanded",
    allow(["iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"], `${ROLE}/basin-*`, { Condition: BOUNDED }),
    "failed",
    "allows iam:DeleteRolePermissionsBoundary",
  ],
  ["every way to become mightier", allow("iam:*", `${ROLE}/job`), "failed", "iam:AttachRolePolicy and 14 more"],
  ["a policy by a pattern", allow("iam:put*policy", `${ROLE}/job`), "failed"],
  ["a boundary that may be taken away", allow("iam:DeleteRolePermissionsBoundary", `${ROLE}/job`), "failed"],
  ["all but some actions", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }, "failed"],
];

const TRUST: Outcomes = [
  ["a service for this account", glue(OURS), "passed"],
  ["a service for an account like this one", glue({ StringLike: { "AWS:sourceaccount": ["333333333333"] } }), "passed"],
  ["a role of ours", trust({ AWS: "arn:aws:iam::333333333333:role/a" }), "passed"],
  [
    "another account that says a secret",
    trust({ AWS: "444444444444" }, { StringEquals: { "sts:ExternalId": "agreed" } }),
    "passed",
  ],
  ["another account", trust({ AWS: "arn:aws:iam::444444444444:root" }), "failed"],
  ["another account by its id", trust({ AWS: ["arn:aws:iam::333333333333:root", "444444444444"] }), "failed"],
  ["machines, which name no account", trust({ Service: ["ec2.amazonaws.com"] }), "passed"],
  ["a named role of the account", trust({ AWS: `${ROLE}/deploy` }), "passed"],
  ["everybody refused", { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" }, "passed"],
  ["a service for anybody", glue(), "failed", "on behalf of any account"],
  [
    "a service for a resource of this account",
    glue({ ArnLike: { "aws:SourceArn": "arn:aws:glue:eu-west-1:333333333333:*" } }),
    "passed",
  ],
  [
    "a service for a resource of another account",
    glue({ ArnLike: { "aws:SourceArn": "arn:aws:glue:eu-west-1:444444444444:*" } }),
    "failed",
    "another account, 444444444444",
  ],
  [
    "a service for a bucket, whose ARN has no account",
    glue({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::basin-*" } }),
    "failed",
    "on behalf of any account",
  ],
  [
    "a service for resources of any account as well",
    glue({ ArnLike: { "aws:SourceArn": ["arn:aws:glue:eu-west-1:333333333333:*", "arn:aws:glue:*:*:job/a"] } }),
    "failed",
    "on behalf of any account",
  ],
  [
    "a service for another account",
    glue({ StringEquals: { "aws:SourceAccount": ["444444444444"] } }),
    "failed",
    "another account, 444444444444",
  ],
  [
    "a service for an account that is looked up",
    glue({ StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.own.account_id}" } }),
    "unknown",
  ],
  [
    "a service for a resource of an account that is looked up",
    glue({ ArnLike: { "aws:SourceArn": "arn:aws:glue:eu-west-1:${data.aws_caller_identity.own.account_id}:*" } }),
    "unknown",
  ],
  ["Firehose, which names the account as an external id", firehose("333333333333"), "passed"],
  [
    "Firehose beside another service, with an external id",
    trust(
      { Service: ["firehose.amazonaws.com", "glue.amazonaws.com"] },
      { StringEquals: { "sts:ExternalId": "333333333333" } },
    ),
    "failed",
    "on behalf of any account",
  ],
  ["Firehose for another account", firehose("444444444444"), "failed", "another account, 444444444444"],
  [
    "another service with an external id",
    glue({ StringEquals: { "sts:ExternalId": "333333333333" } }),
    "failed",
    "on behalf of any account",
  ],
  ["a service for any account that has twelve digits", glue({ StringLike: { "aws:SourceAccount": "?*" } }), "failed"],
  [
    "another account of any organization",
    trust({ AWS: "444444444444" }, { StringLike: { "aws:PrincipalOrgID": "o-*" } }),
    "failed",
  ],
  ["a second statement for anybody", [glue(OURS), trust({ Service: "lambda.amazonaws.com" })], "failed"],
  ["a service beside machines", trust({ Service: ["ec2.amazonaws.com", "glue.amazonaws.com"] }), "failed"],
  ["one of two accounts", glue({ StringEquals: { "aws:SourceAccount": ["333333333333", "111111111111"] } }), "failed"],
  ["all but another account", glue({ StringNotEquals: { "aws:SourceAccount": "111111111111" } }), "failed"],
  ["an account that need not be named", glue({ "ForAllValues:StringEquals": OURS.StringEquals }), "failed"],
  ["everybody", trust("*", OURS), "failed"],
  ["everybody beside a service", trust({ AWS: "*", Service: "glue.amazonaws.com" }, OURS), "failed"],
  ["everybody in a list", trust({ AWS: [`${ROLE}/deploy`, "*"] }), "failed"],
  ["every identity of a provider", trust({ Federated: "*" }), "failed"],
  ["everybody but one", { Effect: "Allow", NotPrincipal: { AWS: `${ROLE}/a` }, Action: "sts:AssumeRole" }, "failed"],
];

const ANYTHING = document([allow("*", "*"), { Effect: "Deny", Action: "iam:*", Resource: "*" }]);
const BOUNDARY: Resources = { aws_iam_policy: { boundary: { name: "confines", policy: ANYTHING } } };
const BOUNDARY_ARN = "arn:aws:iam::333333333333:policy/confines";
const role = (values: object): Resources => ({ aws_iam_role: { job: { name: "job", ...values } } });
const attachment = (type: string, values: object): Resources => ({ [type]: { attached: { ...values } } });
const managed = (name: string) => ({ policy_arn: `arn:aws:iam::aws:policy/${name}` });

/** Policies by where they stand. */
const PLACES: readonly (readonly [rule: string, what: string, resources: Resources, outcome: Case["outcome"]])[] = [
  ["LAKE-IAM-01", "everything, in the role", role({ inline_policy: [{ policy: ANYTHING }] }), "failed"],
  ["LAKE-IAM-01", "a role without a policy", role({}), "passed"],
  [
    "LAKE-IAM-02",
    "every role passed on, in the role",
    role({ inline_policy: { policy: document(pass("*")) } }),
    "failed",
  ],
  ["LAKE-IAM-01", "a policy that is looked up", policyText("${data.aws_iam_policy_document.a.json}"), "unknown"],
  ["LAKE-IAM-02", "a policy that Terraform makes", policyText('${jsonencode({"Statement" = []})}'), "unknown"],
  [
    "LAKE-IAM-01",
    "a policy with a reference in it",
    policyText(document(allow("s3:Get*", "${aws_x.y.arn}"))),
    "passed",
  ],
  [
    "LAKE-IAM-03",
    "a trust policy that is looked up",
    role({ assume_role_policy: "${data.aws_iam_policy_document.a.json}" }),
    "unknown",
  ],
  [
    "LAKE-IAM-01",
    "administrators",
    attachment("aws_iam_role_policy_attachment", managed("AdministratorAccess")),
    "failed",
  ],
  ["LAKE-IAM-01", "administrators of IAM", attachment("aws_iam_policy_attachment", managed("IAMFullAccess")), "failed"],
  [
    "LAKE-IAM-01",
    "all but IAM, in the role",
    role({ managed_policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", managed("PowerUserAccess").policy_arn] }),
    "failed",
  ],
  ["LAKE-IAM-01", "readers", attachment("aws_iam_role_policy_attachment", managed("ReadOnlyAccess")), "passed"],
  [
    "LAKE-IAM-01",
    "a policy of ours",
    {
      aws_iam_policy: { reader: { policy: document(allow("s3:GetObject", "arn:aws:s3:::a/*")) } },
      ...attachment("aws_iam_role_policy_attachment", { policy_arn: "${aws_iam_policy.reader.arn}" }),
    },
    "passed",
  ],
  [
    "LAKE-IAM-01",
    "what is attached being looked up",
    attachment("aws_iam_user_policy_attachment", { policy_arn: "${data.aws_iam_policy.a.arn}" }),
    "unknown",
  ],
  ...["LAKE-IAM-01", "LAKE-KMS-06"].flatMap((rule) =>
    (
      [
        ["a boundary", { ...BOUNDARY, ...role({ permissions_boundary: "${aws_iam_policy.boundary.arn}" }) }, "passed"],
        ["a boundary by its ARN", { ...BOUNDARY, ...role({ permissions_boundary: BOUNDARY_ARN }) }, "passed"],
        [
          "a boundary that roles have to be given",
          {
            ...BOUNDARY,
            ...policy(
              allow("iam:CreateRole", `${ROLE}/basin-*`, {
                Condition: { StringEquals: { "iam:PermissionsBoundary": BOUNDARY_ARN } },
              }),
            ),
          },
          "passed",
        ],
        ["another boundary", { ...BOUNDARY, ...role({ permissions_boundary: `${BOUNDARY_ARN}-2` }) }, "failed"],
        ["a policy that nobody has yet", BOUNDARY, "failed"],
        [
          "a boundary that is attached as well",
          {
            ...BOUNDARY,
            ...role({ permissions_boundary: BOUNDARY_ARN }),
            ...attachment("aws_iam_role_policy_attachment", { policy_arn: "${aws_iam_policy.boundary.arn}" }),
          },
          "failed",
        ],
      ] as const
    ).map(([what, resources, outcome]) => [rule, what, resources, outcome] as const),
  ),
  ["LAKE-IAM-02", "a pipeline that deploys roles without a boundary", deploying(PIPELINE, `${ROLE}/basin-*`), "failed"],
  ["LAKE-IAM-02", "a pipeline that deploys every role", deploying(PIPELINE, `${ROLE}/*`), "failed"],
  ["LAKE-IAM-02", "a pipeline that deploys more", deploying(PIPELINE, [`${ROLE}/basin-*`, "*"]), "failed"],
  ["LAKE-IAM-02", "a pipeline and a service", deploying([PIPELINE, glue(OURS)], `${ROLE}/basin-*`), "failed"],
  ["LAKE-IAM-02", "a service that deploys roles", deploying(glue(OURS), `${ROLE}/basin-*`), "failed"],
  [
    "LAKE-IAM-02",
    "a pipeline that deploys roles without a boundary, by a policy",
    {
      ...role({ assume_role_policy: document(PIPELINE) }),
      aws_iam_policy: { deploy: { policy: document(allow("iam:PutRolePolicy", `${ROLE}/basin-*`)) } },
      ...attachment("aws_iam_role_policy_attachment", {
        role: "${aws_iam_role.job.name}",
        policy_arn: "${aws_iam_policy.deploy.arn}",
      }),
    },
    "failed",
  ],
  [
    "LAKE-IAM-02",
    "a pipeline and a user that deploy roles, by a policy",
    {
      ...role({ assume_role_policy: document(PIPELINE) }),
      aws_iam_policy: { deploy: { policy: document(allow("iam:PutRolePolicy", `${ROLE}/basin-*`)) } },
      ...attachment("aws_iam_role_policy_attachment", { role: "job", policy_arn: "${aws_iam_policy.deploy.arn}" }),
      ...attachment("aws_iam_user_policy_attachment", { user: "a", policy_arn: "${aws_iam_policy.deploy.arn}" }),
    },
    "failed",
  ],
];

function policyText(text: string): Resources {
  return { aws_iam_role_policy: { policy: { policy: text } } };
}

function deploying(trusted: object, resource: unknown): Resources {
  return {
    ...role({ assume_role_policy: document(trusted) }),
    aws_iam_role_policy: { deploy: { role: "${aws_iam_role.job.id}", policy: document(allow("iam:Put*", resource)) } },
  };
}

export const IAM_CASES: readonly Case[] = [
  { rule: "LAKE-IAM-05", what: "a role", resources: { aws_iam_role: { a: {} } }, outcome: "passed" },
  { rule: "LAKE-IAM-05", what: "a key of a user", resources: { aws_iam_access_key: { a: {} } }, outcome: "failed" },
  ...PLACES.map(([rule, what, resources, outcome]): Case => ({ rule, what, resources, outcome })),
  ...casesOf("LAKE-IAM-01", WIDTH, policy),
  ...casesOf("LAKE-IAM-02", ESCALATION, policy),
  ...casesOf("LAKE-IAM-03", TRUST, (statement) => ({
    aws_iam_role: { role: { name: "job", assume_role_policy: document(statement) } },
  })),
  ...["aws_iam_group_policy", "aws_iam_policy", "aws_iam_user_policy"].map((type): Case => ({
    rule: "LAKE-IAM-01",
    what: `everything, by ${type}`,
    resources: { [type]: { policy: { policy: document(allow("*", "*")) } } },
    outcome: "failed",
  })),
];

function casesOf(rule: string, outcomes: Outcomes, resourcesOf: (statement: object) => Resources): Case[] {
  return outcomes.map(([what, statement, outcome, says]) => ({
    rule,
    what,
    resources: resourcesOf(statement),
    outcome,
    ...(says !== undefined && { says }),
  }));
}
