import { type Mutation, statement } from "./mutation";

const publishing = (sid: string, change?: object) =>
  statement("aws_sns_topic_policy", "alert", sid, change && ((found) => Object.assign(found, change)));

const ofAccount = (accountId: string) => ({ Condition: { StringEquals: { "aws:SourceAccount": accountId } } });

/** Each keeps somebody from publishing, and says which rule notices. */
export const SNS_WIRING_MUTATIONS: readonly Mutation[] = [
  { what: "no statement for alarms and budgets", edit: publishing("PublishAlerts") },
  { what: "no statement for events", edit: publishing("PublishEvents") },
  {
    what: "no anomalies",
    edit: publishing("PublishAlerts", {
      Principal: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
    }),
  },
  { what: "another account's alarms", edit: publishing("PublishAlerts", ofAccount("999999999999")) },
  {
    what: "alarms of every account but ours",
    edit: publishing("PublishAlerts", { Condition: { StringNotEquals: { "aws:SourceAccount": "333333333333" } } }),
  },
  {
    what: "alarms of an organization",
    edit: publishing("PublishAlerts", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
  },
  { what: "events under a condition", edit: publishing("PublishEvents", ofAccount("333333333333")) },
  { what: "events of a refused service", edit: publishing("PublishEvents", { Effect: "Deny" }) },
  {
    what: "another topic",
    edit: publishing("PublishEvents", { Resource: "arn:aws:sns:eu-west-1:333333333333:basin-prod-other" }),
  },
].map(({ what, edit }) => ({ rule: "WIRE-SNS-01", what, edit, found: ["aws_sns_topic", "alert"] }));
