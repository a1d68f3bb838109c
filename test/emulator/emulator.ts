import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { devNull } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { preparePython } from "../../cli/python/environment";

const GRACE_MS = 5000;
const KEPT_LOG_CHARACTERS = 20_000;

export interface EmulatorProps {
  /** The account that everything is in. */
  readonly accountId: string;
  readonly region: string;
  /**
   * A Python that Lambda functions run under. Compiled modules come from what is installed for it, in the versions of
   * the function's own packages: those of the function are for another machine.
   *
   * @default - the emulator's own, which runs no function with compiled modules
   */
  readonly lambdaPython?: string;
  readonly signal?: AbortSignal;
}

/** An AWS account on this machine, which holds nothing yet and ends with this process. */
export interface Emulator {
  /** Stands for the endpoints of AWS: policies see requests to it as made with TLS 1.3. */
  readonly endpoint: string;
  /** Stands for the endpoints of S3 without TLS. */
  readonly plainEndpoint: string;
  /** With these, Terraform and the AWS SDKs talk to the emulator and nobody else. */
  readonly variables: Readonly<Record<string, string>>;
  /** The last errors it has answered with. */
  readonly log: () => string;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the emulator on free ports of loopback.
 *
 * @throws CommandError if Python or its packages cannot be had
 */
export async function startEmulator(props: EmulatorProps): Promise<Emulator> {
  const { region, signal = new AbortController().signal } = props;
  const requirements = join(__dirname, "requirements.txt");
  const python = await preparePython({ name: "emulator", requirements, signal });
  const child = spawn(python, [join(__dirname, "emulator.py")], { env: serverVariables(props) });
  const log = keepLog(child);
  let failure = "";
  const ended = new Promise<void>((end) => {
    child.once("close", () => {
      end();
    });
    child.once("error", (error) => {
      failure = `${error.message}\n`;
      end();
    });
  });
  const endpoints = await Promise.race([firstLine(child), ended.then(() => undefined)]);
  if (endpoints === undefined) {
    await ended;
    throw new Error(`The emulator did not start:\n${failure}${log()}`);
  }
  const { tls, plain } = JSON.parse(endpoints) as { tls: string; plain: string };
  return {
    endpoint: tls,
    plainEndpoint: plain,
    variables: clientVariables(tls, region),
    log,
    ended,
    stop: async () => {
      // it ends with its input, so that it never outlives us
      child.stdin.end();
      const kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** What the server sees of our variables: nothing that leads to a real account or changes how moto answers. */
function serverVariables({ accountId, lambdaPython }: EmulatorProps): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|BASIN_LAMBDA|MOTO|PYTHON)/.test(name));
  return {
    ...Object.fromEntries(kept),
    BASIN_LAMBDA_NODE: process.execPath,
    ...(lambdaPython !== undefined && { BASIN_LAMBDA_PYTHON: lambdaPython }),
    MOTO_ACCOUNT_ID: accountId,
  };
}

function clientVariables(endpoint: string, region: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_CONFIG_FILE: devNull,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: "emulator",
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

function keepLog(child: ChildProcessWithoutNullStreams): () => string {
  let text = "";
  child.stderr.on("data", (data: Buffer) => {
    text = (text + data.toString()).slice(-KEPT_LOG_CHARACTERS);
  });
  return () => text;
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout })) {
    return line;
  }
  return undefined;
}
