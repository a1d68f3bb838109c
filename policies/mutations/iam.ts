import { added, addedStatement, type Mutation, statement } from "./mutation";

const POLICY = "aws_iam_role_policy";
const ROLE = "aws_iam_role";
const PART = "lake_catalog-encryption";

/** Adds to what the role of the catalog's encryption may do. */
const permissions = (more: object) => addedStatement(POLICY, PART, { Sid: "More", Effect: "Allow", ...more });

const trust = (change: (found: Record<string, unknown>) => void) =>
  statement(ROLE, PART, "TrustServices", change, "assume_role_policy");

/** Each weakens one thing of production, and says which rule notices. */
export const IAM_MUTATIONS: readonly Mutation[] = [
  ...[
    { what: "every action of a service on everything", change: { Action: "glue:*", Resource: "*" } },
    {
      what: "all but some actions",
      change: { Action: undefined, NotAction: ["iam:*", "kms:*"], Resource: "arn:aws:s3:::a" },
    },
  ].map(({ what, change }): Mutation => ({
    rule: "LAKE-IAM-01",
    what,
    edit: permissions(change),
    found: [POLICY, PART],
  })),
  {
    rule: "LAKE-IAM-01",
    what: "administrators' policy of AWS's own",
    edit: added("prod-lake", "aws_iam_role_policy_attachment", "admin", {
      role: "basin-prod-catalog-encryption",
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
    found: "aws_iam_role_policy_attachment.admin",
  },
  ...[
    {
      what: "any role passed on",
      change: {
        Action: "iam:PassRole",
        Resource: "*",
        Condition: { StringEquals: { "iam:PassedToService": "glue.amazonaws.com" } },
      },
    },
    {
      what: "a role passed to any service",
      change: { Action: "iam:PassRole", Resource: "arn:aws:iam::333333333333:role/basin-prod-job" },
    },
    {
      what: "a policy that may be changed",
      change: { Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::333333333333:role/basin-prod-job" },
    },
  ].map(({ what, change }): Mutation => ({
    rule: "LAKE-IAM-02",
    what,
    edit: permissions(change),
    found: [POLICY, PART],
  })),
  {
    rule: "LAKE-IAM-03",
    what: "a service that acts for any account",
    edit: trust((found) => {
      delete found.Condition;
    }),
    found: [ROLE, PART],
  },
  {
    rule: "LAKE-IAM-03",
    what: "another account's service",
    edit: trust((found) => {
      found.Condition = { StringEquals: { "aws:SourceAccount": "999999999999" } };
    }),
    found: [ROLE, PART],
  },
  {
    rule: "LAKE-IAM-03",
    what: "an account that need not be named",
    edit: trust((found) => {
      found.Condition = { StringEqualsIfExists: { "aws:SourceAccount": "333333333333" } };
    }),
    found: [ROLE, PART],
  },
  {
    rule: "LAKE-IAM-03",
    what: "everybody",
    edit: trust((found) => {
      found.Principal = { AWS: "*" };
    }),
    found: [ROLE, PART],
  },
  {
    rule: "LAKE-IAM-05",
    what: "a user",
    edit: added("prod-lake", "aws_iam_user", "deployer", { name: "basin-prod-deployer" }),
    found: "aws_iam_user.deployer",
  },
];
