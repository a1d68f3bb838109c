import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { platform } from "../../environments/platform";
import { check, type CheckProps, estateOf, type Report } from "../../policies/engine";
import { Graph, type StackJson } from "../../policies/graph";
import { failedIf, type ResourceRule, type StackRule, unknown } from "../../policies/rule";
import { suppress, type Suppression } from "../../policies/suppress";
import { environments } from "../fixtures/environments";
import { temporaryFolder } from "../support/checkout";

const RULE: ResourceRule = {
  id: "TEST-1",
  title: "No bucket is called bad",
  severity: "high",
  level: "error",
  types: ["aws_s3_bucket"],
  sources: ["https://example.com"],
  remedy: "call it otherwise",
  judge: ({ values }) => [
    ...failedIf(values.bucket === "bad", "it is called bad", "bucket"),
    ...(values.bucket === undefined ? unknown("its name is made up by AWS", "bucket") : []),
  ],
};

const SUPPRESSION: Suppression = {
  rule: "TEST-1",
  reason: "an old name",
  owner: "platform@example.com",
  expires: "2026-12-31",
};

/** A stack with one bucket for each name, in constructs that may have a suppression. */
function stack(names: readonly (string | undefined)[], suppressions: readonly Suppression[] = []): StackJson {
  // cdktf's own test synth drops the notes in which suppressions are
  const app = new App({ outdir: temporaryFolder() });
  const synthesized = new TerraformStack(app, "dev-lake");
  new AwsProvider(synthesized, "aws", { region: "eu-west-1" });
  const group = new Construct(synthesized, "group");
  names.forEach((bucket, index) => new S3Bucket(group, `bucket-${index}`, bucket === undefined ? {} : { bucket }));
  suppressions.forEach((suppression) => {
    suppress(group, suppression);
  });
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, "stacks", "dev-lake", "cdk.tf.json"), "utf8")) as StackJson;
}

function report(json: StackJson, props: Partial<CheckProps> = {}): Report {
  return check({
    platform,
    ...estateOf(environments.dev, [{ name: "dev-lake", dependencies: [], json }]),
    rules: [RULE],
    knownRules: ["TEST-1", "TEST-2"],
    today: "2026-11-22",
    ...props,
  });
}

const outcomes = ({ findings }: Report) =>
  findings.map(({ address, outcome, text, suppression }) => [
    address.replace(/_[0-9A-F]{8}$/, ""),
    outcome,
    text,
    suppression === undefined ? "counts" : "suppressed",
  ]);

describe("a check", () => {
  test("tells of each resource what is wrong, and what it cannot know", () => {
    const found = report(stack(["good", "bad", undefined]));

    expect(outcomes(found)).toEqual([
      ["aws_s3_bucket.group_bucket-1", "failed", "it is called bad", "counts"],
      ["aws_s3_bucket.group_bucket-2", "unknown", "its name is made up by AWS", "counts"],
    ]);
    expect(found.findings[0]).toMatchObject({
      environment: "dev",
      stack: "dev-lake",
      path: "dev-lake/group/bucket-1",
      attribute: "bucket",
    });
    expect(found.controls).toMatchObject([{ passed: 1, failed: 1, suppressed: 0, unknown: 1 }]);
  });

  test("counts a resource once, by the worst that is said of it", () => {
    const twice: ResourceRule = { ...RULE, judge: () => [...unknown("who knows"), ...failedIf(true, "it is bad")] };

    expect(report(stack(["a", "b"]), { rules: [twice] }).controls).toMatchObject([
      { passed: 0, failed: 2, unknown: 0 },
    ]);
  });

  test("leaves out rules of other stages", () => {
    expect(report(stack(["bad"]), { rules: [{ ...RULE, stages: ["production"] }] })).toMatchObject({
      findings: [],
      controls: [],
    });
  });

  test("judges stacks as well", () => {
    const rule: StackRule = {
      ...RULE,
      id: "TEST-2",
      judgeStack: ({ name }) => failedIf(name === "dev-lake", "it is the lake"),
    };

    expect(outcomes(report(stack(["good"]), { rules: [rule] }))).toEqual([
      ["dev-lake", "failed", "it is the lake", "counts"],
    ]);
  });
});

