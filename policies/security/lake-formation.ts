import { roleOf } from "../aws/roles";
import { listOf, textOf, textsOf } from "../aws/values";
import type { Resource } from "../graph";
import { pipelineRoleName } from "../bootstrap";
import { tablesOf } from "../lake-formation/catalog";
import { consumerOf } from "../lake-formation/consumers";
import { grantsOf } from "../lake-formation/grants";
import { IAM_ALLOWED_PRINCIPALS, isUnknownPrincipal, principalOf } from "../lake-formation/principals";
import { registrationOf } from "../lake-formation/registrations";
import { blocks, failedIf, judgeKnown, type Rule, type RuleContext, unknown, type Verdict } from "../rule";
import { isMigrating, judgeLocation, judgeZone } from "./lake-locations";

const GUIDE = "https://docs.aws.amazon.com/lake-formation/latest/dg";
const SETTINGS = "aws_lakeformation_data_lake_settings";
const GRANT = "aws_lakeformation_permissions";

const DEFAULTS = ["create_database_default_permissions", "create_table_default_permissions"];
const ADMINISTRATORS = ["admins", "read_only_admins"];
const EXTERNAL_FILTERING = ["allow_external_data_filtering", "allow_full_table_external_data_access"];

/** What consumers may be granted. */
const READING = ["SELECT", "DESCRIBE"];

/** Whether Lake Formation decides who reads, and who decides about it. */
export const LAKE_FORMATION_RULES: readonly Rule[] = [
  {
    id: "LAKE-LF-01",
    title: "New databases and tables are not open to everybody whom IAM lets in",
    severity: "critical",
    level: "error",
    types: [SETTINGS],
    sources: [`${GUIDE}/change-settings.html`],
    remedy: "leave both lists of default permissions out: Lake Formation then decides about everything that is made",
    judge: ({ values }, { graph }) =>
      DEFAULTS.flatMap((attribute) =>
        blocks(values[attribute]).flatMap(({ principal }) =>
          judgeGroup(principal, `IAM alone decides about what is new, as ${attribute} has it`, attribute, graph),
        ),
      ),
  },
  {
    id: "LAKE-LF-02",
    title: "Administrators of the lake are roles of this account, that of the deployment among them",
    severity: "high",
    level: "error",
    types: [SETTINGS],
    sources: [
      `${GUIDE}/initial-lf-config.html`,
      "https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_PutDataLakeSettings.html",
    ],
    remedy:
      "name the roles that stacks/bootstrap/names.ts composes: what is not in the list is no administrator any more",
    judge: ({ values }, context) => [
      ...ADMINISTRATORS.flatMap((attribute) =>
        textsOf(values[attribute], context.graph).flatMap((text) => judgeAdministrator(text, attribute, context)),
      ),
      ...judgeDeployment(values.admins, context),
    ],
  },
  {
    id: "LAKE-LF-03",
    title: "Every zone with tables is registered, with a role of its own",
    severity: "high",
    level: "error",
    types: ["aws_s3_bucket", "aws_lakeformation_resource"],
    sources: [
      `${GUIDE}/register-data-lake.html`,
      `${GUIDE}/registration-role.html`,
      `${GUIDE}/hybrid-access-mode.html`,
    ],
    remedy: "register the bucket with a role for it alone, and hybridAccessEnabled: false unless a migration needs it",
    judge: (resource, context) =>
      resource.type === "aws_s3_bucket" ? judgeZone(resource, context) : judgeLocation(resource, context),
  },
  {
    id: "LAKE-LF-04",
    title: "Nothing is granted to everybody whom IAM lets in",
    severity: "critical",
    level: "error",
    types: [GRANT],
    sources: [`${GUIDE}/upgrade-glue-lake-formation-background.html`, `${GUIDE}/lf-permissions-reference.html`],
    remedy:
      "grant to consumers by LF-Tags; a migration grants tables by name, in locations of hybrid access, until its day",
    judge: (grant, context) =>
      isOfMigration(grant, context)
        ? []
        : judgeGroup(grant.values.principal, "it is for everybody whom IAM lets in", "principal", context.graph),
  },
  {
    id: "LAKE-LF-05",
    title: "Consumers may select and describe, and hand on nothing",
    severity: "high",
    level: "error",
    types: [GRANT],
    sources: [`${GUIDE}/lf-permissions-reference.html`, `${GUIDE}/granting-catalog-permissions.html`],
    remedy: "grant SELECT and DESCRIBE without the grant option; who writes is a role of the platform",
    judge: ({ values }, context) => {
      const { graph } = context;
      const consumer = consumerOf(principalOf(values.principal, graph), context);
      const permissions = textsOf(values.permissions, graph);
      const more = permissions.filter((one) => !READING.includes(one.toUpperCase()));
      const handedOn = textsOf(values.permissions_with_grant_option, graph);
      if (consumer === undefined) {
        return judgeStranger(values.principal, context);
      }
      return [
        ...judgeList(more, `${consumer.name} may do more than read`, "permissions"),
        ...judgeList(handedOn, `${consumer.name} may hand it on`, "permissions_with_grant_option"),
      ];
    },
  },
  {
    id: "LAKE-LF-08",
    title: "Engines of others filter nothing in our stead",
    severity: "high",
    level: "error",
    types: [SETTINGS],
    sources: ["https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataLakeSettings.html"],
    remedy: "leave both settings out: engines that filter by themselves are given whole files",
    judge: ({ values }) =>
      EXTERNAL_FILTERING.flatMap((attribute) =>
        judgeKnown(values[attribute] ?? false, attribute, (isAllowed) =>
          failedIf(isAllowed !== false, `${attribute} gives whole files to engines outside of AWS`, attribute),
        ),
      ),
  },
];

