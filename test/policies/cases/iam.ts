import type { Case, Resources } from "../../support/cases";

type Outcomes = readonly (readonly [what: string, statement: object | readonly object[], outcome: Case["outcome"]])[];

const ROLE = "arn:aws:iam::333333333333:role";
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
  ["a service for anybody", glue(), "failed"],
  ["a second statement for anybody", [glue(OURS), trust({ Service: "lambda.amazonaws.com" })], "failed"],
  ["a service beside machines", trust({ Service: ["ec2.amazonaws.com", "glue.amazonaws.com"] }), "failed"],
  ["one of two accounts", glue({ StringEquals: { "aws:SourceAccount": ["333333333333", "111111111111"] } }), "failed"],
  ["all but another account", glue({ StringNotEquals: { "aws:SourceAccount": "111111111111" } }), "failed"],
  ["an account that need not be named", glue({ "ForAllValues:StringEquals": OURS.StringEquals }), "failed"],
  ["everybody", trust("*", OURS), "failed"],
  ["everybody in a list", trust({ AWS: [`${ROLE}/deploy`, "*"] }), "failed"],
  ["every identity of a provider", trust({ Federated: "*" }), "failed"],
  ["everybody but one", { Effect: "Allow", NotPrincipal: { AWS: `${ROLE}/a` }, Action: "sts:AssumeRole" }, "failed"],
];

export const IAM_CASES: readonly Case[] = [
  { rule: "LAKE-IAM-05", what: "a role", resources: { aws_iam_role: { a: {} } }, outcome: "passed" },
  { rule: "LAKE-IAM-05", what: "a key of a user", resources: { aws_iam_access_key: { a: {} } }, outcome: "failed" },
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
  return outcomes.map(([what, statement, outcome]) => ({ rule, what, resources: resourcesOf(statement), outcome }));
}
