// Synthesizes one environment with as many generated datasets as its argument says, and prints what that took as JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { Dataset as Declaration } from "../../domains/schema";
import { environments } from "../fixtures/environments";
import { platform } from "../../environments/platform";
import { ServiceRole } from "../../modules/iam/service-role";
import { Artifact } from "../../modules/s3/artifact";
import { accountOf } from "../../stacks/account-of";
import { Dataset } from "../../stacks/dataset/dataset";
import { Lake } from "../../stacks/layers/lake";
import { addPlatform } from "../../stacks/platform";

const DATASETS_PER_DOMAIN = 10;
const RESOURCES_PER_DATASET = 50;

/** What a synth took. */
export interface Scale {
  readonly datasets: number;
  readonly resources: number;
  readonly cpuSeconds: number;
  /** What is alive on the heap when the synth has ended. */
  readonly heapBytes: number;
  /** Largest memory of the process, which depends on when Node collects garbage. */
  readonly peakBytes: number;
}

function generated(index: number): Declaration {
  return {
    name: `dataset_${index}`,
    description: "Generated for the benchmark",
    owner: "benchmark@example.com",
    source: { kind: "stream", engine: "kinesis", producers: [], alertAboveFailedShare: 0.01 },
    columns: Array.from({ length: 20 }, (_, position) => ({
      name: `column_${position}`,
      type: "string",
      comment: "Generated for the benchmark",
      sensitivity: "internal",
      required: position === 0,
    })),
    primaryKey: ["column_0"],
    partitions: [],
    quality: [],
    freshnessMinutes: 60,
    expectedRecordsPerSecond: 1,
    retention: { kind: "forever" },
    readers: [],
  };
}

/** Fills a dataset up with roles, their policies and files, as later parts of a dataset will. */
function fill(dataset: Construct, lake: Lake): void {
  const count = () => dataset.node.findAll().filter((node) => node instanceof TerraformResource).length;
  const missing = RESOURCES_PER_DATASET - count();
  const roles = Math.floor(missing / 4);
  for (let index = 0; index < roles; index += 1) {
    const role = new ServiceRole(dataset, `role-${index}`, {
      roleName: `benchmark-${dataset.node.id}-${index}`,
      description: "Generated for the benchmark",
      trustedServices: ["lambda.amazonaws.com"],
      account: accountOf(environments.dev),
    });
    lake.zones.raw.grantRead(role);
  }
  for (let index = 0; index < missing - 2 * roles; index += 1) {
    new Artifact(dataset, `artifact-${index}`, {
      bucket: lake.artifacts,
      key: `benchmark/${dataset.node.id}/${index}.txt`,
      content: `file ${index}`,
      contentType: "text/plain",
    });
  }
}

function main(datasets: number): Scale {
  const outdir = mkdtempSync(join(tmpdir(), "basin-bench-"));
  const domains = Array.from({ length: Math.ceil(datasets / DATASETS_PER_DOMAIN) }, (_, number) => ({
    name: `benchmark-${number}`,
    description: "Generated for the benchmark",
    owner: "benchmark@example.com",
    datasets: Array.from({ length: DATASETS_PER_DOMAIN }, (_none, index) => generated(index)),
  }));
  const app = new App({ outdir });
  addPlatform(app, { platform, environment: environments.dev, domains, layout: "layered" });
  const nodes = app.node.findAll();
  const lake = nodes.find((node) => node instanceof Lake);
  if (lake === undefined) {
    throw new Error("the platform has no lake");
  }
  nodes
    .filter((node) => node instanceof Dataset)
    .forEach((dataset) => {
      fill(dataset, lake);
    });
  app.synth();
  rmSync(outdir, { recursive: true });
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  if (global.gc === undefined) {
    throw new Error("start node with --expose-gc");
  }
  global.gc();
  return {
    datasets,
    resources: app.node.findAll().filter((node) => node instanceof TerraformResource).length,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    heapBytes: process.memoryUsage().heapUsed,
    peakBytes: maxRSS * 1024,
  };
}

console.log(JSON.stringify(main(Number(process.argv[2]))));
