import { keyOf, notAllowedOnKey } from "../aws/keys";
import { boundariesOf } from "../aws/permissions";
import { perGraph } from "../aws/remember";
import { type KnownRequest, letThrough, refusalOf } from "../aws/requests";
import { permissionsOf, roleOf, statementsOf } from "../aws/roles";
import { bucketOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import type { Statement } from "../iam-document";
import { at } from "../rule";
import type { Table } from "./catalog";
import { accountOf } from "./principals";
import { folderArnOf } from "./registrations";

/** "maybe" where a policy that cannot be read here decides, or nothing is known of the principal. */
export type Answer = "yes" | "maybe" | "no";

/** Whether IAM lets a principal look a table up in the Data Catalog. */
export function mayLookUp(principal: string, { database, name }: Table, graph: Graph): Answer {
  return mayCallGlue(principal, "glue:GetTable", [`database/${database}`, `table/${database}/${name}`], graph);
}

/** Whether IAM lets a principal look a database up in the Data Catalog. */
export function mayLookUpDatabase(principal: string, database: string, graph: Graph): Answer {
  return mayCallGlue(principal, "glue:GetDatabase", [`database/${database}`], graph);
}

/** Calls need a permission on what is called upon and on all that holds it, up to the catalog. */
function mayCallGlue(principal: string, action: string, paths: readonly string[], graph: Graph): Answer {
  const statements = graph
    .ofType("aws_glue_resource_policy")
    .flatMap(({ values }) => statementsOf(values.policy, graph));
  const arns = ["catalog", ...paths].map((path) => graph.arnIn("glue", path));
  return allOf(arns.map((arn) => mayDo(principal, action, arn, statements, graph)));
}

/**
 * Whether IAM lets a principal ask Lake Formation for the credentials of a registered location: an action without resources.
 *
 * Source: Lake Formation Developer Guide, access-control-underlying-data.
 */
export function mayAskForData(principal: string, graph: Graph): Answer {
  return mayDo(principal, "lakeformation:GetDataAccess", "*", [], graph);
}

/** Whether IAM lets a principal read the files of a table past Lake Formation: from S3, with the key that encrypts them. */
export function mayReadFiles(principal: string, table: Table, graph: Graph): Answer {
  const folder = folderArnOf(table, graph);
  const bucket = bucketOfTable(table, graph);
  if (folder === undefined) {
    return "maybe";
  }
  const files = mayDo(principal, "s3:GetObject", `${folder}/any`, bucketStatements(bucket, graph), graph);
  const role = roleOf(principal, graph);
  const key = bucket && bucketKey(bucket, graph);
  if (files === "no" || role === undefined || key === undefined) {
    return files;
  }
  const missing = notAllowedOnKey(role, key, ["kms:Decrypt"], "s3", { graph, environment: graph.account });
  return missing.length === 0 ? files : permissionsOf(role, graph).isIncomplete ? "maybe" : "no";
}

function allOf(answers: readonly Answer[]): Answer {
  return answers.includes("no") ? "no" : answers.includes("maybe") ? "maybe" : "yes";
}

function mayDo(
  principal: string,
  action: string,
  resource: string,
  ofResource: readonly Statement[],
  graph: Graph,
): Answer {
  const facts: KnownRequest["facts"] = {
    "aws:principalaccount": accountOf(principal) ?? graph.account.accountId,
    "aws:principalarn": principal,
    "aws:principalisawsservice": "false",
    "aws:securetransport": "true",
  };
  const own: KnownRequest = { action, resource, facts };
  const named: KnownRequest = { ...own, principal: { kind: "AWS", name: principal } };
  const role = roleOf(principal, graph);
  if (role === undefined) {
    return refusalOf(ofResource, named) === undefined ? "maybe" : "no";
  }
  const { statements, isIncomplete } = permissionsOf(role, graph);
  const isRefused =
    refusalOf(statements, own) !== undefined ||
    refusalOf(ofResource, named) !== undefined ||
    boundariesOf(role, graph).some((boundary) => !letThrough(boundary, own));
  const isAllowed = letThrough(statements, own) || letThrough(ofResource, named);
  return isRefused ? "no" : isAllowed ? "yes" : isIncomplete ? "maybe" : "no";
}

const bucketsByName = perGraph(() => new Map<string, Resource | undefined>());

function bucketNamed(name = "", graph: Graph): Resource | undefined {
  const known = bucketsByName(graph);
  if (!known.has(name)) {
    known.set(name, bucketOf(name, graph));
  }
  return known.get(name);
}

/** What the policies of a bucket say. */
export function bucketStatements(bucket: Resource | undefined, graph: Graph): Statement[] {
  return bucket === undefined
    ? []
    : graph
        .referring("aws_s3_bucket_policy", "bucket", bucket)
        .flatMap(({ values }) => statementsOf(values.policy, graph));
}

/** The bucket that a table's files are in, where it is declared. */
export function bucketOfTable(table: Table, graph: Graph): Resource | undefined {
  return bucketNamed(folderArnOf(table, graph)?.split(/:::|\//)[1], graph);
}

/** The key of ours that encrypts what is put into a bucket. */
export function bucketKey(bucket: Resource, graph: Graph): Resource | undefined {
  const [encryption] = graph.referring("aws_s3_bucket_server_side_encryption_configuration", "bucket", bucket);
  const key = at(encryption?.values, "rule", "apply_server_side_encryption_by_default", "kms_master_key_id");
  return key === undefined ? undefined : keyOf(key, graph);
}
