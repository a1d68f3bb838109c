import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { zipSync } from "fflate";
import { createMessage, generateKey, type PrivateKey, readPrivateKey, sign } from "openpgp";
import { EXECUTABLE, PINNED_VERSION, releaseFiles } from "../../cli/terraform/release";

export const { archiveName } = releaseFiles({});
export const listName = `terraform_${PINNED_VERSION}_SHA256SUMS`;
export const signatureName = `${listName}.sig`;

/** A key that plays HashiCorp's. */
export interface ReleaseKey {
  readonly armored: string;
  readonly sign: (text: string) => Promise<Buffer>;
}

export async function makeReleaseKey(): Promise<ReleaseKey> {
  const { privateKey, publicKey } = await generateKey({ type: "curve25519", userIDs: [{ name: "Release" }] });
  const signingKeys: PrivateKey = await readPrivateKey({ armoredKey: privateKey });
  return {
    armored: publicKey,
    sign: async (text) => {
      const message = await createMessage({ binary: Buffer.from(text) });
      return Buffer.from(await sign({ message, signingKeys, detached: true, format: "binary" }));
    },
  };
}

/** An archive as HashiCorp makes them: the executable, here a shell script with this body, beside other files. */
export function makeArchive(body: string, executable = EXECUTABLE): Buffer {
  const files = { "LICENSE.txt": [randomBytes(3e6), { level: 0 }], [executable]: Buffer.from(`#!/bin/sh\n${body}\n`) };
  return Buffer.from(zipSync(files as Parameters<typeof zipSync>[0]));
}

/** The list of checksums for this archive. */
export function listOf(archive: Uint8Array, name = archiveName): string {
  const checksum = createHash("sha256").update(archive).digest("hex");
  return `${"0".repeat(64)}  terraform_${PINNED_VERSION}_plan9_amd64.zip\n${checksum}  ${name}\n`;
}

/** A release server on loopback. */
export class ReleaseServer {
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  /** What is served, by file name; a function answers by itself. */
  readonly files = new Map<string, Uint8Array | ((response: ServerResponse) => void)>();

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/terraform`;
    server.on("request", ({ url = "" }: IncomingMessage, response: ServerResponse) => {
      this.requests.push(url);
      const file = this.files.get(url.split("/").at(-1) ?? "");
      if (typeof file === "function") {
        file(response);
      } else {
        response.writeHead(file === undefined ? 404 : 200, { "content-length": file?.length ?? 0 }).end(file);
      }
    });
  }

  static async start(): Promise<ReleaseServer> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new ReleaseServer(server);
  }

  /** Serves an archive with a list that `key` has signed. */
  async publish(archive: Uint8Array, key: ReleaseKey, list = listOf(archive)): Promise<void> {
    this.files.set(archiveName, archive);
    this.files.set(listName, Buffer.from(list));
    this.files.set(signatureName, await key.sign(list));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