describe("a suppression", () => {
  test("keeps what it is about from counting, and no more", () => {
    const found = report(stack(["bad", "good"], [SUPPRESSION]));

    expect(outcomes(found)).toEqual([["aws_s3_bucket.group_bucket-0", "failed", "it is called bad", "suppressed"]]);
    expect(found.findings[0]?.suppression).toEqual({ ...SUPPRESSION, scope: "dev-lake/group" });
    expect(found.suppressionProblems).toEqual([]);
    expect(found.controls).toMatchObject([{ passed: 1, failed: 0, suppressed: 1, unknown: 0 }]);
  });

  test("holds on its last day, and not on the day after", () => {
    const json = stack(["bad"], [SUPPRESSION]);

    expect(outcomes(report(json, { today: "2026-12-31" }))[0]?.[3]).toBe("suppressed");
    expect(outcomes(report(json, { today: "2027-01-01" }))[0]?.[3]).toBe("counts");
  });

  test.each<[string, Partial<Suppression>, string]>([
    ["is expired", { expires: "2026-11-21" }, "it expired on 2026-11-21"],
    ["ends on no day", { expires: "2026-13-01" }, 'its last day has to be a day as YYYY-MM-DD, not "2026-13-01"'],
    ["ends some time", { expires: "soon" }, 'its last day has to be a day as YYYY-MM-DD, not "soon"'],
    ["is of no rule", { rule: "TEST-9" }, "there is no such rule"],
    ["has no reason", { reason: " " }, "it needs a reason and an owner"],
    ["has no owner", { owner: "" }, "it needs a reason and an owner"],
  ])("that %s is reported", (_what, change, text) => {
    expect(
      report(stack(["bad"], [{ ...SUPPRESSION, ...change }])).suppressionProblems.map((problem) => problem.text),
    ).toEqual([text]);
  });

  test("that nothing needs is reported, unless its rule was not judged", () => {
    const found = report(stack(["good", "fine"], [SUPPRESSION, { ...SUPPRESSION, rule: "TEST-2" }]));

    expect(found.suppressionProblems.map(({ suppression, text }) => [suppression.rule, text])).toEqual([
      ["TEST-1", "nothing needs it any more: remove it"],
    ]);
  });
});

