import type { Environment } from "../../environments/schema";
import { attachedBy, ATTACHING_TYPES } from "../aws/attachments";
import { boundaryArn } from "../bootstrap";
import { type Condition, conditionsOn, matches, speaksOf, type Statement } from "../iam-document";
import type { Graph } from "../graph";
import { failedIf, isUnresolved, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import { IDENTITY_POLICIES, judgeAllows } from "./identities";
import { accountIn, confines, isConfinedBy, isOnEverything, judgePolicy } from "./policies";

/** Policies of AWS's own that allow everything, or to make oneself anything. */
const MIGHTY = /:iam::aws:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

/** Actions that take a boundary away; where one is demanded of the role, it is the one that goes. */
const UNBINDING = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"];

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

/**
 * Services that do not say for whom they act when they assume a role, or of which AWS does not say that they do: the trust policy
 * that it asks for at locations of Lake Formation has no such condition.
 *
 * Source: https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
 */
const WITHOUT_SOURCE_ACCOUNT: readonly string[] = ["ec2.amazonaws.com", "lakeformation.amazonaws.com"];

/** Whether roles may do what they need, and are assumed by those who are meant. */
export const IAM_RULES: readonly Rule[] = [
  {
    id: "LAKE-IAM-01",
    title: "No policy allows everything, or on every resource what can be allowed on named ones",
    severity: "critical",
    level: "error",
    types: [...new Set([...IDENTITY_POLICIES, ...ATTACHING_TYPES])],
    external: {
      checkov: [
        "CKV_AWS_62",
        "CKV_AWS_63",
        "CKV_AWS_274",
        "CKV_AWS_286",
        "CKV_AWS_287",
        "CKV_AWS_288",
        "CKV_AWS_289",
        "CKV_AWS_290",
        "CKV_AWS_355",
        "CKV2_AWS_40",
        "CKV2_AWS_56",
      ],
      trivy: ["AVD-AWS-0057", "AVD-AWS-0345"],
      cdkNag: ["AwsSolutions-IAM5"],
      securityHub: ["IAM.1", "IAM.21"],
    },
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html",
      "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    ],
    remedy: "name the actions that are needed, on the resources they are needed for",
    judge: (resource, context) => [
      ...attachedBy(resource).flatMap((policy) => judgeAttached(policy, context.graph)),
      ...judgeAllows(resource, context, judgeWidth),
    ],
  },
  {
    id: "LAKE-IAM-02",
    title: "No role may hand on any role, or change what roles may do",
    severity: "critical",
    level: "error",
    types: IDENTITY_POLICIES,
    external: { checkov: ["CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_289", "CKV_AWS_355"], trivy: ["AVD-AWS-0342"] },
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    ],
    remedy:
      "name the roles, and the services they are passed to in iam:PassedToService; demand a boundary by iam:PermissionsBoundary",
    judge: (resource, context) =>
      judgeAllows(resource, context, (statement, attribute) => {
        const sid = statement.sid ?? "a statement";
        const isBounded = isWithinBoundary(statement, context);
        const escalating = ESCALATING.filter(
          (action) => speaksOf(statement, action) && (!isBounded || UNBINDING.includes(action)),
        );
        const passes = speaksOf(statement, "iam:PassRole");
        return [
          ...failedIf(escalating.length > 0, `${sid} allows ${some(escalating)}`, attribute),
          ...failedIf(
            passes && (statement.resources ?? ["*"]).some((resource) => isEveryRole(resource, context.environment)),
            `${sid} allows passing any role`,
            attribute,
          ),
          ...failedIf(
            passes && !isConfinedBy(statement, "iam:PassedToService"),
            `${sid} allows passing a role to any service`,
            attribute,
          ),
        ];
      }),
  },
  {
    id: "LAKE-IAM-03",
    title: "Roles are assumed by services that act for this account, and by others only where they are named",
    severity: "high",
    level: "error",
    types: ["aws_iam_role"],
    external: { checkov: ["CKV_AWS_60", "CKV_AWS_61"] },
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
      "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html",
    ],
    remedy:
      "make the role with modules/iam/service-role.ts, which asks for aws:SourceAccount; agree on an external id with another account",
    judge: ({ values }, context) =>
      judgePolicy(
        values.assume_role_policy,
        (statements) =>
          statements
            .filter(({ effect }) => effect === "Allow")
            .flatMap((statement) => [
              ...judgeStrangers(statement, context.environment),
              ...judgeServices(statement, context),
            ]),
        "its trust policy",
      ),
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
    judge: () => failedIf(true, "use a role instead of an IAM user or access key"),
  },
];

/** Whether a statement is on roles within the environment's boundary alone: nothing makes these mightier than it. */
function isWithinBoundary(statement: Statement, context: RuleContext): boolean {
  return conditionsOn(statement, "iam:PermissionsBoundary").some(
    (condition) =>
      confines(condition) &&
      condition.values.every((boundary) => context.graph.text(boundary) === boundaryArn(context)),
  );
}

