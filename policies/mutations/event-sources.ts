import { type Mutation, set, withoutActions } from "./mutation";

const MAPPING = ["aws_lambda_event_source_mapping", "clickstream_consumer-purchases_"] as const;
const POLICY = ["aws_iam_role_policy", "clickstream_consumer-purchases_"] as const;

/** Each keeps a consumer of production from its stream, or from what it does with failures, and says which rule notices. */
export const EVENT_SOURCE_MUTATIONS: readonly Mutation[] = [
  ...(
    [
      ["WIRE-LAM-01", "a consumer that may not look at its stream", withoutActions(POLICY, /^kinesis:DescribeStream$/)],
      ["WIRE-LAM-01", "a consumer that may list no streams", withoutActions(POLICY, /^kinesis:ListStreams$/)],
      ["WIRE-LAM-01", "a consumer that may not put aside what fails", withoutActions(POLICY, /^sqs:/)],
      [
        "WIRE-LAM-07",
        "records that are tried as long as the stream has them",
        set(...MAPPING, "maximum_record_age_in_seconds", 604_800),
      ],
      ["WIRE-LAM-07", "batches that are put aside whole", set(...MAPPING, "bisect_batch_on_function_error", false)],
      ["WIRE-LAM-07", "failures that nobody listens to", set(...MAPPING, "function_response_types", [])],
    ] as const
  ).map(([rule, what, edit]) => ({ rule, what, edit, found: MAPPING })),
  {
    rule: "WIRE-KMS-04",
    what: "a consumer that may not decrypt",
    edit: withoutActions(POLICY, /^kms:Decrypt$/),
    found: ["aws_iam_role", "clickstream_consumer-purchases_"],
  },
];
