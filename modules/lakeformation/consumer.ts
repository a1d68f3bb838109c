import type { Account } from "../account";
import { type Statement } from "../iam/policy";
import type { ServiceRole } from "../iam/service-role";

/** Stands for all users and roles whom IAM lets use the catalog. */
export const IAM_ALLOWED_PRINCIPALS = "IAM_ALLOWED_PRINCIPALS";

/** Somebody to whom tables are granted. */
export interface Consumer {
  /** Unique among all, in words joined by hyphens: it names grants. */
  readonly name: string;
  /** What Lake Formation knows it by, for example the ARN of a role or a group. */
  readonly principal: string;
  /**
   * The role, where it is one of ours: it is given what reading through Lake Formation needs in IAM.
   *
   * @default - a principal that is made elsewhere, whose owner has to give it that
   */
  readonly role?: ServiceRole;
}

/** Asks Lake Formation for the credentials of a location: an action without resources. */
export const ASK_FOR_DATA: Statement = {
  Sid: "AskForData",
  Effect: "Allow",
  Action: "lakeformation:GetDataAccess",
  Resource: "*",
};

/**
 * What reading through Lake Formation needs in IAM: to look tables up, and to ask for credentials. Nothing of S3 and of keys:
 * that would be a way round every rule on columns and rows.
 *
 * Source: Lake Formation Developer Guide, "Underlying data access control".
 */
export function readingStatements(catalogArns: readonly string[]): Statement[] {
  return [
    {
      Sid: "LookUpTables",
      Effect: "Allow",
      Action: [
        "glue:GetDatabase",
        "glue:GetDatabases",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
      ],
      Resource: catalogArns,
    },
    ASK_FOR_DATA,
  ];
}

/** The whole Data Catalog: what a reader sees of it is up to Lake Formation. */
export function everythingInCatalog({ partition, region, accountId }: Account): string[] {
  return ["catalog", "database/*", "table/*"].map(
    (resource) => `arn:${partition}:glue:${region}:${accountId}:${resource}`,
  );
}
