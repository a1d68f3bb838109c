import { z } from "zod";
import { parseCidr } from "./validation/cidr";
import { limited } from "../validation/limited";

/**
 * Services the platform can reach through interface endpoints, by the suffix of the endpoint's service name.
 *
 * S3 and DynamoDB are not among them: their gateway endpoints are always there and cost nothing.
 * Source: AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink".
 */
export const INTERFACE_ENDPOINTS = [
  "airflow.api",
  "airflow.env",
  "athena",
  "ecr.api",
  "ecr.dkr",
  "emr-serverless",
  "events",
  "glue",
  "kinesis-firehose",
  "kinesis-streams",
  "kms",
  "lakeformation",
  "lambda",
  "logs",
  "monitoring",
  "redshift",
  "redshift-data",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "states",
  "sts",
  "sync-states",
] as const;

/** An IPv4 block between two prefix lengths, written as its network address. */
function cidr(shortestPrefix: number, longestPrefix: number, remedy: string) {
  return limited(
    z.string().refine((text) => {
      const block = parseCidr(text);
      return block !== undefined && block.bitmask >= shortestPrefix && block.bitmask <= longestPrefix;
    }),
    {
      limit: `an IPv4 block from /${shortestPrefix} to /${longestPrefix} whose host bits are zero`,
      remedy,
    },
  );
}

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const subnet = cidr(16, 28, 'write a block of the VPC, for example "10.0.16.0/20"; AWS keeps 5 addresses of each');

const subnets = z.array(subnet);

const natSubnets = {
  /** Subnets of the NAT gateways, one a zone. Nothing else runs in them. */
  publicSubnets: subnets,
  /** Private subnets that reach the internet through NAT, one a zone. */
  egressSubnets: subnets,
};

export const networkSchema = z.strictObject({
  // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
  cidr: cidr(16, 28, 'write a private block such as "10.0.0.0/16"'),
  /** Isolated subnets for everything that handles data, one a zone: no route leads out of the VPC. */
  dataSubnets: subnets,
  /** Whether anything may reach the internet, and whether one zone's failure may cut it off ("single"). */
  nat: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({ kind: z.literal("single"), ...natSubnets }),
    z.strictObject({ kind: z.literal("per-zone"), ...natSubnets }),
  ]),
  /** AWS services reached inside the VPC. Each costs an address and an hourly fee in every zone. */
  endpoints: z.array(
    limited(z.enum(INTERFACE_ENDPOINTS), {
      limit: `one of ${INTERFACE_ENDPOINTS.join(", ")}`,
      remedy: "correct the name; s3 and dynamodb have gateway endpoints, which are always there",
    }),
  ),
  /** Where workloads may connect to, beyond the endpoints: databases and APIs that data comes from. */
  egressRules: z.array(
    z.strictObject({
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html
      description: limited(z.string().regex(/^(?!.*\$\{)[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/), {
        limit:
          "1 to 255 characters of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*, without ${, which Terraform evaluates",
        remedy: "say in plain ASCII what is reached and why",
      }),
      cidr: cidr(0, 32, 'write the narrowest block that works, for example "10.200.4.12/32"'),
      port: limited(z.int().min(1).max(65535), {
        limit: "a TCP port from 1 to 65535",
        remedy: "name the one port that is needed; add a rule for each further one",
      }),
    }),
  ),
});

export type NetworkSettings = z.infer<typeof networkSchema>;
