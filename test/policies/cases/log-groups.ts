import { type Case, casesOf, type Resources } from "../../support/cases";

const SERVICE = "logs.eu-west-1.amazonaws.com";
const ACTIONS = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"];

const document = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const admitting = (values: object = {}) =>
  document({ Effect: "Allow", Principal: { Service: SERVICE }, Action: ACTIONS, Resource: "*", ...values });
const inContext = (pattern: string) => ({
  Condition: {
    ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-west-1:333333333333:log-group:${pattern}` },
  },
});

const group = (values: object = {}): Resources => ({
  aws_cloudwatch_log_group: { g: { name: "/basin/g", kms_key_id: "${aws_kms_key.k.arn}", ...values } },
});
const keyed = (policy: unknown, values: object = {}): Resources => ({
  aws_kms_key: { k: { policy } },
  ...group(values),
});
const apart = (values: object = {}): Resources => ({
  aws_kms_key: { k: {} },
  aws_kms_key_policy: { p: { key_id: "${aws_kms_key.k.id}", policy: admitting() } },
  ...group(values),
});

const KEYS = casesOf("WIRE-KMS-02", [
  { what: "a key that admits the service", resources: keyed(admitting()), outcome: "passed" },
  { what: "groups of the account", resources: keyed(admitting(inContext("*"))), outcome: "passed" },
  { what: "groups of a name", resources: keyed(admitting(inContext("/basin/*"))), outcome: "passed" },
  { what: "groups of another name", resources: keyed(admitting(inContext("/aws/*"))), outcome: "failed" },
  { what: "everything", resources: keyed(admitting({ Action: "kms:*" })), outcome: "passed" },
  { what: "decrypting alone", resources: keyed(admitting({ Action: "kms:Decrypt" })), outcome: "failed" },
  {
    what: "the service without its region",
    resources: keyed(admitting({ Principal: { Service: "logs.amazonaws.com" } })),
    outcome: "failed",
  },
  {
    what: "the service of another region",
    resources: keyed(admitting({ Principal: { Service: "logs.us-east-1.amazonaws.com" } })),
    outcome: "failed",
  },
  { what: "a key without a policy of its own", resources: keyed(undefined), outcome: "passed" },
  { what: "a policy of a data source", resources: keyed("${data.aws_iam_policy_document.d.json}"), outcome: "unknown" },
  { what: "no key", resources: keyed(document(), { kms_key_id: undefined }), outcome: "passed" },
  {
    what: "a policy beside the key, awaited",
    resources: apart({ depends_on: ["aws_kms_key_policy.p"] }),
    outcome: "passed",
  },
  { what: "a policy beside the key", resources: apart(), outcome: "failed" },
]);

const LOGGED = { logging_config: { log_format: "JSON", log_group: "${aws_cloudwatch_log_group.l.name}" } };
const groupOf = (name: string): Resources => ({ aws_cloudwatch_log_group: { l: { name } } });
const fn = (values: object = {}): Resources => ({
  aws_lambda_function: { f: { function_name: "f", role: "arn:aws:iam::333333333333:role/x", ...values } },
});
const CALLED: Resources = { aws_lambda_invocation: { i: { function_name: "f", input: "{}" } } };
const writing = (actions: readonly string[], resource: string): Resources => ({
  ...fn({ ...LOGGED, role: "${aws_iam_role.r.arn}" }),
  ...groupOf("/aws/lambda/f"),
  aws_iam_role: { r: { name: "r" } },
  aws_iam_role_policy: {
    r: {
      role: "${aws_iam_role.r.name}",
      policy: document({ Effect: "Allow", Action: actions, Resource: resource }),
    },
  },
});
const BOTH = ["logs:CreateLogStream", "logs:PutLogEvents"];
const airflow = (dependsOn: readonly string[]): Resources => ({
  aws_mwaa_environment: { e: { name: "e", depends_on: dependsOn } },
  aws_cloudwatch_log_group: Object.fromEntries(
    ["DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"].map((log) => [log, { name: `airflow-e-${log}` }]),
  ),
});
const AIRFLOW = ["DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"].map(
  (log) => `aws_cloudwatch_log_group.${log}`,
);

const GROUPS = casesOf("WIRE-LOG-04", [
  {
    what: "a group that it refers to",
    resources: { ...fn(LOGGED), ...groupOf("/basin/f"), ...CALLED },
    outcome: "passed",
  },
  {
    what: "a group of its name that it waits for",
    resources: { ...fn({ depends_on: ["aws_cloudwatch_log_group.l"] }), ...groupOf("/aws/lambda/f"), ...CALLED },
    outcome: "passed",
  },
  {
    what: "a group of its name, and nothing that calls it",
    resources: { ...fn(), ...groupOf("/aws/lambda/f") },
    outcome: "warning",
  },
  {
    what: "a group of its name, and something that calls it",
    resources: { ...fn(), ...groupOf("/aws/lambda/f"), ...CALLED },
    outcome: "failed",
  },
  {
    what: "a group of an earlier stack",
    resources: [groupOf("/aws/lambda/f"), { ...fn(), ...CALLED }],
    outcome: "passed",
  },
  {
    what: "a group of its name, while it logs to another",
    resources: { ...fn({ logging_config: { log_group: "/basin/f" } }), ...groupOf("/aws/lambda/f"), ...CALLED },
    outcome: "warning",
  },
  { what: "no group", resources: { ...fn(), ...CALLED }, outcome: "warning" },
  {
    what: "a role that may write to it",
    resources: writing(BOTH, "${aws_cloudwatch_log_group.l.arn}:*"),
    outcome: "passed",
  },
  {
    what: "a role that may write to every group",
    resources: writing(["logs:*"], "*"),
    outcome: "passed",
  },
  {
    what: "a role that may write to another group",
    resources: writing(BOTH, "arn:aws:logs:eu-west-1:333333333333:log-group:/aws/lambda/g:*"),
    outcome: "failed",
  },
  { what: "a role that may make streams alone", resources: writing(["logs:CreateLogStream"], "*"), outcome: "failed" },
  { what: "an environment of Airflow that waits", resources: airflow(AIRFLOW), outcome: "passed" },
  {
    what: "an environment of Airflow that waits for all but one",
    resources: airflow(AIRFLOW.slice(1)),
    outcome: "failed",
  },
  {
    what: "an environment of Airflow alone",
    resources: { aws_mwaa_environment: { e: { name: "e" } } },
    outcome: "warning",
  },
]);

/** Log groups, their keys and who writes to them. */
export const LOG_GROUP_CASES: readonly Case[] = [...KEYS, ...GROUPS];
