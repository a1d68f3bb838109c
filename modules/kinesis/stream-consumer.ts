import { KinesisStreamConsumer } from "@cdktf/provider-aws/lib/kinesis-stream-consumer";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { ServiceRole } from "../iam/service-role";
import { pascalCase } from "../pascal-case";
import type { DataStream } from "./data-stream";

export interface StreamConsumerProps {
  readonly stream: DataStream;
  /** 1 to 128 letters, digits and . _ -, unique among those of the stream, which may have 20. */
  readonly consumerName: string;
}

/**
 * Somebody who reads a stream with a throughput of its own: 2 MB a second for each shard, whatever others read.
 *
 * Source: https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html
 */
export class StreamConsumer extends Construct {
  readonly consumerArn: string;
  readonly stream: DataStream;
  readonly resource: TerraformResource;
  private readonly name: string;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { stream, consumerName } = props;
    // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
    if (!/^[\w.-]{1,128}$/.test(consumerName)) {
      throw new Error(`consumerName must be 1 to 128 letters, digits and . _ -, got "${consumerName}"`);
    }

    const consumer = new KinesisStreamConsumer(this, "consumer", { name: consumerName, streamArn: stream.streamArn });
    after(consumer, ...stream.ready);

    this.consumerArn = consumer.arn;
    this.stream = stream;
    this.resource = consumer;
    this.name = consumerName;
  }

  /** Lets `role` read records as this consumer. Includes decryption, and looking at the stream and its shards. */
  grantRead(role: ServiceRole): void {
    this.stream.grantRead(role);
    role.allow(
      `Subscribe${pascalCase(this.name)}`,
      ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"],
      [this.consumerArn],
    );
  }
}
