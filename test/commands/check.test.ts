import { copyCheckout, copyRepository, edit, runCli, runScript } from "../support/checkout";

const env = { PATH: process.env.PATH };

test("the stacks of every environment pass the check", async () => {
  const { exitCode, stdout, stderr } = await runCli(copyRepository(), ["check"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^(\w+: \d+ rules judged \d+ times as passed, 0 failed, 0 suppressed, 0 unknown\.\n)+$/);
});

test("a module without its TLS policy fails the check and the app, with what to do", async () => {
  const checkout = copyCheckout();
  edit(checkout, "modules/s3/bucket.ts", "...denyPlainTransport(this.bucketArn),", "");
  const checked = await runCli(checkout, ["check", "dev"], env);
  const app = await runScript(checkout, "cli/run-main.cjs", [], env);

  const finding = [
    "error: LAKE-S3-06 (high) in dev: dev-lake/lake/raw/bucket: its policy does not refuse requests without TLS",
    "  resource: aws_s3_bucket.lake_raw_bucket_46680E45",
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

test("a report is JSON where a machine reads it", async () => {
  const { exitCode, stdout } = await runCli(copyCheckout(), ["check", "prod", "--json"], env);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      environment: "prod",
      findings: [],
      suppressionProblems: [],
      controls: expect.arrayContaining([
        { rule: "LAKE-S3-01", passed: 7, failed: 0, suppressed: 0, unknown: 0 },
      ]) as unknown,
    },
  ]);
});

test("an environment that does not exist is one message", async () => {
  expect(await runCli(copyCheckout(), ["check", "dev", "produ"], env)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: 'There is no environment "produ". environments/index.ts has dev, staging, prod.\n',
  });
});
