import { functionOf } from "../aws/functions";
import { letThrough } from "../aws/requests";
import { permissionsOf, roleOf } from "../aws/roles";
import { isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { matches } from "../iam-document";
import { failedIf, type Verdict } from "../rule";
import { callsBy, type Invocation } from "./invokers";

/** Whether functions let services call them for a resource. */
export function judgeCallers(invoker: Resource, graph: Graph, accountId: string): Verdict[] {
  return callsBy(invoker, graph).flatMap((call) => {
    const { callee, service, isTested } = call;
    if (service === undefined || callsByRole(call, graph)) {
      return [];
    }
    const admitting = graph
      .ofType("aws_lambda_permission")
      .filter((permission) => admits(permission, call, graph, accountId));
    return [
      ...failedIf(admitting.length === 0, `${callee.address} does not let ${service} call it for this`),
      ...failedIf(
        isTested && admitting.length > 0 && !admitting.some((permission) => graph.isBefore(permission, invoker)),
        `nothing makes it wait for ${admitting[0]?.address ?? ""}, which AWS looks for`,
      ),
    ];
  });
}

/** Whether a target of events has a role that may call; one that is not declared is taken at its word. */
function callsByRole({ invoker, callee }: Invocation, graph: Graph): boolean {
  const { role_arn: value } = invoker.values;
  const role = roleOf(value, graph);
  const call = { action: "lambda:InvokeFunction", resource: graph.arnOf(callee), facts: {} };
  return value !== undefined && (role === undefined || letThrough(permissionsOf(role, graph).statements, call));
}

function admits({ values }: Resource, call: Invocation, graph: Graph, accountId: string): boolean {
  const { action, function_name: name, principal, qualifier, source_account: account, source_arn: source } = values;
  return (
    functionOf(name, graph) === call.callee &&
    principal === call.service &&
    matches(String(action), "lambda:InvokeFunction") &&
    textOf(qualifier, graph) === call.qualifier &&
    (account === undefined || isOpen(account) || account === accountId) &&
    (source === undefined || isSource(source, call.source, graph))
  );
}

/** Whether a permission is for what calls; what an apply decides counts in its favour. */
function isSource(written: unknown, source: unknown, graph: Graph): boolean {
  const pattern = textOf(written, graph) ?? "";
  const actual = textOf(source, graph);
  const isDecidedLater = isOpen(pattern) && graph.references(pattern).length === 0;
  const named = graph.reference(written)?.resource;
  return (
    actual === undefined ||
    matches(pattern, actual) ||
    isDecidedLater ||
    (named !== undefined && named === graph.reference(source)?.resource)
  );
}
