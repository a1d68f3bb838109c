import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { copyCheckout } from "../support/checkout";
import { addresses, layers, namedEnvironments, synthesize } from "../support/environments";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";
import { nativeVariables, offlineVariables, runNativeCli } from "./native-cli";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

describeTerraform("the native CLI", () => {
  const [[name, environment] = []] = namedEnvironments;
  let emulator: Emulator | undefined;

  afterAll(() => emulator?.stop());

  test("lists the bootstrap and every layer of every environment, and needs no AWS account for it", async () => {
    const { exitCode, stdout, stderr } = await runNativeCli(copyCheckout(), ["list"], offlineVariables());

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const stacks = [...stdout.matchAll(/^(\S+) +cdktf\.out\/stacks\/\1$/gm)].map(([, stack]) => stack);
    expect(stacks.sort()).toEqual(
      namedEnvironments
        .flatMap(([environmentName]) => [
          `bootstrap-${environmentName}`,
          ...layers.map((layer) => `${environmentName}-${layer}`),
        ])
        .sort(),
    );
  });

  test("shows what the first deploy of a layer would create, with its state on this machine", async () => {
    if (name === undefined || environment === undefined) {
      throw new Error("there is no environment");
    }
    emulator = await startEmulator(environment);
    const checkout = copyCheckout();
    const stack = `${name}-foundation`;

    const args = ["diff", stack, "--skip-provider-lock", "--no-color"];
    const { exitCode, stdout, stderr } = await runNativeCli(checkout, args, nativeVariables(emulator));

    expect({ exitCode, stderr, log: emulator.log() }).toEqual({ exitCode: 0, stderr: "", log: "" });
    const foundation = synthesize(environment, "layered").get(stack);
    const { length } = addresses(foundation === undefined ? [] : [foundation]);
    expect(stdout).toContain(`Plan: ${length} to add, 0 to change, 0 to destroy.`);
    // a plan writes no state
    expect(existsSync(join(checkout, ".basin", "state", `${stack}.tfstate`))).toBe(false);
  });
});
