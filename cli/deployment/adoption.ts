import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Account } from "../../modules/account";
import { type StackJson, valuesAt } from "../../policies/graph";
import { CommandError, ExitCode } from "../exit-codes";
import { messages, type PlanJson } from "../terraform/plan";

type Values = Readonly<Record<string, unknown>>;

/** By what id Terraform imports what has a name of its own, by type. Source: each type's page in the provider's documentation. */
const IMPORT_IDS: Readonly<Record<string, (values: Values, account: Account) => string>> = {
  aws_iam_openid_connect_provider: ({ url }, account) =>
    iamArn(account, `oidc-provider/${String(url).replace("https://", "")}`),
  aws_iam_policy: ({ name }, account) => iamArn(account, `policy/${String(name)}`),
  aws_iam_role: ({ name }) => String(name),
  aws_kms_alias: ({ name }) => String(name),
  aws_s3_bucket: ({ bucket }) => String(bucket),
};

function iamArn({ partition, accountId }: Account, resource: string): string {
  return `arn:${partition}:iam::${accountId}:${resource}`;
}

/** How AWS says that something is there already, and this account's. */
const IS_THERE = /EntityAlreadyExists|BucketAlreadyOwnedByYou|AlreadyExistsException/;

/** How Terraform says that there is nothing to import. */
const NOTHING_THERE = /attempting to import an existing object to\s+"([^"]+)"/g;

/** The file of a root with what it takes over. */
const FILE = "adopt.tf.json";

export interface AdoptProps {
  /** The root's directory. */
  readonly directory: string;
  readonly json: StackJson;
  readonly account: Account;
}

/**
 * Lets the next plans of a root take over what is there already.
 *
 * @throws CommandError if one of the addresses is none of the root's, or of a type whose resources cannot be found by their name
 */
export function adopt(addresses: readonly string[], { directory, json, account }: AdoptProps): void {
  const file = join(directory, FILE);
  const imports = addresses.map((address) => {
    const values = valuesAt(json, address);
    const idOf = IMPORT_IDS[address.split(".")[0] ?? ""];
    if (values === undefined || idOf === undefined) {
      throw new CommandError(
        `--adopt ${address}: there is nothing at this address that could be taken over. It is a resource of the bootstrap, ` +
          `of the types ${Object.keys(IMPORT_IDS).join(", ")}.`,
        ExitCode.invalid,
      );
    }
    return { to: address, id: idOf(values, account) };
  });
  if (imports.length === 0) {
    rmSync(file, { force: true });
  } else {
    writeFileSync(file, JSON.stringify({ import: imports }));
  }
}

/** Addresses that a plan was to take over, and that AWS does not have. */
export function missingIn(error: Error): string[] {
  return [...error.message.replaceAll(/\s+/g, " ").matchAll(NOTHING_THERE)].map(([, address = ""]) => address);
}

/**
 * Addresses that a plan takes over, and that somebody else made: IAM makes what it makes with all of its tags, so that one
 * without ours is none of ours.
 */
export function foreignIn({ resource_changes: changes = [] }: PlanJson, addresses: readonly string[]): string[] {
  return changes.flatMap(({ address, type, change: { before, after } }) =>
    addresses.includes(address) &&
    type.startsWith("aws_iam_") &&
    !isDeepStrictEqual(before?.tags_all ?? {}, after?.tags_all ?? {})
      ? [address]
      : [],
  );
}

/** What a journal tells of one resource. */
interface Hook {
  readonly type?: string;
  readonly hook?: {
    readonly action?: string;
    readonly resource?: { readonly addr: string; readonly resource_type: string };
  };
}

/** What was being made when Terraform's journals ended, and nobody knows whether it was. */
export interface InFlight {
  /** Addresses of what has a name, and can be looked for. */
  readonly named: readonly string[];
  /** Addresses of what AWS gives an id: if it was made, nobody will find it. */
  readonly unnamed: readonly string[];
}

/** Reads the journal of the runs before, which may have been killed. */
export function inFlight(journal: string): InFlight {
  const open = new Map<string, string>();
  const hooks = existsSync(journal) ? (messages(readFileSync(journal, "utf8")) as Hook[]) : [];
  for (const { type, hook: { action, resource } = {} } of hooks) {
    if (resource !== undefined && action === "create" && type === "apply_start") {
      open.set(resource.addr, resource.resource_type);
    } else if (resource !== undefined && (type === "apply_complete" || type === "apply_errored")) {
      open.delete(resource.addr);
    }
  }
  const select = (isNamed: boolean) =>
    [...open].filter(([, type]) => type in IMPORT_IDS === isNamed).map(([address]) => address);
  return { named: select(true), unnamed: select(false).filter((address) => address.startsWith("aws_kms_key.")) };
}

/** The addresses that could be taken over where an apply failed because they are there already. */
export function adoptable(
  diagnostics: readonly { readonly summary: string; readonly detail: string; readonly address?: string }[],
): string[] {
  return diagnostics.flatMap(({ summary, detail, address }) =>
    address !== undefined && IS_THERE.test(`${summary} ${detail}`) && (address.split(".")[0] ?? "") in IMPORT_IDS
      ? [address]
      : [],
  );
}
