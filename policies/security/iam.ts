import { conditionsOn, matches, speaksOf, type Statement } from "../iam-document";
import { failedIf, type Rule } from "../rule";
import { IDENTITY_POLICIES, policyOf } from "./policies";

/** Actions with which a role makes itself or another one mightier. Source: IAM User Guide, "Permissions boundaries". */
const ESCALATING = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:PutGroupPolicy",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
];

/** Services that do not say for whom they act when they assume a role. */
const WITHOUT_SOURCE_ACCOUNT: readonly string[] = ["ec2.amazonaws.com"];

/** Whether roles may do what they need, and are assumed by those who are meant. */
export const IAM_RULES: readonly Rule[] = [
  {
    id: "LAKE-IAM-01",
    title: "No policy allows everything, or everything of a service on everything",
    severity: "critical",
    level: "error",
    types: IDENTITY_POLICIES,
    external: {
      checkov: ["CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_355", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290"],
      trivy: ["AVD-AWS-0057", "AVD-AWS-0345"],
      cdkNag: ["AwsSolutions-IAM5"],
      securityHub: ["IAM.1", "IAM.21"],
    },
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
    remedy: "name the actions that are needed, on the resources they are needed for",
    judge: ({ values }) =>
      allowsOf(values.policy).flatMap((statement) => {
        const sid = statement.sid ?? "a statement";
        const { actions = [], resources = [] } = statement;
        return [
          ...failedIf(statement.notActions !== undefined, `${sid} allows all but some actions`, "policy"),
          ...failedIf(actions.includes("*"), `${sid} allows every action`, "policy"),
          ...failedIf(
            resources.includes("*") && actions.some((action) => /^[^:*]+:\*$/.test(action)),
            `${sid} allows every action of a service on every resource`,
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
    external: { checkov: ["CKV_AWS_286", "CKV_AWS_287"], trivy: ["AVD-AWS-0342"] },
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"],
    remedy: "name the roles, and the services they are passed to in iam:PassedToService",
    judge: ({ values }) =>
      allowsOf(values.policy).flatMap((statement) => {
        const sid = statement.sid ?? "a statement";
        const escalating = ESCALATING.filter((action) => speaksOf(statement, action));
        const passes = speaksOf(statement, "iam:PassRole");
        return [
          ...failedIf(escalating.length > 0, `${sid} allows ${escalating.join(", ")}`, "policy"),
          ...failedIf(
            passes && (statement.resources ?? ["*"]).some((resource) => matches(resource, "arn:aws:iam::1:role/any")),
            `${sid} allows to pass any role`,
            "policy",
          ),
          ...failedIf(
            passes && conditionsOn(statement, "iam:PassedToService").length === 0,
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
    sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    remedy: "make the role with modules/iam/service-role.ts, which asks for aws:SourceAccount",
    judge: ({ values }, { environment }) =>
      allowsOf(values.assume_role_policy).flatMap((statement) => {
        const services = (statement.principals?.Service ?? []).filter(
          (service) => !WITHOUT_SOURCE_ACCOUNT.includes(service),
        );
        const isOurs = conditionsOn(statement, "aws:SourceAccount").some(
          ({ operator, ifExists, values: accounts }) =>
            operator === "stringequals" && !ifExists && accounts.every((account) => account === environment.accountId),
        );
        const everybody = Object.values(statement.principals ?? {}).some((principals) => principals.includes("*"));
        return [
          ...failedIf(
            everybody || statement.notPrincipals !== undefined,
            "everybody may assume it",
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
];

function allowsOf(policy: unknown): Statement[] {
  return policyOf(policy).filter(({ effect }) => effect === "Allow");
}
