import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout, runScript } from "../support/checkout";

/** Every file of a synth by its path, as bytes. */
async function synthesize(): Promise<Record<string, string>> {
  const checkout = copyCheckout();
  const { exitCode, stderr } = await runScript(checkout, "cli/run-main.cjs", [], { PATH: process.env.PATH });
  // a checkout has nothing built yet, of which it warns
  const warning = expect.stringMatching(/^warning: .+ is not built: .*\n$/) as string;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: warning });
  const output = join(checkout, "cdktf.out");
  return Object.fromEntries(
    readdirSync(output, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(output.length), readFileSync(file, "base64")]),
  );
}

test("two processes in two folders synthesize the same bytes", async () => {
  const [first, second] = await Promise.all([synthesize(), synthesize()]);
  expect(Object.keys(first)).toContain("/stacks/prod-lake/cdk.tf.json");
  expect(second).toEqual(first);
});
