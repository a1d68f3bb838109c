import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";
import { outside } from "./load";

export interface ObjectStore {
  readonly endpoint: string;
  /** Requests that came, for example "GET /bucket/key?versionId=1". */
  readonly requests: string[];
  put(path: string, text: string): void;
  remove(path: string): void;
  /** Answers with this status until it is undefined again. */
  failWith(status: number | undefined): void;
  close(): Promise<void>;
}

/** Answers GetObject on loopback as S3 does, with ETags. */
export async function startObjectStore(): Promise<ObjectStore> {
  const objects = new Map<string, string>();
  const requests: string[] = [];
  let failure: number | undefined;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const version = url.searchParams.get("versionId");
    // the client corrects its clock, and asks again, where the two differ by minutes
    response.setHeader("date", new Date(outside.Date.now()).toUTCString());
    requests.push(`GET ${url.pathname}${version === null ? "" : `?versionId=${version}`}`);
    const text = objects.get(url.pathname);
    if (failure !== undefined) {
      sendError(response, failure, "InternalError");
    } else if (text === undefined) {
      sendError(response, 404, "NoSuchKey");
    } else {
      sendObject(request, response, text);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    put: (path, text) => objects.set(path, text),
    remove: (path) => objects.delete(path),
    failWith: (status) => {
      failure = status;
    },
    close: () => closeServer(server),
  };
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function sendObject(request: IncomingMessage, response: ServerResponse, text: string): void {
  const etag = `"${createHash("md5").update(text).digest("hex")}"`;
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { etag, "content-type": "application/json" }).end(text);
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
