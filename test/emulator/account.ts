import { callJson, callQuery, send } from "./client";
import type { Emulator } from "./emulator";
import { lfTagsOf, locationsOf, permissionsOf, workgroupsOf } from "./lake";
import { consumersOf, deliveryStreamsOf, keyValueTablesOf, mappingsOf, queuesOf, streamsOf } from "./streams";

/** Names of what is in an emulated account beside that which AWS puts into every account, by kind. */
export async function contentsOf(emulator: Emulator): Promise<Record<string, string[]>> {
  const names = (text: string, element: string) =>
    [...text.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, "g"))].map(([, name = ""]) => name);
  const query = async (service: string, parameters: { Action: string; Version: string; [name: string]: string }) =>
    (await callQuery(emulator, service, parameters)).text;
  const ownVpcs = { "Filter.1.Name": "is-default", "Filter.1.Value.1": "false" };
  const databases = (
    JSON.parse((await callJson(emulator, { service: "glue", target: "AWSGlue.GetDatabases" })).text) as {
      DatabaseList: { Name: string }[];
    }
  ).DatabaseList.map(({ Name }) => Name);
  const { MetricAlarms: alarms } = JSON.parse(
    (await callJson(emulator, { service: "monitoring", target: "GraniteServiceVersion20100801.DescribeAlarms" })).text,
  ) as { MetricAlarms: { AlarmName: string }[] };
  const { Functions: functions } = JSON.parse(
    (await send(emulator, { service: "lambda", method: "GET", path: "/2015-03-31/functions/" })).text,
  ) as { Functions: { FunctionName: string }[] };
  const { logGroups } = JSON.parse(
    (await callJson(emulator, { service: "logs", target: "Logs_20140328.DescribeLogGroups", input: {} })).text,
  ) as { logGroups: { logGroupName: string }[] };
  return {
    alarms: alarms.map(({ AlarmName }) => AlarmName),
    functions: functions.map(({ FunctionName }) => FunctionName),
    logGroups: logGroups.map(({ logGroupName }) => logGroupName),
    buckets: names((await send(emulator, { service: "s3", method: "GET" })).text, "Name"),
    consumers: await consumersOf(emulator),
    databases,
    deliveryStreams: await deliveryStreamsOf(emulator),
    keyValueTables: await keyValueTablesOf(emulator),
    keys: await usableKeys(emulator),
    lfTags: await lfTagsOf(emulator),
    locations: await locationsOf(emulator),
    mappings: await mappingsOf(emulator),
    permissions: await permissionsOf(emulator),
    queues: await queuesOf(emulator),
    roles: names(await query("iam", { Action: "ListRoles", Version: "2010-05-08" }), "RoleName").sort(),
    streams: await streamsOf(emulator),
    tables: (await Promise.all(databases.map((name) => tablesIn(emulator, name)))).flat().sort(),
    topics: names(await query("sns", { Action: "ListTopics", Version: "2010-03-31" }), "TopicArn"),
    vpcs: names(await query("ec2", { Action: "DescribeVpcs", Version: "2016-11-15", ...ownVpcs }), "vpcId"),
    workgroups: await workgroupsOf(emulator),
  };
}

async function tablesIn(emulator: Emulator, database: string): Promise<string[]> {
  const input = { DatabaseName: database };
  const { text } = await callJson(emulator, { service: "glue", target: "AWSGlue.GetTables", input });
  return (JSON.parse(text) as { TableList: { Name: string }[] }).TableList.map(({ Name }) => `${database}.${Name}`);
}

async function usableKeys(emulator: Emulator): Promise<string[]> {
  const kms = async (operation: string, input: object) =>
    JSON.parse(
      (await callJson(emulator, { service: "kms", target: `TrentService.${operation}`, input })).text,
    ) as unknown;
  const { Keys: keys } = (await kms("ListKeys", {})) as { Keys: { KeyId: string }[] };
  const described = await Promise.all(keys.map(({ KeyId }) => kms("DescribeKey", { KeyId })));
  return (described as { KeyMetadata: { KeyId: string; KeyManager: string; KeyState: string } }[])
    .map(({ KeyMetadata }) => KeyMetadata)
    .filter(({ KeyManager, KeyState }) => KeyManager === "CUSTOMER" && KeyState !== "PendingDeletion")
    .map(({ KeyId }) => KeyId);
}
