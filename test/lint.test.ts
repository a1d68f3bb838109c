import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

interface Snippet {
  readonly file: string;
  readonly code: string;
  /** Beginning of the one message expected; none for code that is allowed. */
  readonly message?: string;
}

const PROVIDER_ROOT = "is restricted from being used by a pattern. Import one resource";
const DIRECTION = "is restricted from being used by a pattern. Imports run one way";
const INPUT_OUTPUT = "is restricted from being used by a pattern. A synth reads nothing but the configuration";
const NAME = "environment's name";
const DEFAULTS = "also replaces 0, false and the empty string";
const ENDPOINTS = "No endpoints in a provider";
const PROCESS_ENV = "Read process.env in main.ts or cli/ only.";
const ORDER = "Order resources with after()";

const SNIPPETS: readonly Snippet[] = [
  // the provider's root
  { file: "modules/s3/x.ts", code: 'import { s3Bucket } from "@cdktf/provider-aws";', message: PROVIDER_ROOT },
  { file: "stacks/x.ts", code: 'import { s3Bucket } from "@cdktf/provider-aws/lib";', message: PROVIDER_ROOT },
  { file: "cli/x.ts", code: 'import { s3Bucket } from "@cdktf/provider-aws/lib/index";', message: PROVIDER_ROOT },
  { file: "modules/s3/x.ts", code: 'import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";' },

  // comparing an environment's name
  { file: "stacks/x.ts", code: 'export const x = environment.name === "prod";', message: NAME },
  { file: "stacks/layers/x.ts", code: 'export const x = props.environment.name !== "dev";', message: NAME },
  { file: "modules/s3/x.ts", code: 'export const x = "prod" === environmentName;', message: NAME },
  { file: "stacks/x.ts", code: 'switch (environment.name) { case "prod": break; }', message: NAME },
  { file: "stacks/x.ts", code: "export const x = sizes[environment.name];", message: NAME },
  { file: "stacks/x.ts", code: 'export const x = ["prod"].includes(environment.name);', message: NAME },
  { file: "stacks/x.ts", code: 'export const x = environment.name.startsWith("p");', message: NAME },
  { file: "stacks/x.ts", code: 'export const x = environment?.name === "prod";', message: NAME },
  { file: "stacks/x.ts", code: 'export const x = (environment.name as string) === "prod";', message: NAME },
  { file: "stacks/x.ts", code: 'export const x = environment.name + "-lake";' },
  { file: "main.ts", code: 'export const x = environment.name === "prod";', message: NAME },
  { file: "stacks/x.ts", code: "export const x = `${environment.name}-lake`;" },

  // process.env and other input below main.ts and cli/
  { file: "modules/s3/x.ts", code: "export const x = process.env.HOME;", message: PROCESS_ENV },
  { file: "stacks/x.ts", code: "export const { env } = process;", message: PROCESS_ENV },
  { file: "environments/x.ts", code: 'export const x = process.env["CI"];', message: PROCESS_ENV },
  { file: "domains/x.ts", code: "export const x = process.env.CI;", message: PROCESS_ENV },
  { file: "policies/x.ts", code: "export const x = process.env.CI;", message: PROCESS_ENV },
  { file: "modules/x.ts", code: 'import { env } from "node:process";', message: INPUT_OUTPUT },
  { file: "stacks/x.ts", code: 'import { readFileSync } from "node:fs";', message: INPUT_OUTPUT },
  { file: "stacks/x.ts", code: "export const x = new Date();", message: "No clock in a synth" },
  { file: "stacks/x.ts", code: "export const x = Date.now();", message: "No clock in a synth" },
  { file: "modules/x.ts", code: "export const x = Math.random();", message: "No randomness in a synth" },
  { file: "main.ts", code: "export const x = process.env.CI;" },
  { file: "cli/x.ts", code: "export const x = process.env.CI;" },
  { file: "pipelines/functions/x.ts", code: "export const x = process.env.CI;" },

  // defaults
  { file: "modules/x.ts", code: "export const x = y || 24;", message: DEFAULTS },
  { file: "cli/x.ts", code: "export const x = y || [];", message: DEFAULTS },
  { file: "main.ts", code: "export const x = y || {};", message: DEFAULTS },
  { file: "stacks/x.ts", code: "export const x = y || `none`;", message: DEFAULTS },
  { file: "test/x.ts", code: "export const f = (x) => { x ||= 1; return x; };", message: DEFAULTS },
  { file: "modules/x.ts", code: "export const x = y ?? 24;" },
  { file: "modules/x.ts", code: "export const x = a.isReady || b.isReady;" },

  // endpoints
  { file: "stacks/x.ts", code: 'new AwsProvider(this, "aws", { endpoints: [{ s3: "x" }] });', message: ENDPOINTS },
  { file: "stacks/x.ts", code: 'stack.addOverride("provider.aws.0.endpoints", []);', message: ENDPOINTS },
  { file: "modules/x.ts", code: "new Network(this, { endpoints: [] });" },

  // order
  { file: "modules/x.ts", code: "new Thing(this, { dependsOn: [other] });", message: ORDER },
  { file: "stacks/x.ts", code: "thing.dependsOn = [other];", message: ORDER },
  { file: "stacks/x.ts", code: "stack.addDependency(other);", message: ORDER },
  { file: "modules/after.ts", code: "stack.addDependency(other);" },

  // the direction of imports
  { file: "modules/s3/x.ts", code: 'import type { E } from "../../environments/schema";', message: DIRECTION },
  { file: "modules/s3/x.ts", code: 'import { p } from "../../stacks/naming";', message: DIRECTION },
  { file: "modules/x.ts", code: 'import { d } from "../domains";', message: DIRECTION },
  {
    file: "modules/s3/x.ts",
    code: 'import { r } from "../../policies/rules";',
    message: "Modules know policies/suppress.ts only",
  },
  { file: "modules/s3/x.ts", code: 'import { s } from "../../policies/suppress";' },
  { file: "modules/s3/x.ts", code: 'import { k } from "../kms/encryption-key";' },
  { file: "stacks/layers/x.ts", code: 'import { c } from "../../cli/progress";', message: DIRECTION },
  { file: "stacks/x.ts", code: 'import { m } from "../main";', message: DIRECTION },
  { file: "stacks/x.ts", code: 'import { m } from "../test/support/synth";', message: DIRECTION },
  { file: "stacks/x.ts", code: 'import { m } from "./../main";', message: DIRECTION },
  { file: "modules/after.ts", code: 'import { n } from "../stacks/naming";', message: DIRECTION },
  { file: "stacks/layers/x.ts", code: 'import { k } from "../../modules/kms/encryption-key";' },
  { file: "environments/x.ts", code: 'import { n } from "../stacks/naming";', message: DIRECTION },
  { file: "environments/x.ts", code: 'import { b } from "../modules/s3/bucket";', message: DIRECTION },
  { file: "domains/x.ts", code: 'import { l } from "../stacks/platform";', message: DIRECTION },
  { file: "policies/x.ts", code: 'import { l } from "../stacks/platform";', message: DIRECTION },
  { file: "pipelines/functions/x.ts", code: 'import { e } from "../../environments";', message: DIRECTION },
  { file: "pipelines/functions/x.ts", code: 'import { c } from "../../domains/contract";' },
  { file: "cli/commands/x.ts", code: 'import { p } from "../../stacks/platform";' },
];

const messages = lint(SNIPPETS);

test.each(SNIPPETS.map((snippet, index) => ({ ...snippet, found: messages[index] ?? [] })))(
  "$file: $code",
  ({ message, found }) => {
    expect(found).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
  },
);

function lint(snippets: readonly Snippet[]): string[][] {
  const script = join(__dirname, "support", "lint.mjs");
  const output = execFileSync(process.execPath, [script], {
    cwd: resolve(__dirname, ".."),
    input: JSON.stringify(snippets),
    encoding: "utf8",
  });
  return JSON.parse(output) as string[][];
}
