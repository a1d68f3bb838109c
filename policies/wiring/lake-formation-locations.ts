import { KEY_USE, notAllowedOnKey } from "../aws/keys";
import { callsOn, judgeRole } from "../aws/permissions";
import { permissionsOf, roleOf } from "../aws/roles";
import { bucketOf, isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { nameOf, tablesOf } from "../lake-formation/catalog";
import { bucketKey } from "../lake-formation/doors";
import { holdingsOn } from "../lake-formation/held";
import { optInOf, optInTargets } from "../lake-formation/opt-ins";
import { IAM_ALLOWED_PRINCIPALS, isUnknownPrincipal } from "../lake-formation/principals";
import { locationOf, registrationOf } from "../lake-formation/registrations";
import { failedIf, type RuleContext, unknown, type Verdict, warnIf } from "../rule";

const OBJECTS = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"];

/**
 * Whether the role of a location may read and write there. Registering it does not try: every query after it does. Whether
 * the role trusts Lake Formation, and is handed to it, other rules ask.
 */
export function judgeLocationRole(location: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const { arn, role_arn: value } = location.values;
  const folder = (textOf(arn, graph) ?? "").replace(/\/+$/, "");
  if (isOpen(folder)) {
    return unknown("which location it registers is not known before an apply", "arn");
  }
  const bucketArn = folder.split("/")[0] ?? "";
  const bucket = bucketOf(bucketArn, graph);
  const role = roleOf(value, graph);
  const late = failedIf(
    bucket !== undefined && !graph.isBefore(bucket, location),
    `nothing makes it wait for ${bucket?.address ?? ""}`,
    "arn",
  );
  if (role === undefined) {
    return isUnknownPrincipal(value, graph)
      ? [...late, ...unknown("which role it has is not known before an apply", "role_arn")]
      : late;
  }
  const calls = [...callsOn(`${folder}/any`, OBJECTS), ...callsOn(bucketArn, ["s3:ListBucket"])];
  return [
    ...late,
    ...judgeRole(role, calls, (actions) => `${role.address} may not ${actions} in ${folder}`, graph),
    ...judgeKey(role, bucket && bucketKey(bucket, graph), context),
  ];
}

function judgeKey(role: Resource, key: Resource | undefined, context: RuleContext): Verdict[] {
  const missing = key === undefined ? [] : notAllowedOnKey(role, key, KEY_USE, "s3", context);
  const text = `${role.address} may not ${missing.join(", ")} with ${key?.address ?? ""}, the key of the bucket`;
  return missing.length > 0 && permissionsOf(role, context.graph).isIncomplete
    ? unknown(`${text}, unless a policy that is not declared here says so`)
    : failedIf(missing.length > 0, text);
}

/** Whether all to whom something in a hybrid location is granted have opted in, by the tables that they are granted. */
export function judgeOptIns(location: Resource, graph: Graph): Verdict[] {
  if (location.values.hybrid_access_enabled !== true) {
    return [];
  }
  const pairs = tablesOf(graph)
    .filter((table) => locationOf(table, graph) === location)
    .flatMap((table) => {
      const granted = holdingsOn(table, graph).filter(
        ({ principal, reason }) => reason.grant !== undefined && principal !== IAM_ALLOWED_PRINCIPALS,
      );
      const principals = [...new Set(granted.map(({ principal }) => principal))];
      return principals.map((principal) => ({ principal, table, optIn: optInOf(principal, table, graph) }));
    });
  const text = ({ principal, table }: (typeof pairs)[number]) => `${principal} for ${nameOf(table)}`;
  const without = pairs.filter(({ optIn }) => optIn === "no").map(text);
  const unclear = pairs.filter(({ optIn }) => optIn === "unclear").map(text);
  return without.length === 0 && unclear.length > 0
    ? unknown(`whether these have opted in, AWS does not document: ${unclear.join(", ")}`)
    : failedIf(without.length > 0, `grants do nothing here without an opt-in: ${without.join(", ")}`);
}

/** An opt-in has no meaning where Lake Formation decides for everybody. */
export function judgeOptIn(optIn: Resource, graph: Graph): Verdict[] {
  const tables = tablesOf(graph).filter((table) =>
    optInTargets(optIn, graph).some(
      ({ database, table: name }) => database === table.database && (name ?? table.name) === table.name,
    ),
  );
  return warnIf(
    tables.length > 0 && tables.every((table) => registrationOf(table, graph) === "registered"),
    `Lake Formation decides for everybody on ${tables.map(nameOf).join(", ")}, opted in or not`,
  );
}
