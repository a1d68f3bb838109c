import { type RunResult, Terraform } from "../../cli/terraform/terraform";
import type { Emulator } from "../emulator/emulator";

/** How long a test of real plans may take on a busy machine, in milliseconds. */
export const TERRAFORM_TIMEOUT_MS = 600_000;

/** A group of tests that start Terraform; skipped, and not silently, where `terraform-setup.ts` found no way to. */
export function describeTerraform(name: string, body: () => void): void {
  const obstacle = process.env.BASIN_TEST_OBSTACLE;
  if (obstacle === undefined) {
    describe(name, body);
  } else {
    console.warn(`SKIPPED: ${name}\n${obstacle}`);
    describe.skip(name, body);
  }
}

/** Runs Terraform in a folder, against an emulated account. */
export async function terraformIn(
  directory: string,
  { variables }: Pick<Emulator, "variables">,
): Promise<(command: string, ...args: string[]) => Promise<RunResult>> {
  const { signal } = new AbortController();
  const terraform = await Terraform.find(process.env, signal);
  return (command, ...args) =>
    terraform.run([command, "-no-color", ...args], {
      cwd: directory,
      cliConfigFile: process.env.TF_CLI_CONFIG_FILE ?? "",
      variables,
      signal,
    });
}
