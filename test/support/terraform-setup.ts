import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Prepared } from "./prepare-terraform";

/**
 * Runs once before the tests that start Terraform. Leaves Terraform in TERRAFORM_BINARY_NAME and the CLI
 * configuration that the provider comes with in TF_CLI_CONFIG_FILE, for those of cdktf's matchers that start Terraform
 * themselves.
 *
 * Where Terraform or the provider cannot be had, the tests are skipped loudly; in CI that is a failure.
 */
export default function setup(): void {
  // in a process of its own: outside of tests jest does not resolve all packages
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(__dirname, "prepare-terraform.ts")],
    { encoding: "utf8" },
  );
  if (status === 0) {
    const { executable, cliConfigFile } = JSON.parse(stdout) as Prepared;
    process.env.TERRAFORM_BINARY_NAME = executable;
    process.env.TF_CLI_CONFIG_FILE = cliConfigFile;
  } else if (process.env.CI === undefined) {
    process.env.BASIN_TEST_OBSTACLE = stderr;
  } else {
    throw new Error(`Tests may not be skipped in CI: ${stderr}`);
  }
}
