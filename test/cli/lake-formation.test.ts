import { firstApply } from "../../cli/lake-formation/first-apply";
import { renderFirstApply } from "../../cli/lake-formation/render";
import { declaredIn, type LakeFormation, type Settings } from "../../cli/lake-formation/settings";
import type { Resources } from "../support/cases";
import { arnOf, graphOf, type Lake } from "../support/lake-formation";

const NONE: Settings = {
  administrators: [],
  "read-only administrators": [],
  "permissions of new databases": [],
  "permissions of new tables": [],
  "owners of other accounts' shares": [],
  "session tags of other engines": [],
  "accounts whose engines filter": [],
  "whole tables for other engines": [],
  parameters: [],
};
const ALL = "IAM_ALLOWED_PRINCIPALS: ALL";
/** An account that nobody has touched. */
const NEW: Settings = {
  ...NONE,
  "permissions of new databases": [ALL],
  "permissions of new tables": [ALL],
  parameters: ["CROSS_ACCOUNT_VERSION=1", "SET_CONTEXT=TRUE"],
};
const DEV = { name: "dev", accountId: "111122223333", region: "eu-west-1" };

function present(settings: Partial<Settings> = {}, locations: LakeFormation["locations"] = []) {
  return { settings: { ...NONE, ...settings }, locations };
}

function declared(lake: Partial<Lake>, changes: Resources = {}): LakeFormation {
  return declaredIn(graphOf({ tables: {}, steps: [], principals: {}, ...lake }, "resource", changes));
}

test("what stacks set is read with names in place of references", () => {
  const settings = {
    admins: ["${aws_iam_role.boss.arn}"],
    read_only_admins: [arnOf("auditor")],
    create_database_default_permissions: [{ principal: "IAMAllowedPrincipals", permissions: ["ALL"] }],
    create_table_default_permissions: [{ principal: arnOf("etl"), permissions: ["SELECT", "ALTER"] }],
    trusted_resource_owners: ["444455556666"],
    authorized_session_tag_value_list: ["Engine"],
    allow_external_data_filtering: true,
    external_data_filtering_allow_list: ["444455556666"],
    allow_full_table_external_data_access: true,
    parameters: { CROSS_ACCOUNT_VERSION: "4" },
  };
  const locations = { aws_lakeformation_resource: { own: { arn: "arn:aws:s3:::lake" } } };
  const changes = { aws_lakeformation_data_lake_settings: { s: settings }, ...locations };

  expect(declared({ principals: { boss: { iam: [] } } }, changes)).toEqual({
    settings: {
      administrators: [arnOf("boss")],
      "read-only administrators": [arnOf("auditor")],
      "permissions of new databases": [ALL],
      "permissions of new tables": [`${arnOf("etl")}: ALTER, SELECT`],
      "owners of other accounts' shares": ["444455556666"],
      "session tags of other engines": ["Engine"],
      "accounts whose engines filter": ["444455556666"],
      "whole tables for other engines": ["allowed"],
      parameters: ["CROSS_ACCOUNT_VERSION=4"],
    },
    locations: [
      {
        arn: "arn:aws:s3:::lake",
        roleArn:
          "arn:aws:iam::111122223333:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess",
      },
    ],
  });
});

test("settings are replaced as a whole, but for parameters that nothing sets", () => {
  const ours = declared({ settings: { admins: ["boss"], crossAccountVersion: 4 } });
  const theirs = present({ ...NEW, administrators: [arnOf("boss"), arnOf("old")], "read-only administrators": ["x"] });
  const changes = firstApply(ours, theirs).settings.filter(
    ({ removed, added, same, unsaid }) => removed.length + added.length + same.length + unsaid.length > 0,
  );

  expect(changes).toEqual([
    { setting: "administrators", removed: [arnOf("old")], added: [], same: [arnOf("boss")], unsaid: [] },
    { setting: "read-only administrators", removed: ["x"], added: [], same: [], unsaid: [] },
    { setting: "permissions of new databases", removed: [ALL], added: [], same: [], unsaid: [] },
    { setting: "permissions of new tables", removed: [ALL], added: [], same: [], unsaid: [] },
    {
      setting: "parameters",
      removed: ["CROSS_ACCOUNT_VERSION=1"],
      added: ["CROSS_ACCOUNT_VERSION=4"],
      same: [],
      unsaid: ["SET_CONTEXT=TRUE"],
    },
  ]);
});

test("where stacks set nothing, nothing changes", () => {
  const ours = { settings: undefined, locations: [] };

  expect(firstApply(ours, present(NEW))).toEqual({ settings: [], collisions: [], registered: [] });
  expect(renderFirstApply(firstApply(ours, present(NEW)), DEV)).toContain("settings stay as they are");
});

describe("a registered location", () => {
  const OURS = { arn: "arn:aws:s3:::lake/raw", roleArn: arnOf("registration") };
  const ours = declared({ locations: { [OURS.arn]: "registered" } });
  const found = (arn: string, role = "other") => firstApply(ours, present({}, [{ arn, roleArn: arnOf(role) }]));

  test.each([
    ["the same path", OURS.arn],
    ["the same path", `${OURS.arn}/`],
    ["the same path", `${OURS.arn}/*`],
    ["inside", `${OURS.arn}/sales`],
    ["above", "arn:aws:s3:::lake"],
  ])("that is %s collides: %s", (relation, arn) => {
    expect(found(arn)).toMatchObject({
      collisions: [{ relation, present: { arn, roleArn: arnOf("other") }, declared: OURS }],
      registered: [],
    });
  });

  test.each(["arn:aws:s3:::lake/rawer", "arn:aws:s3:::lak", "arn:aws:s3:::lake/curated"])("elsewhere: %s", (arn) => {
    expect(found(arn)).toMatchObject({ collisions: [], registered: [] });
  });

  test("as it is declared is no collision", () => {
    expect(found(`${OURS.arn}/`, "registration")).toMatchObject({ collisions: [], registered: [OURS] });
  });

  test("above ours with the same role collides too: tables would be in two", () => {
    expect(found("arn:aws:s3:::lake", "registration").collisions).toHaveLength(1);
  });
});

test("people read what would become of each", () => {
  const ours = declared({ settings: { admins: ["boss"] }, locations: { "arn:aws:s3:::lake": "registered" } });
  const theirs = present({ administrators: [arnOf("old")], parameters: ["SET_CONTEXT=TRUE"] }, [
    { arn: "arn:aws:s3:::lake", roleArn: arnOf("other") },
  ]);

  expect(renderFirstApply(firstApply(ours, theirs), DEV))
    .toBe(`Lake Formation of account 111122223333 in eu-west-1, and what a first apply of dev would do to it:
  administrators
    would be removed  ${arnOf("old")}
    would be added    ${arnOf("boss")}
  parameters
    not said          SET_CONTEXT=TRUE: AWS does not document whether it stays
  in the way        arn:aws:s3:::lake is registered with ${arnOf("other")},
                    for arn:aws:s3:::lake, which is to be with ${arnOf("registration")}
                    Terraform would take that registration for its own, with its role: deregister it, or say that role in the stacks`);
});
