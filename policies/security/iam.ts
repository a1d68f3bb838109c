import type { Environment } from "../../environments/schema";
import { conditionsOn, matches, speaksOf, type Statement } from "../iam-document";
import type { Resource } from "../graph";
import { boundaryArn, isBoundary } from "../bootstrap";
import { failedIf, type Rule, type RuleContext } from "../rule";
import { accountIn, confines, IDENTITY_POLICIES, isConfinedBy, policyOf } from "./policies";

/** Actions with which a role makes itself or another one mightier. Source: IAM User Guide, "Permissions boundaries". */
const ESCALATING = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteUserPermissionsBoundary",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPermissionsBoundary",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateLoginProfile",
];

/**
 * Actions on data, and on who may reach it, of which AWS lets the resource be named. Those of keys are LAKE-KMS-06's.
 * Source: Service Authorization Reference.
 */
const OF_NAMED_RESOURCES = [
  "dynamodb:DeleteItem",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "firehose:PutRecord",
  "glue:DeleteTable",
  "glue:GetTable",
  "glue:UpdateTable",
  "kinesis:GetRecords",
  "kinesis:PutRecord",
  "kinesis:PutResourcePolicy",
  "lambda:AddPermission",
  "lambda:InvokeFunction",
  "redshift:GetClusterCredentials",
  "redshift-serverless:GetCredentials",
  "s3:DeleteBucket",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:PutBucketPolicy",
  "s3:PutObject",
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutResourcePolicy",
  "sns:Publish",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
  "ssm:GetParameter",
  "states:StartExecution",
];

/** Services that do not say for whom they act when they assume a role. */
const WITHOUT_SOURCE_ACCOUNT: readonly string[] = ["ec2.amazonaws.com"];

