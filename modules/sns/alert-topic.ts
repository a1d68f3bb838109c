import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import type { Account } from "../account";
import { policyJson, type Statement } from "../iam/policy";
import type { EncryptionKey } from "../kms/encryption-key";

/**
 * Services that send alerts and say for which account, so that a statement can insist on ours. EventBridge, which does
 * not, has a statement of its own.
 */
export const ALERT_PUBLISHERS = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com"];

export interface AlertTopicProps {
  /** Up to 256 letters, digits, hyphens and underscores. */
  readonly topicName: string;
  /** Its policy has to let the publishers use it. */
  readonly encryptionKey: EncryptionKey;
  readonly account: Account;
  /** Receivers; each gets a mail in which to confirm the subscription. */
  readonly emails: readonly string[];
}

/** The encrypted topic that alarms, budgets and event rules report to. */
export class AlertTopic extends Construct {
  readonly topicArn: string;
  /** Lets the publishers publish: what AWS tests when it is given the topic has to be made after it. */
  readonly policy: SnsTopicPolicy;

  constructor(scope: Construct, id: string, props: AlertTopicProps) {
    super(scope, id);
    const { topicName, encryptionKey, account, emails } = props;

    const topic = new SnsTopic(this, "topic", { name: topicName, kmsMasterKeyId: encryptionKey.keyArn });
    this.policy = new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: policyJson(topicStatements(topic.arn, account)),
    });
    for (const email of emails) {
      new SnsTopicSubscription(this, `email-${email}`, { topicArn: topic.arn, protocol: "email", endpoint: email });
    }

    this.topicArn = topic.arn;
  }
}

/**
 * Sources: SNS Developer Guide, "Example cases for Amazon SNS access control"; EventBridge User Guide, "Using
 * resource-based policies for Amazon EventBridge" (no condition in statements for EventBridge).
 */
function topicStatements(topicArn: string, { accountId }: Account): Statement[] {
  const publish = { Effect: "Allow", Action: "sns:Publish", Resource: topicArn } as const;
  return [
    {
      ...publish,
      Sid: "PublishAlerts",
      Principal: { Service: ALERT_PUBLISHERS },
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    { ...publish, Sid: "PublishEvents", Principal: { Service: "events.amazonaws.com" } },
    {
      ...publish,
      Sid: "DenyPlainTransport",
      Effect: "Deny",
      Principal: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}
