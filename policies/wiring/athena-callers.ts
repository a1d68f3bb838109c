import { keyOf, type KeyUser, notAllowedToUser } from "../aws/keys";
import { boundariesOf, callsOn } from "../aws/permissions";
import { letThrough } from "../aws/requests";
import { permissionsOf, roleOf } from "../aws/roles";
import { bucketOf, isOpen, textOf } from "../aws/values";
import type { Resource } from "../graph";
import { isOfBootstrap } from "../bootstrap";
import { POLICY_OUTPUT, policyFor } from "../lake-formation/consumers";
import { dataGrantedTo } from "../lake-formation/data-grants";
import { bucketKey } from "../lake-formation/doors";
import { folderArnOf, locationAt } from "../lake-formation/registrations";
import { at, failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";

const START = "athena:StartQueryExecution";
const ON_BUCKET = ["s3:GetBucketLocation", "s3:ListBucket"];
const ON_OBJECTS = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
const WITH_KEY = ["kms:Decrypt", "kms:GenerateDataKey"];

/** What Athena asks for in large results, and goes on without. */
const ON_UPLOADS = { bucket: ["s3:ListBucketMultipartUploads"], objects: ["s3:ListMultipartUploadParts"] };

/** Who may run queries. */
interface Caller extends KeyUser {
  readonly name: string;
  /** Whether some of its policies cannot be read here. */
  readonly isIncomplete: boolean;
}

/** Where the results of a workgroup go, and the keys they are encrypted with: by it, and by the bucket. */
interface Results {
  readonly bucketArn: string;
  readonly folderArn: string;
  readonly keys: readonly Resource[];
}

/** Whether all who may query through a workgroup can use its results, and consumers of the environment may query. */
export function judgeWorkgroup(workgroup: Resource, context: RuleContext): Verdict[] {
  const { graph, environment } = context;
  const { configuration, force_destroy: isForced } = workgroup.values;
  const location = textOf(at(configuration, "result_configuration", "output_location"), graph);
  return [
    ...judgeIdleConsumers(workgroup, context),
    ...(location === undefined ? [] : judgeLocation(workgroup, location, context)),
    ...warnIf(
      !environment.destroyProtection && isForced !== true,
      "it cannot be destroyed once somebody has queried through it",
      "force_destroy",
    ),
  ];
}

function judgeLocation(workgroup: Resource, location: string, context: RuleContext): Verdict[] {
  const { graph } = context;
  const folderArn = folderArnOf({ location }, graph);
  if (folderArn === undefined || isOpen(folderArn)) {
    return unknown("where its results go is not known before an apply", "configuration.result_configuration");
  }
  const bucketArn = folderArn.split("/")[0] ?? "";
  const bucket = bucketOf(bucketArn, graph);
  const key = at(workgroup.values.configuration, "result_configuration", "encryption_configuration", "kms_key_arn");
  const keys = [keyOf(key, graph), bucket && bucketKey(bucket, graph)].filter((one) => one !== undefined);
  const results = { bucketArn, folderArn, keys: [...new Set(keys)] };
  return [
    ...warnIf(bucket === undefined, `nothing here makes ${bucketArn}, where its results go`),
    ...failedIf(
      locationAt(folderArn, graph) !== undefined,
      "its results go to a registered location, where Athena does not put them",
      "configuration.result_configuration.output_location",
    ),
    ...callersOf(workgroup, context).flatMap((caller) => judgeCaller(caller, results, context)),
  ];
}

/** Roles of ours, those of the bootstrap aside, and consumers for whom an output says what they may do. */
function callersOf(workgroup: Resource, context: RuleContext): Caller[] {
  const { graph } = context;
  const roles = graph
    .ofType("aws_iam_role")
    .filter((role) => !isOfBootstrap(role, context))
    .map((role): Caller => ({ name: role.address, arn: graph.arnOf(role), role, ...permissionsOf(role, graph) }));
  return [...roles, ...consumersOf(context)].filter((caller) => mayQuery(caller, workgroup, context));
}

/** Consumers of the environment that are roles of elsewhere. */
function consumersOf(context: RuleContext): Caller[] {
  const { graph, environment } = context;
  return Object.entries(environment.consumers).flatMap(([name, consumer]) => {
    const arn = consumer.kind === "iam-role" ? graph.arnIn("iam", `role/${consumer.roleName}`, "") : undefined;
    return arn === undefined || roleOf(arn, graph) !== undefined ? [] : [{ name, arn, ...policyFor(name, context) }];
  });
}

function mayQuery({ statements, role }: Caller, workgroup: Resource, { graph }: RuleContext): boolean {
  const name = textOf(workgroup.values.name, graph) ?? "";
  const call = { action: START, resource: graph.arnIn("athena", `workgroup/${name}`), facts: {} };
  return [statements, ...(role === undefined ? [] : boundariesOf(role, graph))].every((one) => letThrough(one, call));
}

function judgeCaller(caller: Caller, { bucketArn, folderArn, keys }: Results, context: RuleContext): Verdict[] {
  const { graph } = context;
  const { name, statements, role, isIncomplete } = caller;
  const isRefused = ({
    action,
    resource,
  }: {
    readonly action: string;
    readonly resource: string | readonly string[];
  }) =>
    [statements, ...(role === undefined ? [] : boundariesOf(role, graph))].some(
      (one) => !letThrough(one, { action, resource, facts: {} }),
    );
  const refused = (bucket: readonly string[], objects: readonly string[]) =>
    [...callsOn(bucketArn, bucket), ...callsOn(`${folderArn}/any`, objects)]
      .filter(isRefused)
      .map(({ action }) => action);
  const withKeys = keys.flatMap((key) =>
    notAllowedToUser(caller, key, WITH_KEY, "s3", { graph, environment: context.environment }).map(
      (action) => `${action} with ${key.address}`,
    ),
  );
  const missing = [...refused(ON_BUCKET, ON_OBJECTS), ...withKeys];
  const wanting = refused(ON_UPLOADS.bucket, ON_UPLOADS.objects);
  const text = (actions: readonly string[]) =>
    `${name} may query, but not ${actions.join(", ")} for results in ${folderArn}`;
  if (missing.length > 0) {
    return isIncomplete
      ? unknown(`${text(missing)}, unless a policy that is not declared here says so`)
      : failedIf(true, text(missing));
  }
  return isIncomplete ? [] : warnIf(wanting.length > 0, text(wanting));
}

/** Consumers that are granted data, and may query through no workgroup; said at that of their name, else at the first. */
function judgeIdleConsumers(workgroup: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const workgroups = graph.ofType("aws_athena_workgroup");
  return consumersOf(context).flatMap((consumer) => {
    const own = workgroups.find(({ values }) => textOf(values.name, graph)?.endsWith(consumer.name) === true);
    const isIdle =
      (own ?? workgroups[0]) === workgroup &&
      dataGrantedTo(consumer.arn, graph) !== undefined &&
      !workgroups.some((one) => mayQuery(consumer, one, context));
    const text = `no output ${POLICY_OUTPUT}* lets the role of ${consumer.name} ${START} here or in another workgroup`;
    return isIdle && consumer.isIncomplete
      ? unknown(`${text}, as far as is known before an apply`)
      : failedIf(isIdle, text);
  });
}
