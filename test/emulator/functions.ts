import { zipSync } from "fflate";
import { callQuery, type EmulatedAnswer, send, sendForHeaders } from "./client";
import type { Emulator } from "./emulator";

const FUNCTIONS = "/2015-03-31/functions";

export interface EmulatedFunction {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  /** Where the code is, in the form of Lambda's API: a zip, or the version of an object. */
  readonly code: Readonly<Record<string, string>>;
  /** Further settings, in the form of Lambda's API. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What a call of a function has come to. */
export interface Invocation {
  readonly status: number;
  /** "Unhandled" for an error of the function. */
  readonly functionError: string | null;
  /** What the function has returned, or its error, or that of the service. */
  readonly payload: unknown;
  /** The end of what it has printed. */
  readonly log: string;
}

/** Packs files as the code of a function. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array<ArrayBuffer> {
  const contents = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  ]);
  return Uint8Array.from(zipSync(Object.fromEntries(contents) as Record<string, Uint8Array>));
}

/** Packs files as the code of a function, in the form of Lambda's API. */
export function zipFile(files: Readonly<Record<string, string | Uint8Array>>): { readonly ZipFile: string } {
  return { ZipFile: Buffer.from(zipOf(files)).toString("base64") };
}

/** Makes a role for functions. */
export async function makeRole(emulator: Emulator, name: string): Promise<string> {
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const { status, text } = await callQuery(emulator, "iam", {
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });
  const [, arn] = /<Arn>([^<]+)<\/Arn>/.exec(text) ?? [];
  if (status !== 200 || arn === undefined) {
    throw new Error(`the role ${name} was not made: ${text}`);
  }
  return arn;
}

export function makeFunction(emulator: Emulator, role: string, props: EmulatedFunction): Promise<EmulatedAnswer> {
  const { name, runtime, handler, code, settings } = props;
  const input = { FunctionName: name, Role: role, Runtime: runtime, Handler: handler, Code: code, ...settings };
  return callLambda(emulator, { path: FUNCTIONS, input });
}

/** Calls an operation on a function. */
export function callFunction(
  emulator: Emulator,
  name: string,
  call: { readonly method?: string; readonly path: string; readonly input?: object },
): Promise<EmulatedAnswer> {
  return callLambda(emulator, { ...call, path: `${FUNCTIONS}/${name}/${call.path}` });
}

/** Calls an operation of Lambda. */
export function callLambda(
  emulator: Emulator,
  { method = "POST", path, input }: { readonly method?: string; readonly path: string; readonly input?: object },
): Promise<EmulatedAnswer> {
  const body = input === undefined ? {} : { body: JSON.stringify(input) };
  return send(emulator, { service: "lambda", method, path, ...body });
}

/** Calls a function. */
export async function invoke(
  emulator: Emulator,
  name: string,
  { event = {}, type = "RequestResponse" }: { readonly event?: unknown; readonly type?: string } = {},
): Promise<Invocation> {
  const { status, text, headers } = await sendForHeaders(emulator, {
    service: "lambda",
    path: `${FUNCTIONS}/${name}/invocations`,
    headers: { "x-amz-invocation-type": type, "x-amz-log-type": "Tail" },
    body: typeof event === "string" ? event : JSON.stringify(event),
  });
  return {
    status,
    functionError: headers.get("x-amz-function-error"),
    payload: text === "" ? undefined : (JSON.parse(text) as unknown),
    log: Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString(),
  };
}
