import { CommandError, ExitCode } from "../exit-codes";
import type { Session } from "./session";
import type { DeployedStack } from "./synthesis";

/**
 * The stacks of these names, with or without the environment's before them; all of them if there is none.
 *
 * @throws CommandError if one of the names is no stack's
 */
export function selectStacks({ stacks, environment }: Session, wanted: readonly string[]): DeployedStack[] {
  const { name } = environment;
  const names = wanted.map((one) => (one.startsWith(`${name}-`) ? one : `${name}-${one}`));
  const unknown = names.find((one) => !stacks.some((stack) => stack.name === one));
  if (unknown !== undefined) {
    const all = stacks.map((stack) => stack.name).join(", ");
    throw new CommandError(`There is no stack "${unknown}". ${name} has ${all}.`, ExitCode.invalid);
  }
  return stacks.filter((stack) => names.length === 0 || names.includes(stack.name));
}