/** A failure where a principal is the group of all whom IAM lets in. */
function judgeGroup(value: unknown, text: string, attribute: string, graph: RuleContext["graph"]): Verdict[] {
  return isUnknownPrincipal(value, graph)
    ? unknown("whom it is for is not known before an apply", attribute)
    : failedIf(isEverybody(principalOf(value, graph)), text, attribute);
}

/** All whom IAM lets in, or all users and roles of an account, which a grant calls by another name. */
function isEverybody(principal: string): boolean {
  return principal === IAM_ALLOWED_PRINCIPALS || principal.endsWith(":IAMPrincipals");
}

/** A failure where something is granted to somebody of whom the environment knows nothing; of everybody another rule tells. */
function judgeStranger(value: unknown, { graph }: RuleContext): Verdict[] {
  const principal = principalOf(value, graph);
  return isUnknownPrincipal(value, graph)
    ? unknown("whom it is for is not known before an apply", "principal")
    : failedIf(
        roleOf(value, graph) === undefined && !isEverybody(principal),
        `${principal} is neither a consumer of the environment nor a role of the platform`,
        "principal",
      );
}

/** A failure for what is in a list that should have nothing; unknown where an apply says what it is. */
function judgeList(found: readonly string[], text: string, attribute: string): Verdict[] {
  const known = found.filter((one) => !one.includes("${"));
  return found.length > known.length && known.length === 0
    ? unknown(`whether ${text} is not known before an apply`, attribute)
    : failedIf(known.length > 0, `${text}: ${known.join(", ")}`, attribute);
}

function judgeAdministrator(text: string, attribute: string, { graph }: RuleContext): Verdict[] {
  const referred = graph.reference(text)?.resource;
  const isRole = referred?.type === "aws_iam_role" || text.startsWith(graph.arnIn("iam", "role/", ""));
  return isUnknownPrincipal(text, graph)
    ? unknown(`who ${text} is, is not known before an apply`, attribute)
    : failedIf(!isRole, `${text} is no role of this account`, attribute);
}

/** Settings replace each other: who deploys, and is not named, has locked itself out. */
function judgeDeployment(admins: unknown, context: RuleContext): Verdict[] {
  const { graph } = context;
  const name = pipelineRoleName("apply", context);
  const isNamed = textsOf(admins, graph).some((text) => text.endsWith(`/${name}`));
  const isUnknown = listOf(admins).some((value) => isUnknownPrincipal(textOf(value, graph), graph));
  return !isNamed && isUnknown
    ? unknown(`whether ${name} is an administrator is not known before an apply`, "admins")
    : failedIf(!isNamed, `${name}, which deploys, is no administrator`, "admins");
}

/** Whether a grant leaves one table to IAM while it moves to Lake Formation. */
function isOfMigration(grant: Resource, context: RuleContext): boolean {
  const { graph } = context;
  const target = grantsOf(graph).find(({ resource }) => resource === grant)?.target;
  // AWS asks for databases as well as for tables: Lake Formation Developer Guide, "Setting up hybrid access mode"
  return (
    isMigrating(context) &&
    (target?.kind === "database" ||
      (target?.kind === "tables" &&
        target.columns === undefined &&
        tablesOf(graph).some(
          (table) =>
            table.database === target.database &&
            table.name === target.table &&
            registrationOf(table, graph) === "hybrid",
        )))
  );
}
