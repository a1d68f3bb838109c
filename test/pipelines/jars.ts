import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockWhenFree } from "../../cli/folder-lock";
import { repository, runProgram, temporaryFolder } from "../support/checkout";

const FOLDER = join(repository, ".basin", "ivy");

/** What Spark needs to work with Iceberg tables in the Data Catalog and S3, with the SHA-256 of what was tested. */
const JARS = {
  "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.7.1":
    "cdf7357865d8d91764e0f147a2d76bc3e1e2b8792ddc0d3be329b3d34aaf218c",
  "org.apache.iceberg:iceberg-aws-bundle:1.7.1": "5d7c0baf877ee4296c4f98425165484404af4227fb487f1847a3cb1a577dfc3b",
} as const;

/**
 * Fetches the jars, unless an earlier run has.
 *
 * @param python the interpreter that has Spark
 * @returns their paths
 * @throws Error if one cannot be fetched, or is not the one that was tested
 */
export async function prepareJars(python: string, signal: AbortSignal): Promise<string[]> {
  mkdirSync(FOLDER, { recursive: true });
  const release = await lockWhenFree(FOLDER, signal);
  try {
    if (problems().length > 0) {
      rmSync(join(FOLDER, "jars"), { recursive: true, force: true });
      const args = [join(__dirname, "jars.py"), Object.keys(JARS).join(","), FOLDER];
      const env = { ...process.env, HOME: temporaryFolder() };
      const { exitCode, stderr } = await runProgram(python, args, { cwd: repository, env, maxBuffer: 1e8, signal });
      if (exitCode !== 0) {
        throw new Error(`Spark did not fetch its jars:\n${stderr}`);
      }
    }
    const [problem] = problems();
    if (problem !== undefined) {
      throw new Error(problem);
    }
    return Object.keys(JARS).map(fileOf);
  } finally {
    await release();
  }
}

function fileOf(name: string): string {
  const [group = "", artifact = "", version = ""] = name.split(":");
  return join(FOLDER, "jars", `${group}_${artifact}-${version}.jar`);
}

function problems(): string[] {
  return Object.entries(JARS).flatMap(([name, expected]) => {
    const file = fileOf(name);
    const found = existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "absent";
    return found === expected ? [] : [`${file} is not ${name}: its SHA-256 is ${found}, and not ${expected}`];
  });
}
