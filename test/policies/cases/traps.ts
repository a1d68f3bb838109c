import type { Case, Resources } from "../../support/cases";

/** An object with one attribute more, beside a bucket. */
function object(attribute: string, value: unknown): Resources {
  return { aws_s3_bucket: { b: { bucket: "basin" } }, aws_s3_object: { o: { key: "a/b", [attribute]: value } } };
}

const of = (rule: string, attribute: string, value: unknown, outcome: Case["outcome"]): Case => ({
  rule,
  what: `${attribute} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  resources: object(attribute, value),
  outcome,
});

const remote = (output: string) =>
  `\${data.terraform_remote_state.cross-stack-reference-input-prod-0.outputs.${output}}`;
const INPUT = { terraform_remote_state: { "cross-stack-reference-input-prod-0": { backend: "s3" } } };

export const TRAP_CASES: readonly Case[] = [
  of("TRAP-01", "content", "${aws_s3_bucket.b.arn} costs 1.5e+3", "passed"),
  of("TRAP-01", "content", "https://example.com/#{Token}", "passed"),
  of("TRAP-01", "size", 1e12, "passed"),
  of("TRAP-01", "content", "${TfToken[TOKEN.7]}", "failed"),
  of("TRAP-01", "content", "a list: #{TfToken[TOKEN.7]}", "failed"),
  of("TRAP-01", "content", "-1.8881545897087505e+289 days", "failed"),
  of("TRAP-01", "content", "[object Object]", "failed"),
  of("TRAP-01", "size", [{ days: -9.4e288 }], "failed"),
  of("TRAP-01", "tags", { "${TfToken[TOKEN.7]}": "a" }, "failed"),

  of("TRAP-02", "content", "${aws_s3_bucket.b.arn}/*", "passed"),
  of("TRAP-02", "content", "$${aws_s3_bucket.gone.arn} $${aws:username}", "passed"),
  of("TRAP-02", "content", "aws_s3_bucket.gone is no reference", "passed"),
  of("TRAP-02", "content", '${jsonencode({"a" = aws_s3_bucket.b.arn, "b" = 1})}', "passed"),
  of("TRAP-02", "content", '${join(",", aws_s3_bucket.b.*.id)} ${terraform.workspace} ${true}', "passed"),
  of("TRAP-02", "content", "${var.name} ${local.name} ${each.value} ${path.module}", "passed"),
  of("TRAP-02", "content", "${aws_s3_bucket.gone.arn}/*", "failed"),
  of("TRAP-02", "content", '${jsonencode({"a" = aws_s3_bucket.gone.arn, "b" = 1})}', "failed"),
  of("TRAP-02", "content", "${aws_sns_topic.b.arn}", "failed"),
  of("TRAP-02", "content", "${data.aws_s3_bucket.b.arn}", "failed"),
  of("TRAP-02", "content", { list: [{ deep: "${aws_s3_bucket.gone.arn}" }] }, "failed"),
  of("TRAP-02", "content", "home/${aws:username}", "failed"),
  of("TRAP-02", "content", "#!/bin/sh\ncd ${HOME}", "failed"),
  of("TRAP-02", "depends_on", ["aws_s3_bucket.b"], "passed"),
  of("TRAP-02", "depends_on", ["module.network", "module.network.aws_vpc.v"], "passed"),
  of("TRAP-02", "depends_on", ["aws_s3_bucket.gone"], "failed"),
  of("TRAP-02", "depends_on", ["data.aws_s3_bucket.b"], "failed"),
  of("TRAP-02", "lifecycle", { replace_triggered_by: ["aws_s3_bucket.b.bucket"] }, "passed"),
  of("TRAP-02", "lifecycle", { replace_triggered_by: ["aws_s3_bucket.gone.bucket"] }, "failed"),
  {
    rule: "TRAP-02",
    what: "an output of the stack before",
    resources: [{}, object("content", remote("cross-stack-output-a"))],
    json: { data: INPUT, output: { "cross-stack-output-a": { value: "a" } } },
    outcome: "passed",
  },
  {
    rule: "TRAP-02",
    what: "what is no output of the stack before",
    resources: [{}, object("content", remote("cross-stack-output-b"))],
    json: { data: INPUT, output: { "cross-stack-output-a": { value: "a" } } },
    outcome: "failed",
  },
  {
    rule: "TRAP-02",
    what: "an output without the data source that reads it",
    resources: [{}, object("content", remote("cross-stack-output-a"))],
    json: { output: { "cross-stack-output-a": { value: "a" } } },
    outcome: "failed",
  },
  {
    rule: "TRAP-02",
    what: "an output of a stack outside of the environment",
    resources: object("content", remote("a")),
    json: { data: INPUT },
    outcome: "unknown",
  },
  {
    rule: "TRAP-02",
    what: "a state that is read by hand",
    resources: object("content", "${data.terraform_remote_state.network.outputs.vpc}"),
    json: { data: { terraform_remote_state: { network: {} } } },
    outcome: "passed",
  },
  {
    rule: "TRAP-02",
    what: "a provider by its alias",
    resources: object("provider", "aws.us"),
    json: { provider: { aws: [{ region: "eu-west-1" }, { alias: "us" }] } },
    outcome: "passed",
  },
  {
    rule: "TRAP-02",
    what: "a provider by an alias that is not there",
    resources: object("provider", "aws.us"),
    json: { provider: { aws: [{ region: "eu-west-1" }] } },
    outcome: "failed",
  },

  {
    rule: "TRAP-03",
    what: "one without and one with an alias",
    resources: {},
    json: { provider: { aws: [{}, { alias: "us" }] } },
    outcome: "passed",
  },
  {
    rule: "TRAP-03",
    what: "two with one alias",
    resources: {},
    json: { provider: { aws: [{}, { alias: "us" }, { alias: "us" }] } },
    outcome: "failed",
  },
  {
    rule: "TRAP-03",
    what: "two without an alias",
    resources: {},
    json: { provider: { aws: [{}, {}] } },
    outcome: "failed",
  },

  of("TRAP-04", "source", "assets/contract/AB12/archive.zip", "passed"),
  of("TRAP-04", "path", "/", "passed"),
  of("TRAP-04", "name", "/aws/lambda/loader", "passed"),
  of("TRAP-04", "dag_s3_path", "/home/dags", "passed"),
  of("TRAP-04", "environment", { TMPDIR: "/tmp/work", HOME: "/home/hadoop/" }, "passed"),
  of("TRAP-04", "content", "C: the language", "passed"),
  of("TRAP-04", "source", "/opt/build/archive.zip", "failed"),
  of("TRAP-04", "filename", "C:\\build\\archive.zip", "failed"),
  of("TRAP-04", "source_hash", '${filemd5("/opt/build/archive.zip")}', "failed"),
  of("TRAP-04", "content", "/home/anna/basin/contract.json", "warning"),
  of("TRAP-04", "tags", { "/Users/anna/basin": "a" }, "warning"),

  of("TRAP-05", "content", "the key of MAKIAN, and AKIA as such", "passed"),
  of("TRAP-05", "content", "-----BEGIN PUBLIC KEY-----", "passed"),
  of("TRAP-05", "content", "key=ASIAIOSFODNN7EXAMPLE", "failed"),
  of("TRAP-05", "content", "-----BEGIN PRIVATE KEY-----", "failed"),
  of("TRAP-05", "content", "-----BEGIN OPENSSH PRIVATE KEY-----", "failed"),

  {
    rule: "TRAP-06",
    what: "a state on this machine, and its reader",
    resources: object("content", "a"),
    json: {
      terraform: { backend: { local: { path: "/home/anna/basin/.basin/state/prod-0.tfstate" } } },
      data: { terraform_remote_state: { other: { config: { path: "/home/anna/basin/.basin/state/prod-1.tfstate" } } } },
      output: { bucket: { value: "${aws_s3_bucket.b.bucket}" } },
    },
    outcome: "passed",
  },
  {
    rule: "TRAP-06",
    what: "a data source of what is not there",
    resources: {},
    json: { data: { aws_s3_bucket: { b: { bucket: "${aws_s3_bucket.gone.bucket}" } } } },
    outcome: "failed",
  },
  {
    rule: "TRAP-06",
    what: "a provider with an access key",
    resources: {},
    json: { provider: { aws: [{ access_key: "AKIAIOSFODNN7EXAMPLE" }] } },
    outcome: "failed",
  },
  {
    rule: "TRAP-06",
    what: "a backend with a placeholder",
    resources: {},
    json: { terraform: { backend: { s3: { bucket: "${TfToken[TOKEN.1]}" } } } },
    outcome: "failed",
  },
];