function judgeAttached(policy: unknown, graph: Graph): readonly Verdict[] {
  const text = typeof policy === "string" ? graph.text(policy) : "";
  return isUnresolved(text) && graph.reference(policy) === undefined
    ? unknown("which policy is attached is not known before an apply")
    : failedIf(MIGHTY.test(text), `${text.slice(text.lastIndexOf("/") + 1)} of AWS is attached`);
}

/** Whether a statement allows more than it has to. */
function judgeWidth(statement: Statement, attribute: string): Verdict[] {
  const sid = statement.sid ?? "a statement";
  const { actions = [] } = statement;
  const isEverything = isOnEverything(statement);
  const ofService = actions.filter((action) => /^[^:*]+:\*$/.test(action));
  const ofNamed = OF_NAMED_RESOURCES.filter((action) => speaksOf({ ...statement, actions: narrow(actions) }, action));
  const isOfOurs = statement.conditions.some(({ key }) => key.startsWith("aws:resource"));
  return [
    ...failedIf(statement.notActions !== undefined, `${sid} allows all but some actions`, attribute),
    ...failedIf(
      actions.some((action) => /^\*(:\*)?$/.test(action)),
      `${sid} allows every action`,
      attribute,
    ),
    ...failedIf(
      isEverything && ofService.length > 0,
      `${sid} allows every action of a service on every resource`,
      attribute,
    ),
    ...failedIf(
      isEverything && !isOfOurs && ofNamed.length > 0,
      `${sid} allows ${some(ofNamed)} on every resource`,
      attribute,
    ),
  ];
}

/** Whether everybody may assume a role, or somebody of another account who is not asked for anything. */
function judgeStrangers(statement: Statement, { accountId }: Environment): Verdict[] {
  const { principals = {}, notPrincipals } = statement;
  const strangers = (principals.AWS ?? []).filter((principal) => accountIn(principal, accountId) !== accountId);
  const isAsked = ["sts:ExternalId", "aws:PrincipalOrgID"].some((key) => isConfinedBy(statement, key));
  const everybody = Object.values(principals).some((names) => names.includes("*"));
  return [
    ...failedIf(everybody || notPrincipals !== undefined, "everybody may assume it", "assume_role_policy"),
    ...failedIf(
      strangers.length > 0 && !isAsked,
      `${strangers.join(", ")} may assume it without sts:ExternalId or aws:PrincipalOrgID`,
      "assume_role_policy",
    ),
  ];
}

/** Whether services assume a role on behalf of others than this account. */
function judgeServices(
  statement: Statement,
  { graph, environment: { accountId } }: { readonly graph: Graph; readonly environment: Environment },
): Verdict[] {
  const services = (statement.principals?.Service ?? []).filter((service) => !WITHOUT_SOURCE_ACCOUNT.includes(service));
  const named = statement.conditions.filter(confines).map((condition) => accountsOf(condition, services, graph));
  if (
    services.length === 0 ||
    named.some((accounts) => accounts.length > 0 && accounts.every((one) => one === accountId))
  ) {
    return [];
  }
  const others = named.flat().filter((account) => account !== accountId);
  const who = `${services.join(", ")} may assume it on behalf of`;
  return others.some(isUnresolved)
    ? unknown(`${who} an account that is not known before an apply`, "assume_role_policy")
    : failedIf(
        true,
        others.length === 0 ? `${who} any account` : `${who} another account, ${others.join(", ")}`,
        "assume_role_policy",
      );
}

/** The accounts that a condition asks a service to act for; none where it asks for something else. */
function accountsOf({ key, values }: Condition, services: readonly string[], graph: Graph): string[] {
  const texts = values.map((value) => graph.text(value));
  switch (key) {
    case "aws:sourceaccount":
      return texts;
    case "aws:sourcearn": {
      const accounts = texts.map(accountInArn);
      // one that names no account lets all of them in
      return accounts.every((account) => account !== undefined) ? accounts : [];
    }
    case "sts:externalid":
      // Firehose hands over the account it acts for
      return services.every((service) => service === "firehose.amazonaws.com") ? texts : [];
    default:
      return [];
  }
}

/** The account in an ARN or a pattern of ARNs, where it is one; references are left as they are. */
function accountInArn(arn: string): string | undefined {
  if (arn.startsWith("${")) {
    return arn;
  }
  const account = arn.replaceAll(/\$\{[^{}]*\}/g, (whole) => whole.replaceAll(":", ";")).split(":")[4] ?? "";
  return /^\d{12}$/.test(account) || isUnresolved(account) ? account : undefined;
}

/** The first three of some actions, and how many more there are. */
function some(actions: readonly string[]): string {
  const more = actions.length > 3 ? ` and ${actions.length - 3} more` : "";
  return `${actions.slice(0, 3).join(", ")}${more}`;
}

/** Actions without those that are told as every action, or every action of a service. */
function narrow(actions: readonly string[]): string[] {
  return actions.filter((action) => !/^([^:*]+:)?\*(:\*)?$/.test(action));
}

/** Whether a pattern of ARNs takes in every role: of the environment's account, or of one that it names. */
function isEveryRole(pattern: string, { accountId }: Environment): boolean {
  return /:role\/\*+$/.test(pattern) || matches(pattern, `arn:aws:iam::${accountId}:role/*`);
}
