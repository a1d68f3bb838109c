import type { Dispatcher } from "undici";
import { InterruptedError } from "../exit-codes";

export interface ReleaseClientProps {
  /** Names the proxy to use, if any. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** How long the server may send nothing, in milliseconds. */
  readonly idleMs: number;
}

/** Told how many bytes have come, and of how many, where the server says so. */
export type Progress = (received: number, total: number | undefined) => void;

/** Fetches a file into memory. */
export type Get = (url: string, progress?: Progress) => Promise<Uint8Array>;

/**
 * Lets `use` fetch files, through the proxy of the usual variables, which Node's own fetch does not heed.
 *
 * @throws InterruptedError when `signal` fires, an Error that names the address and what is wrong with it
 */
export async function withReleaseClient<T>(props: ReleaseClientProps, use: (get: Get) => Promise<T>): Promise<T> {
  const { environment, idleMs } = props;
  // large, and needed once a release
  const { EnvHttpProxyAgent } = await import("undici");
  const agent = new EnvHttpProxyAgent({
    httpProxy: environment.http_proxy ?? environment.HTTP_PROXY ?? "",
    httpsProxy: environment.https_proxy ?? environment.HTTPS_PROXY ?? "",
    noProxy: environment.no_proxy ?? environment.NO_PROXY ?? "",
    connect: { timeout: idleMs },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
  });
  try {
    return await use((url, progress) => get(url, agent, props, progress));
  } finally {
    await agent.destroy();
  }
}

async function get(
  url: string,
  dispatcher: Dispatcher,
  { signal, idleMs }: ReleaseClientProps,
  progress: Progress = () => undefined,
): Promise<Uint8Array> {
  const { fetch } = await import("undici");
  const fault = (text: string) => (signal.aborted ? new InterruptedError() : new Error(`${url} ${text}`));
  const response = await fetch(url, { dispatcher, signal }).catch((error: unknown) => {
    throw fault(`does not answer (${reason(error, idleMs)})`);
  });
  if (!response.ok) {
    throw fault(`answers ${response.status} ${response.statusText}`);
  }
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  const chunks: Uint8Array[] = [];
  let received = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      received += chunk.length;
      progress(received, total);
    }
  } catch (error) {
    throw fault(`broke off after ${megabytes(received, total)} (${reason(error, idleMs)})`);
  }
  return Buffer.concat(chunks);
}

/** For example "12 of 27 MB". */
export function megabytes(received: number, total: number | undefined): string {
  const of = total === undefined ? "" : ` of ${Math.round(total / 1e6)}`;
  return `${Math.round(received / 1e6)}${of} MB`;
}

/** What lies behind fetch's own "fetch failed" and "terminated". */
function reason(error: unknown, idleMs: number): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) {
    return String(cause);
  }
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  if (/^UND_ERR_\w+_TIMEOUT$/.test(code)) {
    return `nothing came for ${idleMs / 1000} s`;
  }
  // a name with several addresses that all fail has its reasons one level further down, and no message
  return cause.message === "" ? code : cause.message;
}
