import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PlanSummary } from "../../cli/report/summary";
import { commitAll, copyCheckout, edit, git, runCli, temporaryFolder } from "../support/checkout";
import { apply, Guide } from "../support/guide";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const variables = {
  PATH: process.env.PATH,
  HOME: temporaryFolder(),
  TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE,
};

function repository(): string {
  const checkout = copyCheckout();
  commitAll(checkout);
  return checkout;
}

describeTerraform("preview --against", () => {
  const checkout = repository();
  const against = async (environment: string) => {
    const { exitCode, stdout, stderr } = await runCli(
      checkout,
      ["preview", environment, "--against", "HEAD", "--json"],
      variables,
    );
    const [summary] = (JSON.parse(stdout) as { environments: PlanSummary[] }).environments;
    return { exitCode, stderr, summary };
  };

  test("says that nothing changes where nothing has changed, and settles", async () => {
    const { exitCode, stdout } = await runCli(checkout, ["preview", "dev", "--against", "HEAD", "--settle"], variables);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^dev against HEAD \([0-9a-f]{12}\): nothing changes\./);
  });

  test("shows a new column, declared as docs/change-a-dataset.md does, as a call of the migrator and what follows it", async () => {
    const guide = new Guide("change-a-dataset.md");
    apply(checkout, guide.block("diff", "+        {"));

    const { exitCode, stdout } = await runCli(checkout, ["preview", "dev", "--against", "HEAD"], variables);

    expect(stdout).toContain(`${guide.block("text", "aws_s3_object")}dev against HEAD (`);
    expect(stdout).toContain("): 1 to create, 2 to update, 1 to replace, in 1 layer.");
    expect(exitCode).toBe(0);
    git(checkout, "checkout", "--quiet", "HEAD", "--", ".");
  });

  test("tells what refers to another resource of the same type than before, and what changes in place", async () => {
    edit(
      checkout,
      "stacks/layers/lake.ts",
      "encryption: foundation.keys.data",
      "encryption: foundation.keys.messaging",
    );
    // results are encrypted with the key of their bucket
    edit(
      checkout,
      "stacks/layers/lake.ts",
      "encryptionKey: foundation.keys.data",
      "encryptionKey: foundation.keys.messaging",
    );
    edit(checkout, "environments/dev.ts", "noncurrentVersionDays: ", "noncurrentVersionDays: 1");

    const { exitCode, summary } = await against("dev");

    const found = summary?.changes.map(({ action, address, attributes }) => [
      action,
      address.split(".")[0],
      attributes,
    ]);
    expect(new Set(found?.map((change) => JSON.stringify(change)))).toEqual(
      new Set([
        '["update","aws_s3_bucket_lifecycle_configuration",["rule"]]',
        '["update","aws_s3_bucket_server_side_encryption_configuration",["rule"]]',
        '["update","aws_s3_bucket_policy",["policy"]]',
        '["update","aws_athena_workgroup",["configuration"]]',
        // roles that may use the key of the zones may use the other one
        '["update","aws_iam_role_policy",["policy"]]',
      ]),
    );
    expect(exitCode).toBe(0);
    git(checkout, "checkout", "--quiet", "HEAD", "--", ".");
  });

  test("tells a renamed construct, and a changed name that a protected bucket would be replaced for", async () => {
    edit(checkout, "stacks/layers/foundation.ts", 'new LogBucket(this, "log-bucket"', 'new LogBucket(this, "logs"');
    edit(checkout, "stacks/naming.ts", "`${context.platformName}-${context.environmentName}-${suffix}`", "NAME");
    edit(
      checkout,
      "stacks/naming.ts",
      "const name = NAME;",
      'const name = `${context.platformName}-${context.environmentName}-${suffix.replace("query-results", "results")}`;',
    );

    const { exitCode, stderr, summary } = await against("prod");

    const found = summary?.changes.filter(({ address }) => address.startsWith("aws_s3_bucket."));
    expect(found).toEqual([
      expect.objectContaining({ layer: "foundation", action: "delete", isStateful: true, isRefused: false }),
      expect.objectContaining({ layer: "foundation", action: "create", isStateful: true, isRefused: false }),
      {
        address: expect.stringMatching(/^aws_s3_bucket\.lake_query-results_bucket_/) as string,
        layer: "lake",
        action: "replace",
        attributes: ["bucket"],
        isStateful: true,
        isRefused: true,
      },
    ]);
    expect(summary?.base?.ref).toBe("HEAD");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Terraform refuses the plan of prod: prevent_destroy keeps what it would destroy");
  });

  test("creates everything of an environment that the revision does not have", async () => {
    git(checkout, "checkout", "--quiet", "HEAD", "--", ".");
    edit(checkout, "environments/index.ts", "{ dev, staging, prod }", "{ dev, prod }");
    edit(checkout, "environments/index.ts", 'import { staging } from "./staging";\n', "");
    rmSync(join(checkout, "environments", "staging.ts"));
    git(checkout, "commit", "--quiet", "--all", "--message", "without staging");
    git(checkout, "checkout", "--quiet", "HEAD~1", "--", "environments");

    const { exitCode, summary } = await against("staging");

    expect(exitCode).toBe(0);
    expect(summary?.total).toMatchObject({ update: 0, replace: 0, delete: 0 });
    expect(summary?.changes).toHaveLength(summary?.total.create ?? 0);
  });

  test("says whose code cannot be synthesized, without a stack trace", async () => {
    git(checkout, "checkout", "--quiet", "HEAD", "--", ".");
    edit(checkout, "stacks/platform.ts", "export function addPlatform", "export function addLayers");
    git(checkout, "commit", "--quiet", "--all", "--message", "another form");
    git(checkout, "checkout", "--quiet", "HEAD~1", "--", "stacks");

    const { exitCode, stderr } = await runCli(checkout, ["preview", "dev", "--against", "HEAD"], variables);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /dev of [0-9a-f]{40} cannot be synthesized by that commit's own code, .*\n.*addPlatform is not a function\n$/,
    );
  });
});

describeTerraform("preview --settle", () => {
  const checkout = copyCheckout();

  test("refuses what would change right after the deployment, by address and attribute", async () => {
    edit(
      checkout,
      "modules/sns/alert-topic.ts",
      "name: topicName,",
      'name: topicName, displayName: "${plantimestamp()}",',
    );

    const { exitCode, stderr } = await runCli(checkout, ["preview", "dev", "--settle"], variables);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /dev does not settle: right after its deployment, the next one would change\n {2}update aws_sns_topic\.foundation_alerts_topic_\w+ display_name\n/,
    );
  });
});
