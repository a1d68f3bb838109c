import { isOpen, textOf } from "../aws/values";
import type { Graph } from "../graph";
import { at, failedIf, judgeKnown, type Rule, unknown, type Verdict } from "../rule";
import { destinationsOf, type Destination } from "../wiring/delivery-destinations";
import { judgeOurKey } from "./keys";

const MODULE = "make the delivery with modules/firehose/delivery-stream.ts";
const TYPES = ["aws_kinesis_firehose_delivery_stream"];

/** Whether deliveries are encrypted on the way and where they end, and what fails is found again. */
export const FIREHOSE_RULES: readonly Rule[] = [
  {
    id: "LAKE-FH-01",
    title: "Delivery streams that are written to directly are encrypted with a key of ours",
    severity: "high",
    level: "error",
    types: TYPES,
    external: {
      checkov: ["CKV_AWS_240", "CKV_AWS_241"],
      cdkNag: ["AwsSolutions-KDF1"],
      securityHub: ["DataFirehose.1"],
    },
    sources: [
      "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
      "https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamEncryptionConfigurationInput.html",
    ],
    remedy: "have it read a stream, whose key is used then, or set server_side_encryption with a key of ours",
    judge: ({ values }, { graph }) => {
      const { server_side_encryption: encryption } = values;
      const isRead = ["kinesis_source_configuration", "msk_source_configuration"].some(
        (source) => values[source] !== undefined,
      );
      return isRead
        ? []
        : [
            ...judgeKnown(at(encryption, "enabled"), "server_side_encryption.enabled", (isOn) =>
              failedIf(String(isOn) !== "true", "what is put to it is not encrypted", "server_side_encryption.enabled"),
            ),
            ...judgeKnown(at(encryption, "key_type"), "server_side_encryption.key_type", (type) =>
              failedIf(
                type !== "CUSTOMER_MANAGED_CMK",
                "what is put to it is encrypted with a key of AWS",
                "server_side_encryption.key_type",
              ),
            ),
            ...judgeOurKey(
              at(encryption, "key_arn"),
              graph,
              "what is put to it is encrypted with no key of ours",
              "server_side_encryption.key_arn",
            ),
          ];
    },
  },
  {
    id: "LAKE-FH-02",
    title: "Destinations are encrypted, and failures are logged and kept apart",
    severity: "medium",
    level: "error",
    types: TYPES,
    sources: [
      "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
      "https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html",
      "https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html",
    ],
    remedy: MODULE,
    judge: (delivery, { graph }) => {
      const destinations = destinationsOf(delivery);
      return destinations.length === 0
        ? failedIf(true, "it has no destination that is known", "destination")
        : destinations.flatMap((destination) => judgeDestination(destination, graph));
    },
  },
];

function judgeDestination({ path, values, buckets }: Destination, graph: Graph): Verdict[] {
  const logging = at(values, "cloudwatch_logging_options", "enabled");
  return [
    ...judgeKnown(logging, `${path}.cloudwatch_logging_options.enabled`, (isOn) =>
      failedIf(String(isOn) !== "true", "its failures are not logged", `${path}.cloudwatch_logging_options`),
    ),
    ...failedIf(buckets.length === 0, "it names no bucket for what fails", path),
    ...buckets.flatMap((bucket) => [
      ...judgeOurKey(
        bucket.values.kms_key_arn,
        graph,
        "it writes files with no key of ours",
        `${bucket.path}.kms_key_arn`,
      ),
      ...judgeErrorPrefix(bucket.values, bucket.path, graph),
    ]),
  ];
}

/** Whether what fails has a folder of its own: Firehose ends prefixes as they are written, without a slash. */
function judgeErrorPrefix(values: Destination["values"], path: string, graph: Graph): Verdict[] {
  const attribute = `${path}.error_output_prefix`;
  const errors = textOf(values.error_output_prefix, graph) ?? "";
  const data = textOf(values.prefix, graph) ?? "";
  if (isOpen(errors) || isOpen(data)) {
    return unknown("where it puts what fails is not known before an apply", attribute);
  }
  return [
    ...failedIf(errors === "", "what fails is put among the rest, without a prefix of its own", attribute),
    ...failedIf(data !== "" && errors.startsWith(data), `what fails is put among the data, in ${data}`, attribute),
  ];
}
