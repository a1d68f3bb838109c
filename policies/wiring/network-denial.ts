import { refusalOf } from "../aws/requests";
import { permissionsOf, roleOf, statementsOf } from "../aws/roles";
import { bucketOf, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { covers, matches, speaksOf, type Statement } from "../iam-document";
import { at, blocks, failedIf, type RuleContext, type Verdict, warnIf } from "../rule";

const OBJECT_ACTIONS = ["s3:GetObject", "s3:PutObject"];

/** Without these Terraform can neither plan nor repair a bucket's policy. */
const POLICY_ACTIONS = ["s3:GetBucketPolicy", "s3:PutBucketPolicy"];

/** Roles with which services call S3 from networks of their own, by the type of what uses them. */
const OUTSIDE_ROLES: Readonly<Record<string, (values: Resource["values"]) => unknown[]>> = {
  aws_glue_catalog_table_optimizer: ({ configuration }) => [at(configuration, "role_arn")],
  aws_glue_crawler: ({ role, s3_target: targets }) =>
    blocks(targets).some(({ connection_name: connection }) => connection === undefined) ? [role] : [],
  aws_glue_job: ({ connections, role_arn: role }) => (blocks(connections).length === 0 ? [role] : []),
  aws_kinesis_firehose_delivery_stream: ({ extended_s3_configuration: s3, iceberg_configuration: iceberg }) => [
    at(s3, "role_arn"),
    at(iceberg, "role_arn"),
  ],
  aws_lambda_function: ({ role, vpc_config: network }) => (network === undefined ? [role] : []),
  aws_redshift_cluster: ({ iam_roles: roles }) => [roles].flat(),
  aws_s3_bucket_replication_configuration: ({ role }) => [role],
};

/** What a bucket's policy refuses to those who do not come through our network, and have to be served. */
export function networkProblems(policy: Resource, context: RuleContext): Verdict[] {
  const { graph } = context;
  const bucket = bucketOf(policy.values.bucket, graph);
  const statements = statementsOf(policy.values.policy, graph).filter(refusesNetworks);
  if (bucket === undefined || statements.length === 0) {
    return [];
  }
  const arn = graph.arnOf(bucket);
  const callers = outsideCallers(arn, context);
  return statements.flatMap((statement) => [
    ...namelessProblems(statement, arn),
    ...callers
      .filter((caller) => isRefused(caller, statement, arn) && mayUseObjects(caller, arn, graph))
      .flatMap(({ role, resource }) =>
        failedIf(true, `${sidOf(statement)} refuses ${role}, with which ${resource.address} calls from outside`),
      ),
  ]);
}

function refusesNetworks({ effect, conditions }: Statement): boolean {
  return (
    effect === "Deny" &&
    conditions.some(({ operator, key }) => operator.includes("not") && /^aws:sourcevpce?$/.test(key))
  );
}

/** What it does to callers that are no resources: Terraform, and Athena for whoever queries. */
function namelessProblems(statement: Statement, bucketArn: string): Verdict[] {
  const spares = (key: RegExp) => statement.conditions.some((condition) => key.test(condition.key));
  return [
    ...failedIf(
      POLICY_ACTIONS.some((action) => speaksOf(statement, action)) &&
        covers(statement, bucketArn) &&
        !spares(/^aws:(principal(?!isawsservice)|userid|username)/),
      `${sidOf(statement)} keeps everybody outside from the bucket's policy, Terraform included`,
      "policy",
    ),
    ...warnIf(
      speaksOf(statement, "s3:GetObject") &&
        covers(statement, `${bucketArn}/any`) &&
        !spares(/^aws:(viaawsservice|calledvia)/),
      `${sidOf(statement)} refuses what Athena reads for those who query`,
      "policy",
    ),
  ];
}

interface OutsideCaller {
  readonly resource: Resource;
  /** ARN of the role it calls with. */
  readonly role: string;
  /** The role, where what it may do is of interest; all of a location is Lake Formation's. */
  readonly declared?: Resource;
}

function isRefused({ role }: OutsideCaller, statement: Statement, bucketArn: string): boolean {
  return OBJECT_ACTIONS.some((action) =>
    refusalOf([statement], {
      principal: { kind: "AWS", name: role },
      action,
      resource: `${bucketArn}/any`,
      facts: {
        "aws:principalarn": role,
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        "aws:sourcevpc": undefined,
        "aws:sourcevpce": undefined,
        "aws:viaawsservice": "false",
      },
    }),
  );
}

/** Who uses roles, or locations of a bucket, without passing through a network of ours. */
function outsideCallers(bucketArn: string, { graph }: RuleContext): OutsideCaller[] {
  const byRole = graph.ofType(...Object.keys(OUTSIDE_ROLES)).flatMap((resource) =>
    (OUTSIDE_ROLES[resource.type]?.(resource.values) ?? []).flatMap((value): OutsideCaller[] => {
      const declared = roleOf(value, graph);
      return declared === undefined ? [] : [{ resource, role: graph.arnOf(declared), declared }];
    }),
  );
  const name = "role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess";
  const serviceLinked = graph.arnIn("iam", name, "");
  const byLakeFormation = graph
    .ofType("aws_lakeformation_resource")
    .filter(({ values }) => `${textOf(values.arn, graph) ?? ""}/`.startsWith(`${bucketArn}/`))
    .map((resource) => ({ resource, role: textOf(resource.values.role_arn, graph) ?? serviceLinked }));
  return [...byRole, ...byLakeFormation];
}

function mayUseObjects({ declared }: OutsideCaller, bucketArn: string, graph: Graph): boolean {
  const isOfBucket = (resource: string) =>
    resource.startsWith(`${bucketArn}/`) || matches(resource, `${bucketArn}/any`);
  return (
    declared === undefined ||
    permissionsOf(declared, graph).statements.some(
      (statement) =>
        statement.effect === "Allow" &&
        OBJECT_ACTIONS.some((action) => speaksOf(statement, action)) &&
        (statement.resources ?? ["*"]).some(isOfBucket),
    )
  );
}

function sidOf({ sid }: Statement): string {
  return sid ?? "a statement";
}
