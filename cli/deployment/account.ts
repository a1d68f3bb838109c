import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "../../environments/schema";
import { CommandError, ExitCode, toError } from "../exit-codes";

/**
 * Makes sure that whoever runs a command is in the account of an environment.
 *
 * @throws CommandError if there are no credentials, or those of another account
 */
export async function assertAccount({
  accountId,
  name,
  region,
}: Pick<Environment, "accountId" | "name" | "region">): Promise<void> {
  const sts = new STSClient({ region });
  const account = await sts.send(new GetCallerIdentityCommand({})).then(
    ({ Account }) => Account,
    (error: unknown) => {
      throw new CommandError(
        `AWS was asked who you are, and did not say: ${toError(error).message}\n` +
          `Get credentials for account ${accountId}, for example with "aws sso login".`,
        ExitCode.missing,
      );
    },
  );
  if (account !== accountId) {
    throw new CommandError(
      `These are credentials of account ${String(account)}; ${name} is in ${accountId}. Nothing was read or changed.`,
      ExitCode.invalid,
    );
  }
}
