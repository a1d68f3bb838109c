import type { Rule } from "../rule";
import { judgeImplicit, judgePlanners } from "./lake-formation-administrators";
import { judgeNewColumns } from "./lake-formation-columns";
import { judgeGrantee } from "./lake-formation-grantees";
import { judgeLocationRole, judgeOptIn, judgeOptIns } from "./lake-formation-locations";
import { judgeFirstPermissions, judgeNamed, judgeTags } from "./lake-formation-order";
import { judgeShape } from "./lake-formation-shapes";
import { WORKING_TYPES } from "./lake-formation-work";
import { judgeWorkers } from "./lake-formation-workers";
import { TAG_USING_TYPES } from "../lake-formation/tag-uses";

const GUIDE = "https://docs.aws.amazon.com/lake-formation/latest/dg";
const GRANT_REFERENCE =
  "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lakeformation_permissions";
const GRANT = "aws_lakeformation_permissions";
const LOCATION = "aws_lakeformation_resource";
const OPT_IN = "aws_lakeformation_opt_in";

/** Whether what Lake Formation permits can be done, and what it should refuse is refused from the beginning. */
export const LAKE_FORMATION_WIRING: readonly Rule[] = [
  {
    id: "WIRE-LF-01",
    title: "Databases and tables are made after the settings of the lake",
    severity: "critical",
    level: "error",
    types: ["aws_glue_catalog_database", "aws_glue_catalog_table"],
    sources: [`${GUIDE}/change-settings.html`, `${GUIDE}/lf-permissions-reference.html`],
    remedy: "make settings in the lake layer, and databases with modules/glue/database.ts, which waits for them",
    judge: (resource, { graph }) => judgeFirstPermissions(resource, graph),
  },
  {
    id: "WIRE-LF-02",
    title: "Tags are made before they are assigned or granted, by who may",
    severity: "high",
    level: "error",
    types: TAG_USING_TYPES,
    sources: [
      `${GUIDE}/TBAC-assigning-tags.html`,
      "https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_AddLFTagsToResource.html",
    ],
    remedy: "take the key from the tag's resource, or order both with after()",
    judge: (resource, { graph }) => judgeTags(resource, graph),
  },
  {
    id: "WIRE-LF-03",
    title: "The role of a registered location may read, write and use the key there",
    severity: "critical",
    level: "error",
    types: [LOCATION],
    sources: [`${GUIDE}/registration-role.html`, `${GUIDE}/register-encrypted.html`],
    remedy: "grant the role with bucket.grantReadWrite(role), which has the key in it",
    judge: judgeLocationRole,
  },
  {
    id: "WIRE-LF-04",
    title: "Who is granted data may ask Lake Formation for it, and read the catalog",
    severity: "critical",
    level: "error",
    types: [GRANT],
    sources: [
      `${GUIDE}/access-control-underlying-data.html`,
      "https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html",
    ],
    remedy:
      "allow the role lakeformation:GetDataAccess; of one that is not ours, have an output consumer_policy_<name> say so",
    judge: judgeGrantee,
  },
  {
    id: "WIRE-LF-05",
    title: "In locations of hybrid access those who are granted something have opted in",
    severity: "high",
    level: "error",
    types: [LOCATION, OPT_IN],
    sources: [`${GUIDE}/hybrid-access-mode.html`, `${GUIDE}/hybrid-access-workflow.html`],
    remedy: "end hybrid access, or make an aws_lakeformation_opt_in for each table beside its grant",
    judge: (resource, { graph }) =>
      resource.type === OPT_IN ? judgeOptIn(resource, graph) : judgeOptIns(resource, graph),
  },
  {
    id: "WIRE-LF-06",
    title: "Nothing is granted by name to administrators, or to the role that grants",
    severity: "medium",
    level: "error",
    types: [GRANT],
    sources: [GRANT_REFERENCE, `${GUIDE}/implicit-permissions.html`],
    remedy:
      "leave the grant out: administrators and creators have permissions of their own, which every plan mixes with it",
    judge: judgeImplicit,
  },
  {
    id: "WIRE-LF-07",
    title: "The roles that plan may read Lake Formation",
    severity: "high",
    level: "error",
    types: ["aws_lakeformation_data_lake_settings"],
    sources: [`${GUIDE}/permissions-reference.html`],
    remedy: "name them as read_only_admins, as stacks/bootstrap/names.ts composes them",
    judge: judgePlanners,
  },
  {
    id: "WIRE-LF-08",
    title: "Roles of services that write to the lake, or make its tables, are granted what they need",
    severity: "critical",
    level: "error",
    types: WORKING_TYPES,
    sources: [
      `${GUIDE}/lf-permissions-reference.html`,
      `${GUIDE}/access-control-underlying-data.html`,
      `${GUIDE}/implicit-permissions.html`,
      "https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html",
    ],
    remedy: "grant the role by LF-Tags where its IAM policy is made, before its first run",
    judge: (resource, { graph }) => judgeWorkers(resource, graph),
  },
  {
    id: "WIRE-LF-09",
    title: "Tables that engines add columns to have the strictest of their tags themselves",
    severity: "high",
    level: "error",
    types: ["aws_glue_catalog_table", "aws_lambda_invocation"],
    sources: [`${GUIDE}/tag-based-access-control.html`],
    remedy:
      "tag the table by its most sensitive column, and relax the others one by one: a new column has its table's tag",
    judge: (resource, { graph }) => judgeNewColumns(resource, graph),
  },
  {
    id: "WIRE-LF-10",
    title: "Grants stay as they are applied, and come after what they name, as filters, tags and opt-ins do",
    severity: "high",
    level: "error",
    types: [...TAG_USING_TYPES, "aws_lakeformation_data_cells_filter", OPT_IN],
    sources: [
      GRANT_REFERENCE,
      "https://github.com/hashicorp/terraform-provider-aws/issues/49453",
      "https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_GrantPermissions.html",
      `${GUIDE}/granting-location-permissions.html`,
    ],
    remedy: "write permissions out, on the table or on its columns, and order the grant after what makes the table",
    judge: (resource, { graph }) => [
      ...(resource.type === GRANT ? judgeShape(resource, graph) : []),
      ...judgeNamed(resource, graph),
    ],
  },
];