describe("the graph of an environment", () => {
  const upstream: StackJson = {
    resource: {
      aws_s3_bucket: { lake: { bucket: "basin-lake" } },
      aws_kms_key: { key: {} },
      aws_iam_role: { role: { name: "reader" } },
      aws_s3_bucket_policy: { policy: { bucket: "${aws_s3_bucket.lake.bucket}", depends_on: ["aws_kms_key.key"] } },
    },
    output: {
      "cross-stack-output-lake": { value: "${aws_s3_bucket.lake.arn}" },
      "cross-stack-output-both": { value: "${concat([aws_s3_bucket.lake.arn], [aws_iam_role.role.arn])}" },
    },
  };
  const remote = "${data.terraform_remote_state.cross-stack-reference-input-dev-lake.outputs.cross-stack-output-lake}";
  const downstream: StackJson = {
    resource: { aws_s3_object: { file: { bucket: remote, text: `${remote}/* $\${aws_s3_bucket.lake.arn}` } } },
  };
  const graph = new Graph(
    [
      { name: "dev-lake", dependencies: [], json: upstream },
      { name: "dev-domain", dependencies: ["dev-lake"], json: downstream },
      {
        name: "dev-last",
        dependencies: ["dev-domain"],
        json: { resource: { aws_sns_topic: { topic: { name: "t" } } } },
      },
    ],
    { accountId: "111122223333", region: "eu-west-1", partition: "aws" },
  );
  const resource = (type: string) => {
    const [only] = graph.ofType(type);
    if (only === undefined) {
      throw new Error(`no ${type}`);
    }
    return only;
  };

  test("follows references through the outputs of other stacks", () => {
    expect(graph.reference(resource("aws_s3_object").values.bucket)).toEqual({
      resource: resource("aws_s3_bucket"),
      attribute: "arn",
    });
    expect(graph.referring("aws_s3_object", "bucket", resource("aws_s3_bucket"))).toEqual([resource("aws_s3_object")]);
  });

  test.each([
    ["${aws_s3_bucket.lake.arn}/*", ["aws_s3_bucket.arn"]],
    [
      '${join("/", [aws_s3_bucket.lake.bucket, aws_iam_role.role.name])}',
      ["aws_s3_bucket.bucket", "aws_iam_role.name"],
    ],
    ['${jsonencode({ a = { b = aws_iam_role.role.tags["x"] } })}', ['aws_iam_role.tags["x"]']],
    ["${data.aws_iam_role.role.arn} ${local.aws_iam_role.role.arn} ${aws_iam_role.other.arn}", []],
    [`\${lower(${remote.slice(2, -1)})}`, ["aws_s3_bucket.arn"]],
    [remote.replace("output-lake", "output-both"), ["aws_s3_bucket.arn", "aws_iam_role.arn"]],
    ["$${aws_s3_bucket.lake.arn} aws_s3_bucket.lake.arn", []],
    ["${aws_iam_role.role.arn", ["aws_iam_role.arn"]],
  ])("finds what %s refers to", (text, expected) => {
    const found = graph.references({ nested: [text] });

    expect(found.map(({ resource: { type }, attribute }) => `${type}.${attribute}`)).toEqual(expected);
  });

  test("takes a function of a reference for none", () => {
    expect(graph.reference("${lower(aws_iam_role.role.name)}")).toBeUndefined();
    expect(graph.reference('${aws_iam_role.role.name == "" ? 1 : 2}')).toBeUndefined();
  });

  test("composes what follows from names, and leaves what AWS makes up", () => {
    expect(graph.text(resource("aws_s3_object").values.text as string)).toBe(
      "arn:aws:s3:::basin-lake/* $${aws_s3_bucket.lake.arn}",
    );
    expect(graph.text("${aws_iam_role.role.arn} ${aws_sns_topic.topic.arn} ${aws_kms_key.key.arn}")).toBe(
      "arn:aws:iam::111122223333:role/reader arn:aws:sns:eu-west-1:111122223333:t ${aws_kms_key.key.arn}",
    );
  });

  test("takes a name or ARN that is written out for what it names", () => {
    expect(graph.refersTo("basin-lake", resource("aws_s3_bucket"))).toBe(true);
    expect(graph.refersTo("arn:aws:s3:::basin-lake", resource("aws_s3_bucket"))).toBe(true);
    expect(graph.refersTo("arn:aws:s3:::basin-lake-2", resource("aws_s3_bucket"))).toBe(false);
    expect(graph.refersTo(undefined, resource("aws_s3_bucket"))).toBe(false);
  });

  test.each([
    ["aws_s3_bucket", "aws_s3_bucket_policy", true],
    ["aws_kms_key", "aws_s3_bucket_policy", true],
    ["aws_s3_bucket_policy", "aws_s3_bucket", false],
    ["aws_iam_role", "aws_s3_bucket_policy", false],
    ["aws_iam_role", "aws_s3_object", true],
    ["aws_iam_role", "aws_sns_topic", true],
    ["aws_s3_object", "aws_iam_role", false],
  ])("whether %s is before %s: %p", (one, other, expected) => {
    expect(graph.isBefore(resource(one), resource(other))).toBe(expected);
  });
});