/** Whether roles may do what they need, and are assumed by those who are meant. */
export const IAM_RULES: readonly Rule[] = [
  {
    id: "LAKE-IAM-01",
    title: "No policy allows everything, or on every resource what can be allowed on named ones",
    severity: "critical",
    level: "error",
    types: IDENTITY_POLICIES,
    external: {
      checkov: [
        "CKV_AWS_62",
        "CKV_AWS_63",
        "CKV_AWS_286",
        "CKV_AWS_287",
        "CKV_AWS_288",
        "CKV_AWS_289",
        "CKV_AWS_290",
        "CKV_AWS_355",
        "CKV2_AWS_40",
      ],
      trivy: ["AVD-AWS-0057", "AVD-AWS-0345"],
      cdkNag: ["AwsSolutions-IAM5"],
      securityHub: ["IAM.1", "IAM.21"],
    },
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
      "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    remedy: "name the actions that are needed, on the resources they are needed for",
    judge: (resource, context) =>
      grantsOf(resource, context).flatMap((statement) => {
        const sid = statement.sid ?? "a statement";
        const { actions = [] } = statement;
        const isEverything = isOnEverything(statement);
        const ofService = actions.filter((action) => /^[^:*]+:\*$/.test(action));
        const ofNamed = OF_NAMED_RESOURCES.filter((action) =>
          speaksOf({ ...statement, actions: narrow(actions) }, action),
        );
        const isOfOurs = statement.conditions.some(({ key }) => key.startsWith("aws:resource"));
        return [
          ...failedIf(statement.notActions !== undefined, `${sid} allows all but some actions`, "policy"),
          ...failedIf(
            actions.some((action) => /^\*(:\*)?$/.test(action)),
            `${sid} allows every action`,
            "policy",
          ),
          ...failedIf(
            isEverything && ofService.length > 0,
            `${sid} allows every action of a service on every resource`,
            "policy",
          ),
          ...failedIf(
            isEverything && !isOfOurs && ofNamed.length > 0,
            `${sid} allows ${ofNamed.join(", ")} on every resource`,
            "policy",
          ),
        ];
      }),
  },
  {
    id: "LAKE-IAM-02",
    title: "No role may hand on any role, or change what roles may do",
    severity: "critical",
    level: "error",
    types: IDENTITY_POLICIES,
    external: { checkov: ["CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_289", "CKV_AWS_355"], trivy: ["AVD-AWS-0342"] },
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"],
    remedy:
      "name the roles, and the services they are passed to in iam:PassedToService; change roles under iam:PermissionsBoundary alone",
    judge: (resource, context) =>
      grantsOf(resource, context).flatMap((statement) => {
        const sid = statement.sid ?? "a statement";
        const escalating = isBounded(statement, context)
          ? []
          : ESCALATING.filter((action) => speaksOf(statement, action));
        const passes = speaksOf(statement, "iam:PassRole");
        return [
          ...failedIf(escalating.length > 0, `${sid} allows ${escalating.join(", ")}`, "policy"),
          ...failedIf(
            passes && (statement.resources ?? ["*"]).some((pattern) => isEveryRole(pattern, context.environment)),
            `${sid} allows to pass any role`,
            "policy",
          ),
          ...failedIf(
            passes && !isConfinedBy(statement, "iam:PassedToService"),
            `${sid} allows to pass a role to any service`,
            "policy",
          ),
        ];
      }),
  },
  {
    id: "LAKE-IAM-03",
    title: "Roles are assumed by services that act for this account, and by nobody else unnamed",
    severity: "high",
    level: "error",
    types: ["aws_iam_role"],
    external: { checkov: ["CKV_AWS_60", "CKV_AWS_61"] },
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ],
    remedy:
      "make the role with modules/iam/service-role.ts, which asks for aws:SourceAccount; agree on an external id with another account",
    judge: ({ values }, { environment }) =>
      allowsOf(values.assume_role_policy).flatMap((statement) => {
        const services = (statement.principals?.Service ?? []).filter(
          (service) => !WITHOUT_SOURCE_ACCOUNT.includes(service),
        );
        const isOurs = conditionsOn(statement, "aws:SourceAccount").some(
          (condition) => confines(condition) && condition.values.every((account) => account === environment.accountId),
        );
        const strangers = (statement.principals?.AWS ?? []).filter(
          (principal) => accountIn(principal, environment.accountId) !== environment.accountId,
        );
        const isAsked = ["sts:ExternalId", "aws:PrincipalOrgID"].some((key) => isConfinedBy(statement, key));
        const everybody = Object.values(statement.principals ?? {}).some((principals) => principals.includes("*"));
        return [
          ...failedIf(
            everybody || statement.notPrincipals !== undefined,
            "everybody may assume it",
            "assume_role_policy",
          ),
          ...failedIf(
            strangers.length > 0 && !isAsked,
            `${strangers.join(", ")} may assume it without sts:ExternalId or aws:PrincipalOrgID`,
            "assume_role_policy",
          ),
          ...failedIf(
            services.length > 0 && !isOurs,
            `${services.join(", ")} may assume it on behalf of any account`,
            "assume_role_policy",
          ),
        ];
      }),
  },
  {
    id: "LAKE-IAM-05",
    title: "There are no users of IAM, and no access keys that stay",
    severity: "critical",
    level: "error",
    types: ["aws_iam_access_key", "aws_iam_user"],
    external: { checkov: ["CKV_AWS_273", "CKV_AWS_40"], trivy: ["AVD-AWS-0143"], securityHub: ["IAM.2"] },
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
    remedy: "have people and pipelines assume a role, which gives them keys for an hour",
    judge: () => failedIf(true, "it is what a role should be"),
  },
];

/** What a policy allows those who have it. */
function grantsOf(resource: Resource, context: RuleContext): Statement[] {
  return isBoundary(resource, context) ? [] : allowsOf(resource.values.policy);
}

/** Whether a statement is on roles within the environment's boundary alone: nothing makes these mightier than it. */
function isBounded(statement: Statement, context: RuleContext): boolean {
  const isLifted = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"].some((action) =>
    speaksOf(statement, action),
  );
  return (
    !isLifted &&
    conditionsOn(statement, "iam:PermissionsBoundary").some(
      (condition) => confines(condition) && condition.values.every((boundary) => boundary === boundaryArn(context)),
    )
  );
}

function allowsOf(policy: unknown): Statement[] {
  return policyOf(policy).filter(({ effect }) => effect === "Allow");
}

/** Actions without those that are told as every action, or every action of a service. */
function narrow(actions: readonly string[]): string[] {
  return actions.filter((action) => !/^([^:*]+:)?\*(:\*)?$/.test(action));
}

/** Whether a statement is on everything, or on everything of a service: "arn:aws:s3:::*". */
function isOnEverything({ resources }: Statement): boolean {
  // without Resource there is NotResource, which is on nearly everything
  return resources === undefined || resources.some((resource) => /^(\*|arn(:[^:]*){0,4}:\*)$/.test(resource));
}

/** Whether a pattern of ARNs takes in every role: of the environment's account, or of one that it names. */
function isEveryRole(pattern: string, { accountId }: Environment): boolean {
  return /:role\/\*+$/.test(pattern) || matches(pattern, `arn:aws:iam::${accountId}:role/*`);
}
