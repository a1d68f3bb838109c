import { find, type Mutation, set, stack } from "./mutation";

const OBJECT = ["aws_s3_object", "domain-web_clickstream_contract"] as const;
const DATABASE = ["aws_glue_catalog_database", "domain-web_database-raw"] as const;
const RULE = ["aws_vpc_security_group_ingress_rule", "https"] as const;

/** Each is a mistake that neither cdktf nor Terraform's validation speaks of, and says which rule does. */
export const TRAP_MUTATIONS: readonly Mutation[] = [
  {
    rule: "TRAP-01",
    what: "a placeholder in a text",
    edit: set(...OBJECT, "content", "{ owner: ${TfToken[TOKEN.12]} }"),
    found: OBJECT,
  },
  {
    rule: "TRAP-01",
    what: "a placeholder as a number",
    edit: set("aws_kms_key", "foundation_messaging-key", "rotation_period_in_days", -1.8881545897087505e289),
    found: ["aws_kms_key", "foundation_messaging-key"],
  },
  {
    rule: "TRAP-01",
    what: "a placeholder as a key",
    edit: set(...DATABASE, "tags", { "&{TfToken[TOKEN.3]}": "web" }),
    found: DATABASE,
  },
  {
    rule: "TRAP-02",
    what: "a reference across stacks that cdktf did not notice",
    edit: set(...OBJECT, "content", "${aws_kms_key.foundation_data-key_02E411BF.arn}"),
    found: OBJECT,
  },
  {
    rule: "TRAP-02",
    what: "an output that the stack before it does not have",
    edit: (stacks) => {
      const { values } = find(stacks, ...OBJECT);
      values.content = String(values.bucket).replace("lake_artifacts", "lake_gone");
    },
    found: OBJECT,
  },
  {
    rule: "TRAP-02",
    what: "depends_on of another stack's resource",
    edit: set(...DATABASE, "depends_on", ["aws_s3_bucket.lake_raw_bucket_46680E45"]),
    found: DATABASE,
  },
  {
    rule: "TRAP-02",
    what: "a provider that the stack does not have",
    edit: set(...DATABASE, "provider", "aws.frankfurt"),
    found: DATABASE,
  },
  {
    rule: "TRAP-02",
    what: "a variable of IAM that Terraform takes for its own",
    edit: set(...OBJECT, "content", "home/${aws:username}/"),
    found: OBJECT,
  },
  {
    rule: "TRAP-03",
    what: "a provider twice",
    edit: stack("prod-lake", (json) => {
      const { aws } = json.provider as { aws: unknown[] };
      aws.push(aws[0]);
    }),
    found: "prod-lake",
  },
  {
    rule: "TRAP-04",
    what: "a file of one checkout",
    edit: set(...OBJECT, "source", "/home/runner/contract.json"),
    found: OBJECT,
  },
  {
    rule: "TRAP-04",
    what: "somebody's home",
    edit: set(...RULE, "description", "/home/anna/basin/rules.json"),
    found: RULE,
  },
  {
    rule: "TRAP-05",
    what: "an access key",
    edit: set(...RULE, "description", "for AKIAIOSFODNN7EXAMPLE"),
    found: RULE,
  },
  {
    rule: "TRAP-05",
    what: "a private key",
    edit: set(...OBJECT, "content", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"),
    found: OBJECT,
  },
  {
    rule: "TRAP-06",
    what: "an output of nothing",
    edit: stack("prod-lake", (json) => {
      json.output = { ...(json.output as object), gone: { value: "${aws_s3_bucket.gone.arn}" } };
    }),
    found: "prod-lake",
  },
  {
    rule: "TRAP-06",
    what: "a tag of everything that is a placeholder",
    edit: stack("prod-lake", (json) => {
      const { aws } = json.provider as { aws: [{ default_tags: [{ tags: Record<string, string> }] }] };
      aws[0].default_tags[0].tags.Vpc = "${TfToken[TOKEN.4]}";
    }),
    found: "prod-lake",
  },
];
