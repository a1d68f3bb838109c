// Starts the emulator as the account of an environment and prints what makes a shell use it. Ends on Ctrl-C.
import { once } from "node:events";
import { loadConfiguration } from "../../stacks/configuration";
import { migratorPython } from "./migrator-python";
import { startEmulator } from "./emulator";

/** A person's shell may have these, and they would win over what we print. */
const IN_THE_WAY = ["AWS_PROFILE", "AWS_SESSION_TOKEN"];

async function main([name]: readonly string[]): Promise<void> {
  const { environments } = loadConfiguration();
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment === undefined) {
    console.error(`Usage: npm run emulator -- <${environments.map((candidate) => candidate.name).join("|")}>`);
    process.exitCode = 2;
    return;
  }
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(() => true);
  const { signal } = new AbortController();
  const emulator = await startEmulator({ ...environment, lambdaPython: await migratorPython(signal) });
  // states stay on this machine: nobody has made a bucket for them
  const variables = { ...emulator.variables, BASIN_STATE: "local" };
  console.log(`unset ${IN_THE_WAY.join(" ")}`);
  Object.entries(variables).forEach(([variable, value]) => {
    console.log(`export ${variable}=${value}`);
  });
  console.error(
    `\n${environment.name} is empty, at ${emulator.endpoint}. Paste the lines into a shell. States of an earlier one, in ` +
      ".basin/state, do not fit it: remove them. Ctrl-C ends it.",
  );
  if (!(await Promise.race([interrupted, emulator.ended.then(() => false)]))) {
    throw new Error(`The emulator has ended, nobody told it to.\n${emulator.log()}`);
  }
  await emulator.stop();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
