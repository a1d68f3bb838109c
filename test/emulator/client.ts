import type { Emulator } from "./emulator";

export interface EmulatedRequest {
  /** The name a service has in signatures. */
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** @default "tls" */
  readonly transport?: "plain" | "tls";
}

export interface EmulatedAnswer {
  readonly status: number;
  readonly text: string;
}

/** An answer, with what only its headers tell. */
export interface AnswerWithHeaders extends EmulatedAnswer {
  readonly headers: Headers;
}

/** Sends a request in the form of a signed one. The signature is a dummy: the emulator does not check it. */
export async function send(emulator: Emulator, request: EmulatedRequest): Promise<EmulatedAnswer> {
  const { status, text } = await sendForHeaders(emulator, request);
  return { status, text };
}

/** Sends a request as `send` does. */
export async function sendForHeaders(emulator: Emulator, request: EmulatedRequest): Promise<AnswerWithHeaders> {
  const { service, method = "POST", path = "/", headers, body, transport = "tls" } = request;
  const scope = `emulator/20200101/${emulator.variables.AWS_REGION ?? ""}/${service}/aws4_request`;
  const response = await fetch(`${transport === "tls" ? emulator.endpoint : emulator.plainEndpoint}${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/**
 * Makes a bucket without a policy: everybody in the account may use it.
 *
 * @throws Error if the emulator refuses
 */
export async function makeBucket(emulator: Emulator, bucket: string): Promise<void> {
  const region = emulator.variables.AWS_REGION ?? "";
  const body = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const { status, text } = await send(emulator, { service: "s3", method: "PUT", path: `/${bucket}`, body });
  if (status !== 200) {
    throw new Error(`the bucket ${bucket} was not made: ${text}`);
  }
}

/** Calls an operation of a service that speaks JSON. */
export function callJson(
  emulator: Emulator,
  { service, target, input = {} }: { service: string; target: string; input?: object },
): Promise<EmulatedAnswer> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return send(emulator, { service, headers, body: JSON.stringify(input) });
}

/** Calls an operation of a service that takes forms and answers with XML. */
export function callQuery(
  emulator: Emulator,
  service: string,
  parameters: { readonly Action: string; readonly Version: string; readonly [name: string]: string },
): Promise<EmulatedAnswer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return send(emulator, { service, headers, body: new URLSearchParams(parameters).toString() });
}

/** Calls an operation of Lake Formation, of which each has a path of its own. */
export function callLakeFormation(emulator: Emulator, operation: string, input: object = {}): Promise<EmulatedAnswer> {
  const headers = { "content-type": "application/json" };
  return send(emulator, { service: "lakeformation", path: `/${operation}`, headers, body: JSON.stringify(input) });
}
