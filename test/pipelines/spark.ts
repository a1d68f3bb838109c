import { join } from "node:path";
import { preparePython } from "../../cli/python/environment";
import type { Emulator } from "../emulator/emulator";
import { temporaryFolder } from "../support/checkout";
import { prepareJars } from "./jars";
import { databaseOf, type Named, type Zone } from "./lake";
import { LineProcess } from "./line-process";

export type Row = Readonly<Record<string, unknown>>;

/** Spark with Iceberg, as the platform's jobs run it, on the emulator's catalog and buckets. */
export class Spark {
  private constructor(private readonly process: LineProcess) {}

  /**
   * Starts Spark.
   *
   * @throws Error if Python, its packages or the jars cannot be had
   */
  static async start(emulator: Emulator, signal: AbortSignal): Promise<Spark> {
    const requirements = join(__dirname, "requirements.txt");
    const program = await preparePython({ name: "spark", requirements, signal });
    const jars = await prepareJars(program, signal);
    const folder = temporaryFolder();
    const args = [join(__dirname, "spark.py"), jars.join(","), folder];
    return new Spark(new LineProcess({ program, args, variables: { ...emulator.variables, HOME: folder } }));
  }

  /**
   * Runs a statement on the table of a dataset, which it calls TABLE.
   *
   * @throws Error if Spark refuses it
   */
  run({ name, domain }: Named, statement: string, zone: Zone = "curated"): Promise<readonly Row[]> {
    return this.sql(statement.replaceAll("TABLE", `lake.${databaseOf(zone, domain)}.${name}`));
  }

  /**
   * Runs a statement as it is; the catalog's name is "lake".
   *
   * @throws Error if Spark refuses it
   */
  sql(statement: string): Promise<readonly Row[]> {
    return this.process.get("sql", statement);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
