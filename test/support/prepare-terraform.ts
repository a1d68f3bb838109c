// Installs Terraform and the provider for the tests that need them, and prints as JSON where they are.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AWS_PROVIDER, findProvider } from "../../cli/terraform/provider-mirror";
import { Terraform } from "../../cli/terraform/terraform";
import { initialize } from "../../cli/terraform/working-directory";

/** What `terraform-setup.ts` needs. */
export interface Prepared {
  readonly executable: string;
  /** The CLI configuration that the provider comes with. */
  readonly cliConfigFile: string;
}

async function prepare(): Promise<Prepared> {
  const { signal } = new AbortController();
  const folder = resolve(__dirname, "..", "..", ".basin");
  const directory = join(folder, "test", "provider");
  const root = { terraform: { required_providers: { aws: AWS_PROVIDER } } };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "main.tf.json"), JSON.stringify(root));
  const terraform = await Terraform.find(process.env, signal);
  const { init: cliConfigFile } = await initialize({
    terraform,
    requirement: AWS_PROVIDER,
    origin: findProvider(AWS_PROVIDER, process.env),
    directory,
    pluginCache: join(folder, "plugins"),
    signal,
  });
  return { executable: terraform.executable, cliConfigFile };
}

prepare().then(
  (prepared) => process.stdout.write(JSON.stringify(prepared)),
  (error: unknown) => {
    process.stderr.write(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
