import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyBundle, type ApplyBundleProps } from "../../cli/deployment/apply-bundle";
import { planBundle } from "../../cli/deployment/plan-bundle";
import { compare, type Session } from "../../cli/deployment/session";
import { States } from "../../cli/deployment/states";
import { type DeployedStack, explained, inOrder, toDeployed } from "../../cli/deployment/synthesis";
import { CommandError } from "../../cli/exit-codes";
import { silentDisplay } from "../../cli/progress";
import type { StackSummary } from "../../cli/report/plan-summary";
import type { Outcome } from "../../cli/deployment/deploy-stacks";
import { Terraform } from "../../cli/terraform/terraform";
import type { Environment } from "../../environments/schema";
import type { StackJson } from "../../policies/graph";
import { send } from "../emulator/client";
import type { Emulator } from "../emulator/emulator";
import { temporaryFolder } from "./checkout";

export const BUCKET = "basin-dev-state-111111111111";

/** A stack of Terraform's own resources: it needs no provider, and takes a second. */
export interface SmallStack {
  /** Without the environment's name. */
  readonly name: string;
  /** What each resource is made with: "${name.output}" of another stack is written as { stack, output }. */
  readonly resources: Readonly<Record<string, string | { readonly stack: string; readonly output: string }>>;
  /**
   * Resources whose making takes a command, and fails with it.
   *
   * @default - none
   */
  readonly commands?: Readonly<Record<string, string>>;
  /** New names of resources, by their old ones. */
  readonly moved?: Readonly<Record<string, string>>;
  /** Outputs, with the names of the resources they tell. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** What a command has printed, and how it ended. */
export interface Ran<T> {
  readonly result: readonly T[];
  readonly error?: CommandError;
}

interface Options {
  /** @default "deploy" */
  readonly purpose?: "deploy" | "destroy";
  readonly commit?: string;
  readonly bundle?: string;
  readonly only?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A machine on which the stacks of an environment are planned and deployed, against states in S3. */
export class SmallEnvironment {
  readonly bundle: string;
  private readonly root = temporaryFolder();

  /** @param emulator holds the states; credentials of this process have to be those of it */
  constructor(
    readonly environment: Environment,
    private readonly emulator: Emulator,
  ) {
    this.bundle = join(this.root, "bundle");
  }

  /** Plans stacks into a bundle. */
  async plan(stacks: readonly SmallStack[], { only, ...options }: Options = {}): Promise<Ran<StackSummary>> {
    const session = await this.session(stacks, options);
    const selected = session.stacks.filter(({ name }) => only?.some((one) => name.endsWith(`-${one}`)) ?? true);
    const { bundle = this.bundle } = options;
    const { purpose = "deploy" } = options;
    const props = { stacks: selected, purpose, bundle, json: true, lockTimeoutSeconds: 60 };
    return this.run(options, (context) => planBundle(session, props, context));
  }

  /** Applies a bundle. */
  async deploy(
    stacks: readonly SmallStack[],
    { approve = [], digest, ...options }: Options & { approve?: readonly string[]; digest?: string } = {},
  ): Promise<Ran<Outcome>> {
    const props: ApplyBundleProps = {
      purpose: options.purpose ?? "deploy",
      bundle: options.bundle ?? this.bundle,
      approvals: { names: approve, maxLosses: 20 },
      json: true,
      lockTimeoutSeconds: 60,
      ...(digest !== undefined && { digest }),
    };
    const session = await this.session(stacks, options);
    return this.run(options, (context) => applyBundle(session, props, context));
  }

  /** Plans and applies, which has to go well. */
  async apply(stacks: readonly SmallStack[], options: Options = {}): Promise<readonly Outcome[]> {
    const planned = await this.plan(stacks, options);
    if (planned.error !== undefined) {
      throw planned.error;
    }
    const deployed = await this.deploy(stacks, options);
    const { error } = deployed;
    if (error !== undefined) {
      throw new Error(`${error.message}\n${JSON.stringify(deployed.result)}`);
    }
    return deployed.result;
  }

  states(): Promise<States> {
    return States.open({ environment: this.environment, bucket: BUCKET });
  }

  /** What the resources of a stack were made with, by their names. */
  async deployed(stack: string): Promise<Record<string, unknown>> {
    const path = `/${BUCKET}/${this.environment.name}/${this.fullName(stack)}/terraform.tfstate`;
    const { status, text } = await send(this.emulator, { service: "s3", method: "GET", path });
    const { resources } = (status === 404 ? { resources: [] } : JSON.parse(text)) as StateFile;
    const known = resources.filter(({ mode }) => mode === "managed");
    return Object.fromEntries(known.map(({ name, instances: [instance] }) => [name, instance?.attributes.input.value]));
  }

