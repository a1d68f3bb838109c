import { added, addedStatement, find, type Mutation, set, statement } from "./mutation";

const STREAM = ["aws_kinesis_stream", "clickstream_"] as const;
const POLICY = ["aws_kinesis_resource_policy", "clickstream_"] as const;

const putting = (principal: unknown, more: object = {}): Mutation["edit"] => {
  return (stacks) => {
    const arn = `\${${find(stacks, ...STREAM).address}.arn}`;
    const one = { Effect: "Allow", Principal: principal, Action: "kinesis:PutRecord", Resource: arn, ...more };
    addedStatement(...POLICY, one)(stacks);
  };
};
const THEIRS = { AWS: "arn:aws:iam::444444444444:role/shop" };

/** Each weakens a stream of production, and says which rule notices. */
export const KINESIS_MUTATIONS: readonly Mutation[] = [
  {
    rule: "LAKE-KIN-01",
    what: "a stream under a key of AWS",
    edit: set(...STREAM, "kms_key_id", "alias/aws/kinesis"),
    found: STREAM,
  },
  {
    rule: "LAKE-KIN-01",
    what: "a stream that is not encrypted",
    edit: set(...STREAM, "encryption_type", "NONE"),
    found: STREAM,
  },
  { rule: "LAKE-KIN-02", what: "records kept for a day", edit: set(...STREAM, "retention_period", 24), found: STREAM },
  {
    rule: "LAKE-KIN-03",
    what: "a stream that is deleted while it is read",
    edit: set(...STREAM, "enforce_consumer_deletion", true),
    found: STREAM,
  },
  { rule: "LAKE-KIN-04", what: "a stream for everybody", edit: putting("*"), found: POLICY },
  {
    rule: "LAKE-KIN-04",
    what: "another account that may look at a stream",
    edit: putting(THEIRS, { Action: "kinesis:DescribeStream" }),
    found: POLICY,
  },
  {
    rule: "LAKE-KIN-04",
    what: "a producer that may do everything",
    edit: statement(...POLICY, "PutRecordsShopFrontend", (found) => (found.Action = "kinesis:*")),
    found: POLICY,
  },
  {
    rule: "WIRE-KIN-01",
    what: "a producer of another account without the key",
    edit: putting(THEIRS, { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
    found: POLICY,
  },
  {
    rule: "WIRE-IAM-08",
    what: "a second policy of a stream",
    edit: (stacks) => {
      const { resource_arn: arn, policy } = find(stacks, ...POLICY).values;
      added("prod-domain-web", "aws_kinesis_resource_policy", "second", { resource_arn: arn, policy })(stacks);
    },
    found: "aws_kinesis_resource_policy.second",
  },
];
