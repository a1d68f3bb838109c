import { functionOf } from "../aws/functions";
import { keyOf, notAllowedOnKey } from "../aws/keys";
import { permissionsOf, roleOf } from "../aws/roles";
import { isOpen, textOf } from "../aws/values";
import type { Resource } from "../graph";
import { failedIf, judgeKnown, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import { type Destination, destinationsOf, sourceOf } from "./delivery-destinations";
import { judgeDeliveryLogs } from "./delivery-logs";
import { judgeDelivery } from "./delivery-roles";
import { judgeTables } from "./delivery-tables";

const MODULE = "make the delivery with modules/firehose/delivery-stream.ts";
const TYPES = ["aws_kinesis_firehose_delivery_stream"];
const GUIDE = "https://docs.aws.amazon.com/firehose/latest/dev";
const ICEBERG = "iceberg_configuration";

/** How much Firehose gathers before it writes: MiB and seconds. Source: API Reference, BufferingHints. */
const BUFFERS = { buffering_interval: [0, 900], buffering_size: [1, 128] } as const;

/** How much Firehose gathers before it calls a function: MB and seconds. Source: Developer Guide, "data-transformation". */
const BATCHES = { BufferIntervalInSeconds: [0, 900], BufferSizeInMBs: [0.2, 3] } as const;

/** Seconds that Firehose waits for a function, and those that Lambda gives one where nothing is said. */
const WAIT = 300;
const TIMEOUT = 3;

/** Whether deliveries read, transform and write what they are given, and tell where they do not. */
export const FIREHOSE_WIRING: readonly Rule[] = [
  {
    id: "WIRE-FH-01",
    title: "The role of a delivery may use source, function, data, errors and logs, and into Iceberg the catalog",
    severity: "critical",
    level: "error",
    types: TYPES,
    sources: [`${GUIDE}/controlling-access.html`, `${GUIDE}/apache-iceberg-prereq.html`],
    remedy: `${MODULE}, which grants its role what it uses; what its boundary lets it is in stacks/bootstrap/boundary.ts`,
    judge: judgeDelivery,
  },
  {
    id: "WIRE-FH-02",
    title: "A delivery into Iceberg names the catalog itself, and backs up what fails",
    severity: "high",
    level: "error",
    types: TYPES,
    sources: [
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_IcebergDestinationConfiguration.html",
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_CatalogConfiguration.html",
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html",
    ],
    remedy: `${MODULE}, which composes the ARN of the catalog`,
    judge: (delivery, context) =>
      destinationsOf(delivery)
        .filter(({ path }) => path === ICEBERG)
        .flatMap((destination) => judgeIceberg(destination, context)),
  },
  {
    id: "WIRE-FH-03",
    title: "A delivery into Iceberg names tables that are there, and the keys of their contracts",
    severity: "high",
    level: "error",
    types: TYPES,
    sources: [
      `${GUIDE}/apache-iceberg-prereq.html`,
      `${GUIDE}/apache-iceberg-format-input-record-different.html`,
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_DestinationTableConfiguration.html",
    ],
    remedy: "name the tables that the contract has made, with its key, and order the delivery after them with after()",
    judge: (delivery, { graph }) => judgeTables(delivery, graph),
  },
  {
    id: "WIRE-FH-05",
    title: "A delivery that reads an encrypted stream may decrypt it",
    severity: "high",
    level: "error",
    types: TYPES,
    sources: [
      "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
      `${GUIDE}/controlling-access.html`,
    ],
    remedy: "grant the role that reads with stream.grantRead(role), which has the key in it",
    judge: judgeDecryption,
  },
  {
    id: "WIRE-FH-06",
    title: "A delivery logs to a stream of logs that is there",
    severity: "medium",
    level: "error",
    types: TYPES,
    sources: [`${GUIDE}/monitoring-with-cloudwatch-logs.html`],
    remedy: `${MODULE}, which makes the stream of logs in the group it is given`,
    judge: (delivery, { graph }) => judgeDeliveryLogs(delivery, graph),
  },
  {
    id: "WIRE-FH-07",
    title: "The function of a delivery is called, and in time and size as Firehose calls",
    severity: "high",
    level: "error",
    types: TYPES,
    sources: [
      `${GUIDE}/data-transformation.html`,
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessingConfiguration.html",
      "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
    ],
    remedy: `${MODULE}, and give its function no more than ${WAIT} seconds`,
    judge: (delivery, context) =>
      destinationsOf(delivery).flatMap((destination) => judgeProcessing(destination, context)),
  },
];

function judgeIceberg({ path, values }: Destination, { graph, environment }: RuleContext): Verdict[] {
  const { accountId, region } = environment;
  const catalog = textOf(values.catalog_arn, graph);
  const ours = new RegExp(`^arn:aws[a-z-]*:glue:${region}:${accountId}:catalog(/.+)?$`);
  const { s3_backup_mode: mode } = values;
  return [
    ...(isOpen(catalog)
      ? unknown("which catalog it names is not known before an apply", `${path}.catalog_arn`)
      : failedIf(
          catalog === undefined || !ours.test(catalog),
          `it names ${catalog ?? "nothing"}, which is not the catalog of the account`,
          `${path}.catalog_arn`,
        )),
    // the provider knows AllData as well, which Firehose refuses here
    ...judgeKnown(mode ?? "FailedDataOnly", `${path}.s3_backup_mode`, (known) =>
      failedIf(
        known !== "FailedDataOnly",
        `it backs up ${JSON.stringify(known)}, and into Iceberg can back up what fails alone`,
        `${path}.s3_backup_mode`,
      ),
    ),
    ...judgeRanges(BUFFERS, values, path),
  ];
}

function judgeRanges(
  ranges: Readonly<Record<string, readonly [number, number]>>,
  values: Resource["values"],
  path: string,
): readonly Verdict[] {
  return Object.entries(ranges).flatMap(([name, [least, most]]) =>
    judgeKnown(values[name] ?? least, `${path}.${name}`, (value) =>
      failedIf(
        !(Number(value) >= least && Number(value) <= most),
        `${name} is ${JSON.stringify(value)}, and has to be between ${least} and ${most}`,
        `${path}.${name}`,
      ),
    ),
  );
}

function judgeDecryption(delivery: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const source = sourceOf(delivery);
  const stream = graph.ofType("aws_kinesis_stream").find((one) => graph.refersTo(source?.kinesis_stream_arn, one));
  const role = roleOf(source?.role_arn, graph);
  const key = stream?.values.encryption_type === "KMS" ? keyOf(stream.values.kms_key_id, graph) : undefined;
  if (stream === undefined || role === undefined || key === undefined) {
    return [];
  }
  const attribute = "kinesis_source_configuration.role_arn";
  const facts = { "kms:encryptioncontext:aws:kinesis:arn": graph.arnOf(stream) };
  const isRefused = notAllowedOnKey(role, key, ["kms:Decrypt"], "kinesis", context, facts).length > 0;
  const text = `${role.address} may not kms:Decrypt with ${key.address}, so that it reads nothing of ${stream.address}`;
  return isRefused && permissionsOf(role, graph).isIncomplete
    ? unknown(`${text}, unless a policy that is not declared here says so`, attribute)
    : failedIf(isRefused, text, attribute);
}

function judgeProcessing({ path, processors, isProcessing }: Destination, { graph }: RuleContext): Verdict[] {
  const attribute = `${path}.processing_configuration`;
  return [
    ...(processors.length === 0
      ? []
      : judgeKnown(isProcessing, `${attribute}.enabled`, (isOn) =>
          failedIf(String(isOn) !== "true", "it delivers records as they come, past its processors", attribute),
        )),
    ...processors
      .filter(({ type }) => type === "Lambda")
      .flatMap(({ parameters }) => {
        const callee = functionOf(parameters.LambdaArn, graph);
        const { timeout = TIMEOUT, reserved_concurrent_executions: reserved } = callee?.values ?? {};
        return [
          ...judgeKnown(timeout, "the timeout of its function", (seconds) =>
            failedIf(
              Number(seconds) > WAIT,
              `${callee?.address ?? ""} may take ${String(seconds)} seconds, and Firehose waits for ${WAIT}`,
              attribute,
            ),
          ),
          ...failedIf(
            reserved === 0,
            `${callee?.address ?? ""} is switched off: nothing is reserved for it`,
            attribute,
          ),
          ...judgeRanges(BATCHES, parameters, attribute),
        ];
      }),
  ];
}
