import { ANYTHING, callOf, letThrough } from "../aws/requests";
import { roleOf, statementsOf } from "../aws/roles";
import type { Graph, Resource } from "../graph";
import { failedIf, type RuleContext, type Verdict } from "../rule";

/** Attributes by which resources hand a role to services, wherever in them, and the services that have to be trusted. */
const PASSED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  aws_cloudtrail: { cloud_watch_logs_role_arn: ["cloudtrail"] },
  aws_cloudwatch_event_target: { role_arn: ["events"] },
  aws_cloudwatch_log_subscription_filter: { role_arn: ["logs"] },
  aws_flow_log: { iam_role_arn: ["vpc-flow-logs"] },
  aws_glue_catalog_table_optimizer: { role_arn: ["glue"] },
  aws_glue_crawler: { role: ["glue"] },
  aws_glue_data_catalog_encryption_settings: { catalog_encryption_service_role: ["glue"] },
  aws_glue_job: { role_arn: ["glue"] },
  aws_kinesis_firehose_delivery_stream: { role_arn: ["firehose"] },
  aws_lakeformation_resource: { role_arn: ["lakeformation"] },
  aws_lambda_function: { role: ["lambda"] },
  aws_msk_replicator: { service_execution_role_arn: ["kafka"] },
  aws_mwaa_environment: { execution_role_arn: ["airflow", "airflow-env"] },
  aws_quicksight_vpc_connection: { role_arn: ["quicksight"] },
  aws_redshift_cluster: { default_iam_role_arn: ["redshift"], iam_roles: ["redshift"] },
  aws_redshift_cluster_iam_roles: { default_iam_role_arn: ["redshift"], iam_role_arns: ["redshift"] },
  aws_redshiftserverless_namespace: { default_iam_role_arn: ["redshift"], iam_roles: ["redshift"] },
  aws_s3_bucket_replication_configuration: { role: ["s3"] },
  aws_scheduler_schedule: { role_arn: ["scheduler"] },
  aws_sfn_state_machine: { role_arn: ["states"] },
};

/** LAKE-IAM-03 judges for which account. */
const FOR_ANYBODY = { "aws:sourceaccount": ANYTHING };

export const PASSING_TYPES = Object.keys(PASSED);

/** A role that a resource hands to services, by their names without "amazonaws.com". */
export interface HandedRole {
  readonly attribute: string;
  readonly role: Resource;
  readonly services: readonly string[];
}

/** The roles that a resource hands to services. */
export function handedRoles(resource: Resource, graph: Graph): HandedRole[] {
  return Object.entries(PASSED[resource.type] ?? {}).flatMap(([attribute, services]) => {
    const roles = new Set(valuesNamed(attribute, resource.values).flatMap((value) => roleOf(value, graph) ?? []));
    return [...roles].map((role) => ({ attribute, role, services }));
  });
}

/** Whether the roles that a resource hands to services trust these. */
export function judgePassedRoles(resource: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  return handedRoles(resource, graph).flatMap(({ attribute, role, services }) => {
    const statements = statementsOf(role.values.assume_role_policy, graph);
    const untrusted = services
      .map((service) => `${service}.amazonaws.com`)
      .filter(
        (service) =>
          !letThrough(statements, callOf({ service, action: "sts:AssumeRole", facts: FOR_ANYBODY }, context)),
      );
    return failedIf(untrusted.length > 0, `${role.address} does not trust ${untrusted.join(", ")}`, attribute);
  });
}

/** All values of an attribute, wherever it is in a value; those of a list one by one. */
function valuesNamed(name: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, found]: [string, unknown]) =>
    key === name ? [found].flat() : valuesNamed(name, found),
  );
}
