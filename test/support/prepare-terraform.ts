// Installs the provider for the tests that need it and prints the CLI configuration it comes with.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AWS_PROVIDER, findProvider } from "../../cli/terraform/provider-mirror";
import { Terraform } from "../../cli/terraform/terraform";
import { initialize } from "../../cli/terraform/working-directory";

async function prepare(): Promise<string> {
  const { signal } = new AbortController();
  const folder = resolve(__dirname, "..", "..", ".basin");
  const directory = join(folder, "test", "provider");
  const root = { terraform: { required_providers: { aws: AWS_PROVIDER } } };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "main.tf.json"), JSON.stringify(root));
  const { init } = await initialize({
    terraform: await Terraform.find(process.env, signal),
    requirement: AWS_PROVIDER,
    origin: findProvider(AWS_PROVIDER, process.env),
    directory,
    pluginCache: join(folder, "plugins"),
    signal,
  });
  return init;
}

prepare().then(
  (cliConfigFile) => process.stdout.write(cliConfigFile),
  (error: unknown) => {
    process.stderr.write(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
