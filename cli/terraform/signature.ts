import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * HashiCorp's key for releases, https://www.hashicorp.com/trust/security, as it is in the module
 * github.com/hashicorp/hc-install: that of v0.9.5, valid until 1 March 2030, joined by "gpg --import" with that of v0.9.1.
 * The newer one alone was renewed in February 2026 and does not vouch for what was signed before, such as 1.11.
 */
export function releaseKey(): string {
  return readFileSync(join(__dirname, "hashicorp.asc"), "utf8");
}

/**
 * Checks a detached signature, with the key as it was when the signature was made.
 *
 * @throws Error if the key has not signed this content, or had expired by then
 */
export async function verifySignature(content: Uint8Array, signature: Uint8Array, armoredKey: string): Promise<void> {
  // large, and needed once a release
  const { createMessage, readKey, readSignature, verify } = await import("openpgp");
  await verify({
    message: await createMessage({ binary: content }),
    signature: await readSignature({ binarySignature: signature }),
    verificationKeys: (await readKey({ armoredKey })).toPublic(),
    // without it, what is wrong is only told to those who ask each signature
    expectSigned: true,
  });
}
