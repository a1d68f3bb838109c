import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../package.json";
import { MAX_LOSSES } from "../policies/plan-guard";
import { ConfigurationError } from "../stacks/configuration";
import { BUNDLE_LOCK } from "./bundles/lock";
import type { CommandContext } from "./command-context";
import type { AccessOptions } from "./commands/access";
import type { BootstrapOptions } from "./commands/bootstrap";
import type { BundleOptions } from "./commands/bundle";
import type { CheckOptions } from "./commands/check";
import type { ContractOptions } from "./commands/contract";
import type { DeployOptions } from "./commands/deploy";
import type { DestroyOptions } from "./commands/destroy";
import type { DoctorOptions } from "./commands/doctor";
import type { LedgerOptions } from "./commands/ledger";
import type { PlanOptions } from "./commands/plan";
import type { PreviewOptions } from "./commands/preview";
import { CommandError, ExitCode } from "./exit-codes";
import { LEDGER } from "./ledger";
import { terminalDisplay } from "./progress";

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 command line or configuration wrong, 3 something missing on this machine, 7 waits for
approval, 130 interrupted.`;

const ENVIRONMENT = "name of a file in environments/, without its ending";

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("It has to be a whole number, 0 or more.");
  }
  return Number(text);
}

function lockTimeout(): Option {
  return new Option("--lock-timeout <seconds>", "how long to wait for whoever is at work on a state")
    .argParser(wholeNumber)
    .default(60);
}

/**
 * The commands. Each is loaded when it runs, so that none waits for what another needs; one whose exit code tells more
 * than success reports it through `exit`.
 */
function program(context: CommandContext, exit: (code: number) => void): Command {
  const basin = new Command("basin")
    .description(manifest.description)
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError("(--help shows what is possible)")
    .addHelpText("after", EXIT_CODES);

  basin
    .command("preview")
    .summary("plan whole environments offline")
    .description("Plans an environment for real, as one root against empty state: no AWS account, no credentials.")
    .argument("[environment]", ENVIRONMENT)
    .option("--all", "preview every environment, two at a time", false)
    .option("--against <ref>", "plan what has changed since the work here left this branch, tag or commit")
    .option("--settle", "plan once more, against the plan's own deployment: nothing may change", false)
    .option("--json", "print the summary as JSON", false)
    .option("--out <dir>", "write <environment>.plan.json and <environment>.md into this folder")
    .addHelpText("after", EXIT_CODES)
    .action(async (environment: string | undefined, options: PreviewOptions & { all: boolean }) => {
      if ((environment === undefined) !== options.all) {
        throw new CommandError("Name one environment, or pass --all.", ExitCode.invalid);
      }
      const { preview } = await import("./commands/preview.js");
      await preview({ ...options, environment }, context);
    });

  basin
    .command("check")
    .summary("judge the stacks by security and wiring rules")
    .description("Synthesizes the layered stacks of environments and judges them: is it secure, would it apply?")
    .argument("[environments...]", "names of files in environments/, without their ending; all there are without one")
    .option("--json", "print the reports as JSON", false)
    .option("--sarif", "print the findings as SARIF 2.1.0, for code scanning", false)
    .option("--controls", "print what each control says of each environment, as Markdown", false)
    .option("--list", "print all rules, what each is judged on, and those that wait for something", false)
    .option("--explain <rule>", "print all there is to say of a rule")
    .addHelpText("after", EXIT_CODES)
    .action(async (environments: string[], options: Omit<CheckOptions, "environments">) => {
      const { check } = await import("./commands/check.js");
      await check({ ...options, environments }, context);
    });

  basin
    .command("bootstrap")
    .summary("make what an environment needs before its first layer")
    .description(
      "Makes bucket and key of states, GitHub's roles and the boundary of all others, and keeps their own state there. Takes an " +
        "administrator of the account. Once more, it applies what has changed; after an interruption, it goes on.",
    )
    .argument("<environment>", ENVIRONMENT)
    .option("--adopt <addresses...>", "take over what is there already, and in no state", [])
    .option("--approve <changes...>", "changes, such as 'replace aws_kms_key.x'", [])
    .option("--max-losses <number>", "how many resources may be deleted or replaced", wholeNumber, MAX_LOSSES)
    .addOption(lockTimeout())
    .addHelpText("after", EXIT_CODES)
    .action(async (environment: string, options: Omit<BootstrapOptions, "environment">) => {
      const { bootstrap } = await import("./commands/bootstrap.js");
      await bootstrap({ ...options, environment }, context);
    });

  basin
    .command("plan")
    .summary("plan stacks against what is deployed")
    .description(
      "Plans each stack of an environment against its state, in order, and writes what may be applied into a bundle.",
    )
    .argument("<environment>", ENVIRONMENT)
    .option("--stack <names...>", "plan these stacks only", [])
    .option(
      "--changed-since <ref>",
      "plan the stacks that have changed since the work here left this branch, tag or commit",
    )
    .option("--out <dir>", "write the bundle into this folder")
    .option("--json", "print the summary as JSON", false)
    .addOption(lockTimeout())
    .addHelpText("after", EXIT_CODES)
    .action(
      async (environment: string, { stack, ...options }: Omit<PlanOptions, "environment"> & { stack: string[] }) => {
        const { plan } = await import("./commands/plan.js");
        await plan({ ...options, stacks: stack, environment }, context);
      },
    );

  basin
    .command("deploy")
    .summary("apply reviewed plans")
    .description("Applies a bundle that plan has written: exactly that, in order, and nothing that was not reviewed.")
    .argument("<environment>", ENVIRONMENT)
    .option("--bundle <dir>", "folder of the bundle, where plan did not write it to the usual place")
    .option("--digest <sha256>", "apply the bundle only if it is the one that was reviewed under this digest")
    .option(
      "--approve <names...>",
      "changes, such as 'delete aws_s3_bucket.x', and stacks without code that may go",
      [],
    )
    .option(
      "--max-losses <number>",
      "how many resources of a stack may be deleted or replaced",
      wholeNumber,
      MAX_LOSSES,
    )
    .option("--json", "print what has become of each stack as JSON", false)
    .addOption(lockTimeout())
    .addHelpText("after", EXIT_CODES)
    .action(async (environment: string, options: Omit<DeployOptions, "environment">) => {
      const { deploy } = await import("./commands/deploy.js");
      await deploy({ ...options, environment }, context);
    });

  basin
    .command("destroy")
    .summary("destroy what is deployed")
    .description(
      "Plans the destruction of an environment's stacks, and tells what would be lost. With --approve it does what was planned, " +
        "those who read others first. The bootstrap stays.",
    )
    .argument("<environment>", ENVIRONMENT)
    .option("--stack <names...>", "destroy these stacks only", [])
    .option("--approve <names...>", "destroy as planned; names every stack that goes, and changes it takes", [])
    .option("--json", "print the summary, or what has become of each stack, as JSON", false)
    .addOption(lockTimeout())
    .addHelpText("after", EXIT_CODES)
    .action(
      async (environment: string, { stack, ...options }: Omit<DestroyOptions, "environment"> & { stack: string[] }) => {
        const { destroy } = await import("./commands/destroy.js");
        await destroy({ ...options, stacks: stack, environment }, context);
      },
    );

  basin
    .command("ledger")
    .summary("note what holds data")
    .description(
      `Writes the addresses of all resources whose loss would lose data to ${LEDGER}, and tells what was different.`,
    )
    .option("--check", "only tell what is different; exit code 1 then", false)
    .addHelpText("after", EXIT_CODES)
    .action(async (options: LedgerOptions) => {
      const { ledger } = await import("./commands/ledger.js");
      await ledger(options, context);
    });

  basin
    .command("bundle")
    .summary("build the code that runs in AWS")
    .description(
      `Builds the zips of Lambda functions that are not there yet, and makes sure that each is, byte by byte, what ${BUNDLE_LOCK} ` +
        "locks. deploy does so for what it uploads.",
    )
    .argument("[bundles...]", "names of bundles; all of them without it")
    .option("--lock", `build them anew, and write what they have become to ${BUNDLE_LOCK}`, false)
    .addHelpText("after", EXIT_CODES)
    .action(async (names: string[], options: BundleOptions) => {
      const { bundle } = await import("./commands/bundle.js");
      await bundle(names, options, context);
    });

  basin
    .command("contract")
    .summary("print what datasets promise, or what has changed of it")
    .description("Prints contracts as JSON, writes them with --out, or compares them with those of a revision.")
    .argument("[dataset]", '"domain.dataset", or "domain" for all of its datasets; all there are without it')
    .option("--diff <ref>", "tell what has changed since the work here left this branch, tag or commit")
    .option("--json", "print the comparison as JSON", false)
    .option("--out <dir>", "write <domain>.<dataset>.json and contract.schema.json into this folder")
    .option("--schema", "print the JSON Schema of contracts", false)
    .addHelpText(
      "after",
      "\nExit codes of --diff: 0 nothing or compatible changes, 4 tightening (some read less), 5 loosening (some read more),\n" +
        "6 breaking; the worst of all changes counts.",
    )
    .addHelpText("after", EXIT_CODES)
    .action(async (dataset: string | undefined, options: Omit<ContractOptions, "dataset">) => {
      const { contract } = await import("./commands/contract.js");
      exit(await contract({ ...options, dataset }, context));
    });

  basin
    .command("access")
    .summary("tell who may read what, and why")
    .description(
      "Works out of the synthesized stacks who may read which columns and rows through Lake Formation, by which grants, and who " +
        "reads past them.",
    )
    .argument("<environment>", ENVIRONMENT)
    .option("--who <column>", 'tell who reads "domain.dataset.column" as published, or "database.table.column"')
    .option("--what <principal>", "tell what somebody reads: a consumer, the name of a role, or an ARN")
    .option(
      "--diff <file|environment|ref>",
      "tell who reads more and less than in what --json has written, in another environment, or when the work here left this " +
        "branch, tag or commit; a name is tried in this order: environment, file, revision",
    )
    .option("--policy <consumer>", "print the IAM policy that the role of a consumer needs")
    .option("--json", "print it as JSON", false)
    .addHelpText(
      "after",
      "\nExit codes of --diff, as those of contract: 0 nobody reads more or less, 4 some read less, 5 some read more, or other rows\n" +
        "(some may read less as well). Exit code 1 tells that Lake Formation refuses a grant, or that what is declared and what the\n" +
        "stacks grant do not agree.",
    )
    .addHelpText("after", EXIT_CODES)
    .action(async (environment: string, options: Omit<AccessOptions, "environment">) => {
      const { access } = await import("./commands/access.js");
      exit(await access({ ...options, environment }, context));
    });

  basin
    .command("doctor")
    .summary("tell what this machine lacks")
    .description(
      "Tells what is there and what is missing on this machine, with the command that mends it. Of an environment, with credentials " +
        "of its account, it also tells what a first apply would replace in Lake Formation, whose settings an account has once.",
    )
    .argument("[environment]", ENVIRONMENT)
    .option("--json", "print the findings as JSON", false)
    .addHelpText("after", EXIT_CODES)
    .action(async (environment: string | undefined, options: Omit<DoctorOptions, "environment">) => {
      const { doctor } = await import("./commands/doctor.js");
      await doctor({ ...options, environment }, context);
    });

  return basin;
}

/** Runs a command line and returns its exit code. Everything people read that is not a result goes to standard error. */
async function main(args: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => {
    interruption.abort();
  };
  // a closed terminal too: what we started runs in a group of its own and would outlive us
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", interrupt);
  try {
    let exitCode: number = ExitCode.ok;
    const context: CommandContext = {
      root: resolve(__dirname, ".."),
      variables: process.env,
      signal: interruption.signal,
      display: terminalDisplay,
      print: (text) => {
        process.stdout.write(`${text}\n`);
      },
      printError: (text) => {
        process.stderr.write(`${text}\n`);
      },
    };
    await program(context, (code) => {
      exitCode = code;
    }).parseAsync(args);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed help, version or what is wrong
      return error.exitCode === 0 ? ExitCode.ok : ExitCode.invalid;
    }
    if (error instanceof ConfigurationError) {
      process.stderr.write(`${error.message}\n`);
      return ExitCode.invalid;
    }
    if (error instanceof CommandError) {
      process.stderr.write(`${error.message}\n`);
      if (error.cause instanceof Error) {
        process.stderr.write(`${error.cause.stack ?? error.cause.message}\n`);
      }
      return error.exitCode;
    }
    throw error;
  }
}

// whoever reads our output may have read enough, as head does, or closed the terminal: work goes on to its end
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") {
      throw error;
    }
  });
}

void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
