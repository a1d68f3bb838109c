import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { lakeOf } from "../access/sources";
import type { CommandContext } from "../command-context";
import type { Diagnosis } from "../commands/doctor";
import { assertAccount } from "../deployment/account";
import { configurationOf } from "../deployment/session";
import { CommandError, ExitCode } from "../exit-codes";
import { lockWhenFree } from "../folder-lock";
import { selectEnvironments } from "../select-environments";
import { type FirstApply, firstApply } from "./first-apply";
import { presentIn } from "./present";
import { renderFirstApply } from "./render";
import { declaredIn } from "./settings";

/** What there is in the account of an environment; only the diagnosis where there are no credentials. */
export interface Found {
  readonly credentials: Diagnosis;
  readonly lakeFormation?: FirstApply;
  /** The same for people. */
  readonly text?: string;
}

/**
 * Looks at Lake Formation in the account of an environment.
 *
 * @throws CommandError if credentials are those of another account, or do not suffice
 */
export async function lookAt(name: string, context: CommandContext): Promise<Found> {
  selectEnvironments([name]);
  const { configuration, environment } = configurationOf(name, context);
  const { accountId } = environment;
  const subject = `credentials of ${name}`;
  try {
    await assertAccount(environment);
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === ExitCode.missing) {
      // the last line says what to do
      const lines = error.message.split("\n");
      const found = `Lake Formation was not looked at. ${lines.slice(0, -1).join(" ")}`;
      return { credentials: { name: subject, ok: false, found, mend: lines.at(-1) } };
    }
    throw error;
  }
  const folder = join(context.root, ".basin", "doctor");
  mkdirSync(folder, { recursive: true });
  const release = await lockWhenFree(folder, context.signal);
  try {
    const lakeFormation = firstApply(
      declaredIn(lakeOf(configuration, name, folder).graph),
      await presentIn(environment),
    );
    const text = renderFirstApply(lakeFormation, environment);
    return { credentials: { name: subject, ok: true, found: `of account ${accountId}` }, lakeFormation, text };
  } finally {
    await release();
  }
}
