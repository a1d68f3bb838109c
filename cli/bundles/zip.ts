import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { setImmediate as pause } from "node:timers/promises";
import { Zip, ZipDeflate } from "fflate";
import { InterruptedError } from "../exit-codes";

export interface ZipEntry {
  /** Within the zip, with "/". */
  readonly name: string;
  /** Path of the file. */
  readonly file: string;
}

export interface Zipped {
  readonly sha256: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
}

/** Regular files that everybody may read: Lambda runs functions as a user of its own. */
const ATTRIBUTES = 0o100644 << 16;
const UNIX = 3;

/**
 * Zips files so that equal files make equal bytes: sorted, all of one time and one mode, deflated in JavaScript, for what zlib
 * makes of a file is another one with every version of Node.js.
 *
 * @throws InterruptedError when `signal` fires
 */
export async function writeZip(file: string, entries: readonly ZipEntry[], signal: AbortSignal): Promise<Zipped> {
  const hash = createHash("sha256");
  let bytes = 0;
  let unpackedBytes = 0;
  const descriptor = openSync(file, "w");
  try {
    const zip = new Zip((error, chunk) => {
      if (error !== null) {
        throw error;
      }
      hash.update(chunk);
      bytes += writeSync(descriptor, chunk);
    });
    for (const { name, file: source } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      // lets others run: locks are kept alive, and Ctrl-C is heard
      await pause();
      if (signal.aborted) {
        throw new InterruptedError();
      }
      const content = readFileSync(source);
      const stream = new ZipDeflate(name, { level: 6 });
      // the earliest that a zip can tell; it keeps what a clock on the wall shows, so that time zones do not matter
      stream.mtime = new Date(1980, 0, 1);
      stream.os = UNIX;
      stream.attrs = ATTRIBUTES;
      zip.add(stream);
      stream.push(content, true);
      unpackedBytes += content.length;
    }
    zip.end();
  } finally {
    closeSync(descriptor);
  }
  return { sha256: hash.digest("hex"), bytes, unpackedBytes };
}
