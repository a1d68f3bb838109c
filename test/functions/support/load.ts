import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, runInThisContext } from "node:vm";
import { bundleFunction } from "../../support/function-bundle";

/** What Node itself has: jest gives tests globals of their own, and a bundle runs outside of them, as in AWS. */
export const outside = {
  process: runInThisContext("process") as NodeJS.Process,
  JSON: runInThisContext("JSON") as JSON,
  Date: runInThisContext("Date") as DateConstructor,
  Error: runInThisContext("Error") as ErrorConstructor,
};

type Loader = (module: { exports: object }, exports: object, require: NodeJS.Require) => void;

const loaders = new Map<string, Loader>();

const before = { ...outside.process.env };

afterAll(() => {
  // other tests go on in this process, and would call what these have started
  clear(() => true);
  Object.assign(outside.process.env, before);
});

function clear(isCleared: (name: string) => boolean): void {
  const { env } = outside.process;
  for (const name of Object.keys(env).filter(isCleared)) {
    Reflect.deleteProperty(env, name);
  }
}

/** Starts a function of `pipelines/functions` from its bundle, as a new instance, with these variables. */
export function startFunction(entry: string, variables: Readonly<Record<string, string>>): object {
  clear((name) => name.startsWith("AWS_") || name.startsWith("POWERTOOLS_"));
  Object.assign(outside.process.env, {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    POWERTOOLS_SERVICE_NAME: "under-test",
    // about the tests' Node, not the functions'
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...variables,
  });
  const file = bundleFunction(entry);
  const load =
    loaders.get(file) ??
    (runInThisContext(`(function (module, exports, require) {${readFileSync(file, "utf8")}\n})`, {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as Loader);
  loaders.set(file, load);
  const module = { exports: {} };
  load(module, module.exports, createRequire(__filename));
  return module.exports;
}

/** What is printed while something runs, each line read as JSON. */
export async function printedBy<T>(run: () => Promise<T>): Promise<{ result: T; lines: Record<string, unknown>[] }> {
  let text = "";
  const { stdout, stderr } = outside.process;
  const spies = [stdout, stderr].map((stream) =>
    jest.spyOn(stream, "write").mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    }),
  );
  try {
    const result = await run();
    const lines = text.split("\n").filter((line) => line.startsWith("{"));
    return { result, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  } finally {
    spies.forEach((spy) => {
      spy.mockRestore();
    });
  }
}

/** Metrics among what was printed, each line's values by name, with their dimensions. */
export function metricsIn(lines: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return lines
    .filter((line) => "_aws" in line)
    .map(({ _aws, ...values }) => {
      const [directive] = (_aws as { CloudWatchMetrics: Record<string, unknown>[] }).CloudWatchMetrics;
      return { ...values, namespace: directive?.Namespace, dimensions: directive?.Dimensions };
    });
}
