import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { blocks, failedIf, judgeKnown, unknown, type Verdict } from "../rule";

const LOGGING = "cloudwatch_logging_options";

/** A block of a delivery stream on how it logs, with where it stands. */
interface Logging {
  readonly path: string;
  readonly values: Resource["values"];
}

/** Blocks on logs wherever they stand: of destinations, of what they write to S3, and of copies. */
function loggingIn(values: unknown, path = ""): Logging[] {
  if (typeof values !== "object" || values === null) {
    return [];
  }
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    // blocks may be lists or objects
    const own = Array.isArray(values) ? path : path === "" ? name : `${path}.${name}`;
    return name === LOGGING ? blocks(value).map((block) => ({ path: own, values: block })) : loggingIn(value, own);
  });
}

/** The stream of logs that a name stands for, in a group of ours. */
export function logStreamOf(group: unknown, name: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(name)?.resource;
  return graph
    .ofType("aws_cloudwatch_log_stream")
    .filter(({ values }) => textOf(values.log_group_name, graph) === textOf(group, graph))
    .find((stream) => stream === referred || textOf(stream.values.name, graph) === textOf(name, graph));
}

/** Whether groups and streams of logs are there before a delivery logs to them: Firehose makes neither. */
export function judgeDeliveryLogs(delivery: Resource, graph: Graph): Verdict[] {
  return loggingIn(delivery.values).flatMap(({ path, values }) =>
    judgeKnown(values.enabled, `${path}.enabled`, (isOn) =>
      String(isOn) === "true" ? judgeLogging(delivery, path, values, graph) : [],
    ),
  );
}

function judgeLogging(delivery: Resource, path: string, values: Logging["values"], graph: Graph): Verdict[] {
  const { log_group_name: groupName, log_stream_name: streamName } = values;
  const group = textOf(groupName, graph) ?? "";
  const name = textOf(streamName, graph) ?? "";
  if (group === "" || name === "") {
    return failedIf(true, "it logs failures, and does not name both a group and a stream of logs", path);
  }
  const declared = graph.ofType("aws_cloudwatch_log_group").find((one) => graph.refersTo(groupName, one));
  const stream = logStreamOf(groupName, streamName, graph);
  if (declared === undefined && isOpen(group)) {
    return unknown("which group it logs failures to is not known before an apply", path);
  }
  const late = [declared, stream].find((one) => one !== undefined && !graph.isBefore(one, delivery));
  return [
    ...failedIf(declared === undefined, `it logs failures to ${group}, which nothing here makes`, path),
    ...(stream === undefined && isOpen(name)
      ? unknown("which stream of logs it logs failures to is not known before an apply", path)
      : failedIf(
          declared !== undefined && stream === undefined,
          `it logs failures to the stream ${name} of ${group}, which nothing here makes`,
          path,
        )),
    ...failedIf(late !== undefined, `nothing makes it wait for ${late?.address ?? ""}, which it logs to`, path),
  ];
}
