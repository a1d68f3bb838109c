import { type Mutation, removed, set, statement } from "./mutation";

const FOUND = ["aws_sns_topic", "alert"] as const;

/** Each weakens one thing of production, and says which rule notices. */
export const SNS_MUTATIONS: readonly Mutation[] = [
  {
    rule: "LAKE-SNS-01",
    what: "the account's key",
    edit: set("aws_sns_topic", "alert", "kms_master_key_id", "alias/aws/sns"),
    found: FOUND,
  },
  { rule: "LAKE-SNS-02", what: "no policy", edit: removed("aws_sns_topic_policy", "alert"), found: FOUND },
  {
    rule: "LAKE-SNS-02",
    what: "an Allow for everybody",
    edit: statement("aws_sns_topic_policy", "alert", "PublishEvents", (found) => {
      found.Principal = "*";
    }),
    found: FOUND,
  },
  {
    rule: "LAKE-SNS-02",
    what: "messages without TLS",
    edit: statement("aws_sns_topic_policy", "alert", "DenyPlainTransport"),
    found: FOUND,
  },
];
