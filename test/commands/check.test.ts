import { copyCheckout, copyRepository, edit, repository, runCli, runScript } from "../support/checkout";

const env = { PATH: process.env.PATH };

test("the stacks of every environment pass the check", async () => {
  const { exitCode, stdout, stderr } = await runCli(copyRepository(), ["check"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^(\w+: \d+ rules judged \d+ times as passed, 0 failed, 1 suppressed, 0 unknown\.\n)+$/);
});

test("a module without its TLS policy fails the check and the app, with what to do", async () => {
  const checkout = copyCheckout();
  edit(checkout, "modules/s3/bucket.ts", "...denyPlainTransport(this.bucketArn),", "");
  const checked = await runCli(checkout, ["check", "dev"], env);
  const app = await runScript(checkout, "cli/run-main.cjs", [], env);

  const finding = [
    "error: LAKE-S3-06 (high) in dev: its policy does not refuse requests without TLS",
    "  of:       bootstrap-dev/bootstrap/state-bucket/bucket/bucket (aws_s3_bucket.bootstrap_state-bucket_EE2B09E6)",
    "            dev-foundation/foundation/log-bucket/bucket/bucket (aws_s3_bucket.foundation_log-bucket_78A33131)",
    "            dev-lake/lake/artifacts/bucket (aws_s3_bucket.lake_artifacts_bucket_A9D89BC1)",
    "            dev-lake/lake/curated/bucket (aws_s3_bucket.lake_curated_bucket_54618B3E)",
    "            dev-lake/lake/landing/bucket (aws_s3_bucket.lake_landing_bucket_90DB48FB)",
    "            dev-lake/lake/published/bucket (aws_s3_bucket.lake_published_bucket_369E5E17)",
    "            dev-lake/lake/query-results/bucket (aws_s3_bucket.lake_query-results_bucket_AB92A1EC)",
    "            dev-lake/lake/raw/bucket (aws_s3_bucket.lake_raw_bucket_46680E45)",
    "  rule:     Every bucket refuses requests without TLS 1.2",
    "  source:   https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    "  remedy:   make the bucket with modules/s3/bucket.ts, whose policy refuses them",
  ].join("\n");
  expect(checked.stdout).toContain(finding);
  expect(checked.stderr).toBe("The check of dev failed.\n");
  expect(checked.exitCode).toBe(1);
  expect(app.stderr).toContain(finding);
  expect(app.exitCode).toBe(1);
});

test("a publisher's statement missing from the alert topic's policy fails the app", async () => {
  const checkout = copyCheckout();
  const statement = '{ ...publish, Sid: "PublishEvents", Principal: { Service: "events.amazonaws.com" } },';
  edit(checkout, "modules/sns/alert-topic.ts", statement, "");

  const { exitCode, stderr } = await runScript(checkout, "cli/run-main.cjs", [], env);

  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    "error: WIRE-SNS-01 (critical) in prod: its policy does not let events.amazonaws.com publish\n" +
      "  of:       prod-foundation/foundation/alerts/topic (aws_sns_topic.foundation_alerts_topic_C57C8F9C)\n",
  );
  expect(stderr).toMatch(/ {2}source: +https:.*eb-use-resource-based\.html.*\n {2}remedy: +make the topic with/);
});

test("a report is JSON where a machine reads it", async () => {
  const { exitCode, stdout } = await runCli(copyCheckout(), ["check", "prod", "--json"], env);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      environment: "prod",
      findings: [{ rule: "LAKE-S3-05", stack: "bootstrap-prod", suppression: { rule: "LAKE-S3-05" } }],
      suppressionProblems: [],
      controls: expect.arrayContaining([
        { rule: "LAKE-S3-01", passed: 8, failed: 0, suppressed: 0, unknown: 0 },
      ]) as unknown,
    },
  ]);
});

test("tells of the rules themselves, too", async () => {
  const checkout = copyCheckout();
  const [list, explained, waiting, sarif, controls] = await Promise.all(
    [
      ["--list"],
      ["--explain", "LAKE-S3-06"],
      ["--explain", "WIRE-MWAA-02"],
      ["--sarif", "dev"],
      ["--controls", "dev"],
    ].map((args) => runCli(checkout, ["check", ...args], env)),
  );

  expect(list?.stdout).toMatch(
    /\d+ rules are implemented, \d+ of them match something in dev, staging, prod, \d+ are tried/,
  );
  expect(explained?.stdout).toMatch(/^LAKE-S3-06: Every bucket refuses requests without TLS 1\.2\n {2}level: +error/);
  expect(waiting?.stdout).toMatch(/^WIRE-MWAA-02: .*\n {2}waits: +for aws_mwaa_environment/);
  expect(JSON.parse(sarif?.stdout ?? "")).toMatchObject({
    version: "2.1.0",
    runs: [{ results: [{ ruleId: "LAKE-S3-05", suppressions: [{}] }] }],
  });
  expect(controls?.stdout).toContain("| LAKE-S3-06 | Every bucket refuses requests without TLS 1.2 | ");
});

test.each([
  [["--explain", "LAKE-S3-99"], 'There is no rule "LAKE-S3-99". "npm run check -- --list" prints those there are.'],
  [["--json", "--sarif"], "--json, --sarif, --controls, --list and --explain: name one of them."],
  [["dev", "--explain", "LAKE-S3-06"], "--explain tells of a rule, whatever the environment: name none."],
])("%j is one message", async (args, message) => {
  expect(await runCli(repository, ["check", ...args], env)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `${message}\n`,
  });
});

test("an environment that does not exist is one message", async () => {
  expect(await runCli(copyCheckout(), ["check", "dev", "produ"], env)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: 'There is no environment "produ". environments/index.ts has dev, staging, prod.\n',
  });
});
