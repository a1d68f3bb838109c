import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { bundleText, NODE_FILE } from "../../cli/bundles/node-bundle";
import { recipesOf } from "../../cli/bundles/recipe";
import { contractOf } from "../../domains/contract";
import { loadConfiguration } from "../../stacks/configuration";
import { COUNTRIES } from "./clicks";
import type { TransformCost } from "./transform-cost";

const BUCKET = "artifacts";
const CONTRACT_KEY = "contracts/web/clickstream.json";
/** Rows of each snapshot: there are some 250 countries. */
const SNAPSHOT_ROWS = 250;

/** Runs the bundled transform in a plain Node, with a contract and snapshots that it reads as from S3. */
export async function costOfTransform(root: string): Promise<TransformCost> {
  const folder = mkdtempSync(join(tmpdir(), "basin-bench-"));
  const stored = objects();
  const asked = new Set<string>();
  const server = await serve(stored, asked);
  try {
    const bundle = join(folder, NODE_FILE);
    const recipe = recipesOf(root).find(({ name }) => name === "stream-transform");
    if (recipe?.kind !== "node") {
      throw new Error("there is no bundle stream-transform");
    }
    writeFileSync(bundle, bundleText(root, recipe));
    // compiled first: what loads TypeScript as it goes would change the bundle, too
    const script = join(folder, "cost.cjs");
    const entryPoints = [join(__dirname, "transform-cost.ts")];
    buildSync({ entryPoints, bundle: true, platform: "node", format: "cjs", target: "node20", outfile: script });
    const cost = await run(script, bundle, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ignored = [...stored.keys()].filter((path) => !asked.has(path));
    if (ignored.length > 0) {
      throw new Error(`the transform has not read ${ignored.join(", ")}`);
    }
    return cost;
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The contract of web.clickstream, and what it is enriched with, by their paths in S3. */
function objects(): ReadonlyMap<string, string> {
  const contracts = loadConfiguration().domains.flatMap((domain) =>
    domain.datasets.map((dataset) => contractOf(domain, dataset)),
  );
  const contract = contracts.find(({ domain, name }) => domain === "web" && name === "clickstream");
  if (contract?.source.kind !== "stream") {
    throw new Error("there is no stream web.clickstream");
  }
  const snapshots = (contract.source.enrich ?? []).map(({ dataset, snapshot, key, take }) => {
    const rows = Array.from({ length: SNAPSHOT_ROWS }, (_, index) => {
      const code = COUNTRIES[index] ?? `${index}`;
      return { [key]: code, ...Object.fromEntries(take.map(({ from }) => [from, `${from} of ${code}`])) };
    });
    const content = { snapshotVersion: 1, dataset, takenAt: "2026-11-20T00:00:00Z", rows };
    return [`/${BUCKET}/${snapshot}`, JSON.stringify(content)] as const;
  });
  return new Map([[`/${BUCKET}/${CONTRACT_KEY}`, JSON.stringify(contract)], ...snapshots]);
}

/** Answers as S3 does when objects are read, on loopback, and notes what was asked for. */
async function serve(objects: ReadonlyMap<string, string>, asked: Set<string>): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    asked.add(pathname);
    const text = objects.get(pathname);
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function run(script: string, bundle: string, endpoint: string): Promise<TransformCost> {
  const { PATH } = process.env;
  const env = {
    PATH,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_S3: endpoint,
    // about this machine's Node, not the function's
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    POWERTOOLS_SERVICE_NAME: "basin",
    CONTRACT_BUCKET: BUCKET,
    CONTRACT_KEY,
    CONTRACT_VERSION: "1",
    SNAPSHOT_BUCKET: BUCKET,
    DATABASE: "basin_bench_web_raw",
    TABLE: "clickstream",
    QUARANTINE_TABLE: "clickstream_quarantine",
  };
  return new Promise((resolve, reject) => {
    const child = fork(script, [bundle], {
      execArgv: ["--expose-gc"],
      env,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", (cost) => {
      resolve(cost as TransformCost);
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`the transform was not measured: exit code ${String(code)}`));
    });
  });
}
