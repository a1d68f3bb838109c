import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { preparePython } from "../../cli/python/environment";
import type { SynthesizedStack } from "../../policies/graph";
import { temporaryFolder } from "../support/checkout";

const run = promisify(execFile);

const REMOTE_OUTPUT = /data\.terraform_remote_state\.cross-stack-reference-input-([a-z0-9-]+)\.outputs\.([\w-]+)/g;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What a check of checkov says of a resource. */
export interface CheckResult {
  /** Id of the check, for example "CKV_AWS_21". */
  readonly check: string;
  readonly address: string;
}

export interface ScanResult {
  readonly failed: readonly CheckResult[];
  /** Nothing where only failures are asked for. */
  readonly passed: readonly CheckResult[];
}

/** The part of checkov's report that is read. */
interface CheckovReport {
  readonly results: Readonly<
    Partial<
      Record<
        "failed_checks" | "passed_checks",
        readonly { readonly check_id: string; readonly file_path: string; readonly resource: string }[]
      >
    >
  >;
  readonly summary: { readonly parsing_errors: number; readonly resource_count: number };
}

/** The outside scanner that our rules are compared with. It reaches no network and knows nobody's settings. */
export class Checkov {
  private constructor(private readonly python: string) {}

  /**
   * Installs it, unless an earlier run has.
   *
   * @throws CommandError if Python or its packages cannot be had
   */
  static async prepare(signal: AbortSignal): Promise<Checkov> {
    const requirements = join(__dirname, "requirements.txt");
    return new Checkov(await preparePython({ name: "checkov", requirements, signal }));
  }

  /** Ids of all checks it has, those for other things than Terraform included. */
  async knownChecks(): Promise<ReadonlySet<string>> {
    const list = await this.run(["--list"]);
    return new Set([...list.matchAll(/^\|\s*\d+\s*\|\s*(CKV\w+)\s*\|/gm)].map(([, id = ""]) => id));
  }

  /** Scans sets of stacks, each by itself, in one run: its start alone takes seconds. */
  async scan(
    variants: readonly (readonly SynthesizedStack[])[],
    { failuresOnly }: { readonly failuresOnly: boolean },
  ): Promise<ScanResult[]> {
    const folder = temporaryFolder();
    const plans = variants.map(planOf);
    plans.forEach((plan, index) => {
      mkdirSync(join(folder, String(index)));
      writeFileSync(join(folder, String(index), "plan.json"), JSON.stringify(plan));
    });
    const output = ["--output", "json", "--compact", "--soft-fail", ...(failuresOnly ? ["--quiet"] : [])];
    const text = await this.run(["--directory", folder, "--framework", "terraform_plan", ...output]);
    const { results = {}, summary } = JSON.parse(text) as Partial<CheckovReport>;
    const expected = plans.reduce((sum, plan) => sum + plan.planned_values.root_module.resources.length, 0);
    // what it cannot read it leaves out without an error
    if (summary?.parsing_errors !== 0 || summary.resource_count !== expected) {
      throw new Error(`checkov has read ${summary?.resource_count ?? 0} of ${expected} resources`);
    }
    const byFile = (kind: keyof typeof results) => {
      const found = variants.map((): CheckResult[] => []);
      results[kind]?.forEach(({ check_id: check, file_path: file, resource: address }) => {
        found[Number(file.split("/")[1])]?.push({ check, address });
      });
      return found;
    };
    const passed = byFile("passed_checks");
    return byFile("failed_checks").map((failed, index) => ({ failed, passed: passed[index] ?? [] }));
  }

  private async run(args: readonly string[]): Promise<string> {
    // neither variables nor a home of ours: both may hold settings and keys of its platform
    const home = temporaryFolder();
    const env = { PATH: process.env.PATH, HOME: home, USERPROFILE: home, LANG: "C.UTF-8", TMPDIR: home };
    const { stdout } = await run(this.python, ["-m", "checkov.main", "--skip-download", ...args], {
      cwd: home,
      env,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  }
}

/** A plan, as much of it as checkov reads. */
interface Plan {
  readonly terraform_version: string;
  readonly planned_values: { readonly root_module: { readonly resources: readonly PlannedResource[] } };
  readonly configuration: { readonly provider_config: Readonly<Record<string, unknown>> };
}

interface PlannedResource {
  readonly address: string;
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The resources of all stacks as one plan. Only in plans does checkov look into policies; a real plan lacks them, as
 * they name what is not known before an apply.
 */
export function planOf(stacks: readonly SynthesizedStack[]): Plan {
  const resources = stacks.flatMap(({ json }) =>
    Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
      Object.entries(byId).map(([name, written]): PlannedResource => {
        const values = Object.fromEntries(Object.entries(written).filter(([key]) => key !== "//"));
        return { address: `${type}.${name}`, mode: "managed", type, name, values };
      }),
    ),
  );
  const providers = stacks.flatMap(({ json }) => json.provider?.aws ?? []);
  return {
    terraform_version: "1.11.0",
    planned_values: { root_module: { resources: withoutRemoteOutputs(resources, stacks) } },
    configuration: { provider_config: Object.fromEntries(providers.map(providerConfig)) },
  };
}

/** Makes references to outputs of other stacks references to what those refer to. */
function withoutRemoteOutputs<T>(value: T, stacks: readonly SynthesizedStack[]): T {
  const expressionOf = (whole: string, stack: string, output: string) => {
    const found = stacks.find(({ name }) => name === stack)?.json.output?.[output]?.value;
    return (typeof found === "string" ? /^\$\{([^{}]+)\}$/.exec(found)?.[1] : undefined) ?? whole;
  };
  return JSON.parse(JSON.stringify(value).replaceAll(REMOTE_OUTPUT, expressionOf)) as T;
}

function providerConfig(provider: Readonly<Record<string, unknown>>, index: number): [string, unknown] {
  const constants = Object.entries(provider).map(([key, value]) => [key, { constant_value: value }]);
  return [`aws.${index}`, { name: "aws", alias: String(index), expressions: Object.fromEntries(constants) as unknown }];
}
