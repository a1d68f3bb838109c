import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { type Get, megabytes, type Progress, withReleaseClient } from "./release-client";
import {
  cachedExecutable,
  EXECUTABLE,
  INSTALL,
  PINNED_VERSION,
  RELEASE_SERVER,
  type ReleaseFiles,
  releaseFiles,
  RELEASES_VARIABLE,
  releaseServer,
} from "./release";
import { releaseKey, verifySignature } from "./signature";

const IDLE_MS = 30_000;

/** Steps of the progress where the server does not say how much there is to come. */
const BLIND_STEP_BYTES = 3e6;

const UNFINISHED = ".part";

export interface Installation {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly report: (text: string) => void;
  /**
   * The key, armored, that must have signed the checksums. No setting: a mirror too serves what HashiCorp has signed.
   *
   * @default HashiCorp's
   */
  readonly trustedKey?: string;
  /**
   * How long the server may send nothing, in milliseconds.
   *
   * @default 30 s
   */
  readonly idleMs?: number;
}

/**
 * Puts the pinned release into the cache, unless another command has done so in the meantime. What is there was verified
 * before it got its name.
 *
 * @throws CommandError if it cannot be had, is not what HashiCorp has signed, or cannot be kept
 */
export async function installTerraform(installation: Installation): Promise<void> {
  const file = cachedExecutable(installation.environment);
  await keeping(file, () => {
    mkdirSync(dirname(file), { recursive: true });
  });
  const release = await keeping(file, () => lockWhenFree(dirname(file), installation.signal));
  try {
    if (!existsSync(file)) {
      const executable = await download(installation);
      await keeping(file, () => {
        keep(file, executable);
      });
    }
  } finally {
    await release();
  }
}

/**
 * Asks the release server for the pinned release, without taking it.
 *
 * @throws CommandError if it does not answer, or does not have it
 */
export async function askReleaseServer(
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
  idleMs: number,
): Promise<void> {
  const { checksums } = releaseFiles(environment);
  try {
    await withReleaseClient({ environment, signal, idleMs }, (get) => get(checksums));
  } catch (error) {
    throw unavailable(error, environment);
  }
}

/** What a server offers and HashiCorp has not signed. */
class UntrustedError extends Error {}

/** The verified executable. */
async function download(installation: Installation): Promise<Uint8Array> {
  const { environment, signal, report, trustedKey = releaseKey(), idleMs = IDLE_MS } = installation;
  const files = releaseFiles(environment);
  report(`downloading from ${releaseServer(environment)}`);
  try {
    return await withReleaseClient({ environment, signal, idleMs }, async (get) => {
      const expected = await signedChecksum(get, files, trustedKey);
      const archive = await get(files.archive, inSteps(report));
      const actual = createHash("sha256").update(archive).digest("hex");
      if (actual !== expected) {
        throw new UntrustedError(
          `${files.archive} has the SHA-256 checksum ${actual}, the signed list says ${expected}`,
        );
      }
      report("unpacking");
      return await unpack(archive);
    });
  } catch (error) {
    throw unavailable(error, environment);
  }
}

/** The checksum that the archive must have. */
async function signedChecksum(get: Get, files: ReleaseFiles, trustedKey: string): Promise<string> {
  const checksums = await get(files.checksums);
  const signature = await get(files.signature);
  try {
    await verifySignature(checksums, signature, trustedKey);
  } catch (error) {
    throw new UntrustedError(`${files.checksums} is not what HashiCorp has signed (${toError(error).message})`);
  }
  const lines = new TextDecoder().decode(checksums).split("\n");
  const line = lines.find((candidate) => candidate.endsWith(`  ${files.archiveName}`));
  if (line === undefined) {
    throw new Error(`${files.checksums} lists no ${files.archiveName}`);
  }
  return line.slice(0, line.indexOf(" "));
}

async function unpack(archive: Uint8Array): Promise<Uint8Array> {
  // needed once a release
  const { unzipSync } = await import("fflate");
  const executable = unzipSync(archive, { filter: ({ name }) => name === EXECUTABLE })[EXECUTABLE];
  if (executable === undefined) {
    throw new Error(`the archive holds no ${EXECUTABLE}`);
  }
  return executable;
}

/** Reports a download at each tenth: where there is no terminal, every report is a line. */
function inSteps(report: (text: string) => void): Progress {
  let reported = 0;
  return (received, total) => {
    if (received === total || received - reported >= (total === undefined ? BLIND_STEP_BYTES : total / 10)) {
      reported = received;
      report(`downloading, ${megabytes(received, total)}`);
    }
  };
}

/** Gives the executable its name only when it is all there. */
function keep(file: string, executable: Uint8Array): void {
  const folder = dirname(file);
  // left by commands that were killed; while this one holds the lock, nobody else writes here
  for (const name of readdirSync(folder).filter((candidate) => candidate.endsWith(UNFINISHED))) {
    rmSync(join(folder, name));
  }
  const unfinished = `${file}.${process.pid}${UNFINISHED}`;
  try {
    writeFileSync(unfinished, executable, { flush: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function unavailable(error: unknown, environment: NodeJS.ProcessEnv): CommandError {
  if (error instanceof CommandError) {
    return error;
  }
  const remedy =
    error instanceof UntrustedError
      ? `Nothing of it was kept. Find out why before you use this server again, or ${INSTALL}.`
      : `Connect this machine to ${releaseServer(environment)}, ` +
        `set ${RELEASES_VARIABLE} to a mirror of ${RELEASE_SERVER}, or ${INSTALL}.`;
  return new CommandError(
    `Terraform is not on PATH, and ${PINNED_VERSION} cannot be downloaded: ${toError(error).message}.\n${remedy}`,
    ExitCode.missing,
  );
}

/** Does what the disk may refuse. */
async function keeping<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof CommandError) {
      throw error;
    }
    throw new CommandError(
      `Terraform is not on PATH, and ${PINNED_VERSION} cannot be kept in ${dirname(file)} (${toError(error).message}).\n` +
        `Make the folder writable, set XDG_CACHE_HOME to another, or ${INSTALL}.`,
      ExitCode.missing,
    );
  }
}
