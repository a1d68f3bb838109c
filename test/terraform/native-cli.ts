import { join } from "node:path";
import type { Emulator } from "../emulator/emulator";
import { type Finished, runProgram, temporaryFolder } from "../support/checkout";
import { TERRAFORM_TIMEOUT_MS } from "../support/terraform";

const MOST_OUTPUT_BYTES = 100e6;

/** Variables with which cdktf works on an emulator, keeps states in the checkout, and asks nobody else. */
export function nativeVariables(emulator: Emulator): NodeJS.ProcessEnv {
  return { ...offlineVariables(), ...emulator.variables, BASIN_STATE: "local" };
}

/** Variables with which cdktf has no AWS account and asks nobody for anything. */
export function offlineVariables(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: temporaryFolder(),
    TERRAFORM_BINARY_NAME: process.env.TERRAFORM_BINARY_NAME,
    TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE,
    // its own plugin cache, in HOME, would be an empty one
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CHECKPOINT_DISABLE: "1",
  };
}

/** Runs cdktf in a checkout to its end. */
export function runNativeCli(
  checkout: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
): Promise<Finished> {
  const options = { cwd: checkout, env: variables, maxBuffer: MOST_OUTPUT_BYTES, timeout: TERRAFORM_TIMEOUT_MS };
  return runProgram(join(checkout, "node_modules", ".bin", "cdktf"), args, options);
}
