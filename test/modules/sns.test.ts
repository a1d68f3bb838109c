import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { ALERT_PUBLISHERS, AlertTopic } from "../../modules/sns/alert-topic";
import { account, encryptionKey, only, reference, resources, statements, synth } from "../support/synth";

function synthTopic(emails: readonly string[] = []) {
  return synth((stack) => {
    const key = encryptionKey(stack);
    new AlertTopic(stack, "alerts", { topicName: "basin-test-alerts", encryptionKey: key, account, emails });
  });
}

test("the topic is encrypted with the key", () => {
  const json = synthTopic();

  expect(json).toHaveResourceWithProperties(SnsTopic, {
    name: "basin-test-alerts",
    kms_master_key_id: reference(json, "aws_kms_key", "key", "arn"),
  });
});

test("the topic lets AWS services publish for this account, and refuses whoever speaks without TLS", () => {
  const json = synthTopic();
  const topicArn = reference(json, "aws_sns_topic", "alerts_topic", "arn");

  expect(json).toHaveResourceWithProperties(SnsTopicPolicy, { arn: topicArn });
  expect(statements(only(json, "aws_sns_topic_policy").policy)).toEqual([
    {
      Sid: "PublishAlerts",
      Effect: "Allow",
      Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
    {
      Sid: "PublishEvents",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
    },
    {
      Sid: "DenyPlainTransport",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test("EventBridge, whose calls do not name the account, is not among the publishers that have to name it", () => {
  expect(ALERT_PUBLISHERS).not.toContain("events.amazonaws.com");
});

test("every address is subscribed by mail", () => {
  const json = synthTopic(["data-platform@example.com", "on-call@example.com"]);
  const subscription = { topic_arn: reference(json, "aws_sns_topic", "alerts_topic", "arn"), protocol: "email" };

  expect(json).toHaveResourceWithProperties(SnsTopicSubscription, {
    ...subscription,
    endpoint: "data-platform@example.com",
  });
  expect(json).toHaveResourceWithProperties(SnsTopicSubscription, { ...subscription, endpoint: "on-call@example.com" });
  expect(Object.keys(resources(json, "aws_sns_topic_subscription"))).toHaveLength(2);
});

test("a subscription keeps its id when others come before it", () => {
  const idOnCall = (emails: readonly string[]) =>
    Object.entries(resources(synthTopic(emails), "aws_sns_topic_subscription"))
      .filter(([, { endpoint }]) => endpoint === "on-call@example.com")
      .map(([id]) => id);

  expect(idOnCall(["on-call@example.com"])).toHaveLength(1);
  expect(idOnCall(["new@example.com", "on-call@example.com"])).toEqual(idOnCall(["on-call@example.com"]));
});

test("without addresses nobody is subscribed", () => {
  expect(resources(synthTopic(), "aws_sns_topic_subscription")).toEqual({});
});
