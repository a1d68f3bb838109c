import { functionOf } from "../aws/functions";
import { isOpen, listOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { failedIf, isUnresolved, judgeKnown, type Verdict, warnIf } from "../rule";
import { type EventSource, eventSourceOf } from "./event-sources";

/** Seconds of an hour, in which streams count. */
const HOUR = 3600;

/** Hours for which streams keep records where nothing is said; those of DynamoDB never do otherwise. */
const KEPT = { dynamodb: 24, kinesis: 24 };

/** Seconds for which a queue hides a message that is worked on, and a function may run, where nothing is said. */
const HIDDEN = 30;
const TIMEOUT = 3;

const PARTIAL = "ReportBatchItemFailures";

/** Whether a record that a function fails at is put aside in time, and holds up and repeats as little as can be. */
export function judgePace(mapping: Resource, graph: Graph): readonly Verdict[] {
  const source = eventSourceOf(mapping, graph);
  switch (source?.kind) {
    case "dynamodb":
    case "kinesis":
      return [...judgeStream(mapping, hoursOf(source)), ...judgePartial(mapping)];
    case "sqs":
      return [...judgeQueue(mapping, source, graph), ...judgePartial(mapping)];
    default:
      return [];
  }
}

/** For how long a stream keeps records; undefined where that is not known here. */
function hoursOf({ kind, store }: EventSource): number | undefined {
  if (kind === "dynamodb") {
    return KEPT.dynamodb;
  }
  const { retention_period: hours = KEPT.kinesis } = store?.values ?? {};
  return store === undefined || isUnresolved(hours) ? undefined : Number(hours);
}

function judgeStream({ values }: Resource, hours: number | undefined): Verdict[] {
  const { maximum_record_age_in_seconds: age = -1, maximum_retry_attempts: tries = -1 } = values;
  const { bisect_batch_on_function_error: splits, starting_position: start } = values;
  const isEndless = Number(age) === -1 && Number(tries) === -1;
  const kept = hours === undefined ? Infinity : hours * HOUR;
  return [
    ...failedIf(
      isEndless,
      "a record that its function fails at is tried until the stream forgets it, and holds up its shard",
      "maximum_retry_attempts",
    ),
    ...failedIf(
      Number(age) >= kept,
      `it tries records for ${String(age)} seconds, and the stream keeps them for ${kept}: what fails is gone when it is looked for`,
      "maximum_record_age_in_seconds",
    ),
    ...failedIf(start === undefined, "it does not say where in the stream it begins", "starting_position"),
    ...warnIf(
      !isOpen(splits) && String(splits) !== "true",
      "one record that fails has its whole batch put aside with it",
      "bisect_batch_on_function_error",
    ),
  ];
}

function judgeQueue({ values }: Resource, { store }: EventSource, graph: Graph): readonly Verdict[] {
  const { timeout = TIMEOUT } = functionOf(values.function_name, graph)?.values ?? {};
  const { visibility_timeout_seconds: hidden = HIDDEN } = store?.values ?? {};
  return store === undefined
    ? []
    : judgeKnown(timeout, "the timeout of its function", (seconds) =>
        judgeKnown(hidden, "visibility_timeout_seconds of its queue", (known) =>
          failedIf(
            Number(known) < Number(seconds),
            `${store.address} shows messages again after ${String(known)} seconds, while the function may work on them for ${String(seconds)}`,
          ),
        ),
      );
}

/** Whether a function can say which records of a batch failed; else it says it in vain, or all of them come again. */
function judgePartial({ values }: Resource): Verdict[] {
  const { function_response_types: types } = values;
  return warnIf(
    !isOpen(types) && !listOf(types).includes(PARTIAL),
    "what its function says of single records is not listened to",
    "function_response_types",
  );
}
