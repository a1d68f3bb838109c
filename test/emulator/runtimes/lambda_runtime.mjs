// Runs one call of a Node function as Lambda's runtime does. The argument is the file descriptor for what is to be told:
// one line when the handler is loaded, another with its result or error. The event comes by standard input; both outputs
// are the log.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const EXTENSIONS = [".js", ".mjs", ".cjs"];

const channel = Number(process.argv[2]);
const { BASIN_REQUEST_ID: requestId, BASIN_FUNCTION_ARN: functionArn, BASIN_TIMEOUT_SECONDS: timeout } = process.env;
for (const name of ["BASIN_REQUEST_ID", "BASIN_FUNCTION_ARN", "BASIN_TIMEOUT_SECONDS"]) {
  delete process.env[name];
}

/** Something fails for a reason that Lambda has a name for. */
class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function tell(message) {
  let data = Buffer.from(`${JSON.stringify(message)}\n`);
  while (data.length > 0) {
    data = data.subarray(writeSync(channel, data));
  }
}

function answer(message) {
  tell(message);
  process.exit(0);
}

function fail(error) {
  console.error(error);
  const described =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
      : { errorType: typeof error, errorMessage: String(error), trace: [] };
  answer({ error: JSON.stringify(described) });
}

/** Loads a handler, of a CommonJS or an ES module. */
async function load(handler) {
  const file = basename(handler);
  const dot = file.indexOf(".");
  if (dot < 0) {
    throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  }
  const path = join(process.env.LAMBDA_TASK_ROOT, dirname(handler), file.slice(0, dot));
  const found = EXTENSIONS.map((extension) => `${path}${extension}`).find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${file.slice(0, dot)}'`);
  }
  const names = file.slice(dot + 1).split(".");
  const module = await importUserCode(found);
  const resolve = (root) => names.reduce((object, name) => object?.[name], root);
  const loaded = resolve(module) ?? resolve(module.default);
  if (typeof loaded !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  return loaded;
}

async function importUserCode(path) {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError("Runtime.UserCodeSyntaxError", String(error));
    }
    if (error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND") {
      throw new RuntimeError("Runtime.ImportModuleError", String(error));
    }
    throw error;
  }
}

function contextOf() {
  const deadline = performance.now() + Number(timeout) * 1000;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    invokedFunctionArn: functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  };
}

async function main() {
  const event = JSON.parse(readFileSync(0, "utf8"));
  let handler;
  try {
    handler = await load(process.env._HANDLER ?? "");
  } catch (error) {
    tell({ started: true });
    fail(error);
  }
  tell({ started: true });
  if (handler.length > 2) {
    answer({ refused: "a handler that takes a callback is not run: make it async" });
  }
  process.once("uncaughtException", fail);
  process.once("unhandledRejection", (reason) =>
    fail(new RuntimeError("Runtime.UnhandledPromiseRejection", String(reason))),
  );
  try {
    const result = await handler(event, contextOf());
    answer({ result: JSON.stringify(result) ?? "null" });
  } catch (error) {
    fail(error);
  }
}

await main();
