import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { Environment } from "../../environments/schema";
import { CommandError, ExitCode, toError } from "../exit-codes";
import { assertAccount } from "./account";

/** The newest form of a state that Terraform 1.11 writes. */
const STATE_VERSION = 4;

/** What Basin reads of a state. */
const stateSchema = z.object({
  version: z.int(),
  terraform_version: z.string(),
  serial: z.int(),
  lineage: z.string(),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })),
  resources: z.array(
    z.object({
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(z.object({ index_key: z.union([z.string(), z.number()]).optional() })),
    }),
  ),
});

export type State = z.infer<typeof stateSchema>;

/** Who holds the lock of a state, as Terraform notes it. */
const lockSchema = z.object({ ID: z.string(), Operation: z.string(), Who: z.string(), Created: z.string() });

export type Lock = z.infer<typeof lockSchema>;

/** Whose states are asked for, and where they are kept. */
export interface StatesProps {
  readonly environment: Environment;
  readonly bucket: string;
}

/** The states of an environment's stacks, read from their bucket; nothing here writes. */
export class States {
  private readonly s3: S3Client;

  private constructor(private readonly props: StatesProps) {
    this.s3 = new S3Client({ region: props.environment.state.region });
  }

  /**
   * Opens the states of an environment.
   *
   * @throws CommandError if there are no credentials, or those of another account
   */
  static async open(props: StatesProps): Promise<States> {
    await assertAccount(props.environment);
    return new States(props);
  }

  /** Whether their bucket is there. */
  async haveBucket(): Promise<boolean> {
    try {
      await this.s3.send(new HeadBucketCommand({ Bucket: this.props.bucket }));
      return true;
    } catch (error) {
      return error instanceof NotFound ? false : this.explain(error);
    }
  }

  /** Names of all stacks that have a state. */
  names(): Promise<string[]> {
    return this.stacksWith("terraform.tfstate");
  }

  /** Who holds locks, by the names of the stacks. */
  async locks(): Promise<ReadonlyMap<string, Lock>> {
    const locks = new Map<string, Lock>();
    for (const name of await this.stacksWith("terraform.tfstate.tflock")) {
      const lock = await this.lockOf(name);
      if (lock !== undefined) {
        locks.set(name, lock);
      }
    }
    return locks;
  }

  /** Names of all stacks that have an object of this name. */
  private async stacksWith(file: string): Promise<string[]> {
    const { bucket: Bucket, environment } = this.props;
    const prefix = `${environment.name}/`;
    const names: string[] = [];
    let token: string | undefined;
    do {
      const command: ListObjectsV2Command = new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const page = await this.s3.send(command).catch((error: unknown) => this.explain(error));
      for (const { Key = "" } of page.Contents ?? []) {
        const [, name = "", found, ...more] = Key.split("/");
        names.push(...(found === file && more.length === 0 ? [name] : []));
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return names;
  }

  /**
   * Reads the state of a stack.
   *
   * @returns undefined where it has none
   * @throws CommandError if there is one that Terraform would misread or refuse
   */
  async read(stack: string): Promise<State | undefined> {
    const key = this.keyOf(stack);
    const text = await this.text(key);
    if (text === undefined) {
      return undefined;
    }
    const restore = "Restore the version before it; the bucket keeps them.";
    return parseState(text, `The state of ${stack} (s3://${this.props.bucket}/${key})`, restore);
  }

  /** Who holds the lock of a stack's state; undefined where nobody does. */
  private async lockOf(stack: string): Promise<Lock | undefined> {
    const text = await this.text(`${this.keyOf(stack)}.tflock`);
    if (text === undefined) {
      return undefined;
    }
    const lock = lockSchema.safeParse(parseJson(text));
    return lock.success ? lock.data : { ID: "unknown", Operation: "unknown", Who: "unknown", Created: "unknown" };
  }

  private keyOf(stack: string): string {
    return `${this.props.environment.name}/${stack}/terraform.tfstate`;
  }

  private async text(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.props.bucket, Key: key }));
      return (await Body?.transformToString()) ?? "";
    } catch (error) {
      return error instanceof NoSuchKey ? undefined : this.explain(error);
    }
  }

  private explain(error: unknown): never {
    const { bucket, environment } = this.props;
    if (error instanceof NoSuchBucket) {
      throw new CommandError(
        `There is no bucket ${bucket} for the states of ${environment.name}. ` +
          `"npm run bootstrap -- ${environment.name}" makes it, with the roles that deploy.`,
        ExitCode.missing,
      );
    }
    throw new CommandError(
      `The states of ${environment.name} in ${bucket} cannot be read: ${toError(error).message}`,
      ExitCode.failed,
    );
  }
}

/** Whether a state holds nothing that Terraform manages. */
export function isEmpty(state: State | undefined): boolean {
  return state?.resources.every(({ mode }) => mode !== "managed") ?? true;
}

/** Whether an output is in the state of its stack. */
export function isThere(
  { stack, output }: { readonly stack: string; readonly output: string },
  states: ReadonlyMap<string, State>,
): boolean {
  return states.get(stack)?.outputs[output] !== undefined;
}

/**
 * Reads a state.
 *
 * @param what says whose state it is, for messages
 * @param restore says how to get an older one
 * @throws CommandError if it is one that Terraform would misread or refuse
 */
export function parseState(text: string, what: string, restore: string): State {
  const refuse = (problem: string, remedy: string) =>
    new CommandError(`${what} ${problem}. ${remedy}`, ExitCode.failed);
  if (text === "") {
    throw refuse("is empty, which Terraform takes for no state at all: it would create everything again", restore);
  }
  const parsed = parseJson(text);
  const version = z.object({ version: z.int() }).safeParse(parsed);
  if (version.success && version.data.version > STATE_VERSION) {
    throw refuse(
      `has the form ${version.data.version}, newer than ${STATE_VERSION}, which is the newest known here`,
      "Use the version of Basin and Terraform that wrote it.",
    );
  }
  const state = stateSchema.safeParse(parsed);
  if (!state.success) {
    throw refuse("is truncated or damaged", restore);
  }
  return state.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