  fullName(stack: string): string {
    return `${this.environment.name}-${stack}`;
  }

  /** The folder in which Terraform runs for a stack. */
  directory(stack: string): string {
    return join(this.root, "out", "stacks", this.fullName(stack));
  }

  /** Folder of what Terraform has told of its applies. */
  get journals(): string {
    return join(this.root, ".basin", "journal", this.environment.name);
  }

  private async run<T>(
    { signal = new AbortController().signal }: Options,
    command: (context: Parameters<typeof planBundle>[2]) => Promise<void>,
  ): Promise<Ran<T>> {
    let result: readonly T[] = [];
    const print = (text: string) => {
      const printed = JSON.parse(text) as readonly T[] | { readonly stacks: readonly T[] };
      result = "stacks" in printed ? printed.stacks : printed;
    };
    const printError = () => undefined;
    const {
      root,
      emulator: { variables },
    } = this;
    try {
      await command({ root, variables, signal, display: silentDisplay, print, printError });
      return { result };
    } catch (error) {
      if (error instanceof CommandError) {
        return { result, error };
      }
      throw error;
    }
  }

  private async session(stacks: readonly SmallStack[], { commit = "c0ffee", signal }: Options): Promise<Session> {
    const { environment, root } = this;
    const { variables } = this.emulator;
    const outdir = join(root, "out");
    const terraform = await Terraform.find(process.env, new AbortController().signal);
    const written = inOrder(stacks.map((stack) => this.write(stack, outdir)));
    const declared = written.map((stack) => ({ ...stack, reads: explained(stack.reads, written) }));
    const states = await this.states();
    return {
      ...{ environment, commit, terraform, states },
      ...(await compare(declared, states, environment, outdir)),
      prepare: async ({ directory }) => {
        const target = { terraform, directory, variables, signal: signal ?? new AbortController().signal };
        const cliConfigFile = "/dev/null";
        const options = { cwd: directory, cliConfigFile, variables, signal: target.signal };
        const { exitCode, stderr } = await terraform.run(
          ["init", "-input=false", "-no-color", "-reconfigure"],
          options,
        );
        if (exitCode !== 0) {
          throw new Error(stderr);
        }
        // without a provider there is nothing that Terraform would lock
        writeFileSync(join(directory, ".terraform.lock.hcl"), "");
        return { ...target, cliConfigFile };
      },
    };
  }

  private write(stack: SmallStack, outdir: string): DeployedStack {
    const { resources, commands = {}, moved = {}, outputs } = stack;
    const read = Object.values(resources).flatMap((value) => (typeof value === "string" ? [] : [value.stack]));
    const upstream = [...new Set(read)].map((name) => this.fullName(name));
    const json: StackJson = {
      terraform: { backend: { s3: this.backend(this.fullName(stack.name)) } },
      // Terraform takes no empty block
      ...(upstream.length > 0 && {
        data: {
          terraform_remote_state: Object.fromEntries(
            upstream.map((name) => [referenceTo(name), { backend: "s3", config: this.backend(name) }]),
          ),
        },
      }),
      resource: {
        terraform_data: Object.fromEntries(
          Object.entries(resources).map(([name, value]) => [
            name,
            {
              input: typeof value === "string" ? value : this.reference(value),
              ...(commands[name] !== undefined && {
                provisioner: [{ "local-exec": { command: commands[name] } }],
              }),
            },
          ]),
        ),
      },
      moved: Object.entries(moved).map(([from, to]) => ({
        from: `terraform_data.${from}`,
        to: `terraform_data.${to}`,
      })),
      ...(outputs !== undefined && {
        output: Object.fromEntries(
          Object.entries(outputs).map(([name, resource]) => [name, { value: `\${terraform_data.${resource}.output}` }]),
        ),
      }),
    };
    const name = this.fullName(stack.name);
    mkdirSync(this.directory(stack.name), { recursive: true });
    writeFileSync(join(this.directory(stack.name), "cdk.tf.json"), JSON.stringify(json));
    return toDeployed({ name, dependencies: upstream, json }, outdir);
  }

  private reference({ stack, output }: { readonly stack: string; readonly output: string }): string {
    return `\${data.terraform_remote_state.${referenceTo(this.fullName(stack))}.outputs.${output}}`;
  }

  private backend(stack: string): Record<string, unknown> {
    const { name, region } = this.environment;
    return { bucket: BUCKET, key: `${name}/${stack}/terraform.tfstate`, region, use_lockfile: true };
  }
}

/** As cdktf names the data source of another stack. */
function referenceTo(stack: string): string {
  return `cross-stack-reference-input-${stack}`;
}

/** What a state holds of resources that are made with a text. */
interface StateFile {
  readonly resources: readonly {
    readonly mode: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: { readonly input: { readonly value: unknown } } }[];
  }[];
}
