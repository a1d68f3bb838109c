import type { Resource } from "../graph";
import { blocks } from "../rule";

type Values = Resource["values"];

/** A block of a delivery stream, and where it stands. */
interface Block {
  /** For example "iceberg_configuration.s3_configuration". */
  readonly path: string;
  readonly values: Values;
}

/** Where a delivery stream delivers to. */
export interface Destination extends Block {
  /** As metrics have it: "DeliveryToIceberg.Success". */
  readonly metric: string;
  /** Blocks on what it writes to S3: all of it, what failed, or what came in. */
  readonly buckets: readonly Block[];
  readonly processors: readonly Processor[];
  /** Whether processors that are named are used. */
  readonly isProcessing: unknown;
}

/** What changes, reads or routes records on their way. */
export interface Processor {
  readonly type: unknown;
  /** By their names, for example "LambdaArn". */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Destinations by the blocks that have them, as metrics call them. */
const DESTINATIONS: Readonly<Record<string, string>> = {
  elasticsearch_configuration: "Elasticsearch",
  extended_s3_configuration: "S3",
  http_endpoint_configuration: "HttpEndpoint",
  iceberg_configuration: "Iceberg",
  opensearch_configuration: "AmazonOpenSearchService",
  opensearchserverless_configuration: "AmazonOpenSearchServerless",
  redshift_configuration: "Redshift",
  snowflake_configuration: "Snowflake",
  splunk_configuration: "Splunk",
};

const BUCKETS = ["s3_configuration", "s3_backup_configuration"];

/** The destinations of a delivery stream; Firehose takes one. */
export function destinationsOf({ values }: Pick<Resource, "values">): Destination[] {
  return Object.entries(DESTINATIONS).flatMap(([path, metric]) =>
    blocks(values[path]).map((block): Destination => {
      const own = path === "extended_s3_configuration" ? [{ path, values: block }] : [];
      const nested = BUCKETS.flatMap((name) =>
        blocks(block[name]).map((bucket) => ({ path: `${path}.${name}`, values: bucket })),
      );
      const [processing = {}] = blocks(block.processing_configuration);
      return {
        path,
        metric,
        values: block,
        buckets: [...own, ...nested],
        processors: blocks(processing.processors).map(({ type, parameters }) => ({
          type,
          parameters: Object.fromEntries(
            blocks(parameters).map(({ parameter_name: name, parameter_value: value }) => [String(name), value]),
          ),
        })),
        isProcessing: processing.enabled,
      };
    }),
  );
}

/** The functions by which a delivery transforms records, as it names them. */
export function transformsOf(destination: Pick<Destination, "processors">): unknown[] {
  return destination.processors.filter(({ type }) => type === "Lambda").map(({ parameters }) => parameters.LambdaArn);
}

/** The stream that a delivery reads, as it is written; undefined where it reads none of Kinesis. */
export function sourceOf({ values }: Resource): Values | undefined {
  return blocks(values.kinesis_source_configuration)[0];
}
