import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adopt, adoptable, foreignIn, inFlight, missingIn } from "../../cli/deployment/adoption";
import type { PlanJson } from "../../cli/terraform/plan";
import { temporaryFolder } from "../support/checkout";

const account = { accountId: "111111111111", region: "eu-west-1", partition: "aws" };
const json = {
  resource: {
    aws_iam_openid_connect_provider: { github: { url: "https://token.actions.githubusercontent.com" } },
    aws_iam_policy: { boundary: { name: "basin-dev-boundary" } },
    aws_iam_role: { plan: { name: "basin-dev-plan" } },
    aws_kms_alias: { state: { name: "alias/basin-dev-state" } },
    aws_kms_key: { state: {} },
    aws_s3_bucket: { state: { bucket: "basin-dev-state-111111111111" } },
  },
};

describe("taking over what is there", () => {
  const imports = (directory: string) => JSON.parse(readFileSync(join(directory, "adopt.tf.json"), "utf8")) as unknown;

  test("names each thing as Terraform imports it", () => {
    const directory = temporaryFolder();
    const ids = {
      "aws_iam_openid_connect_provider.github":
        "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
      "aws_iam_policy.boundary": "arn:aws:iam::111111111111:policy/basin-dev-boundary",
      "aws_iam_role.plan": "basin-dev-plan",
      "aws_kms_alias.state": "alias/basin-dev-state",
      "aws_s3_bucket.state": "basin-dev-state-111111111111",
    };
    adopt(Object.keys(ids), { directory, json, account });

    expect(imports(directory)).toEqual({ import: Object.entries(ids).map(([to, id]) => ({ to, id })) });
    adopt([], { directory, json, account });
    expect(existsSync(join(directory, "adopt.tf.json"))).toBe(false);
  });

  test.each(["aws_iam_role.nobody", "aws_kms_key.state", "nonsense"])("refuses %s", (address) => {
    expect(() => {
      adopt([address], { directory: temporaryFolder(), json, account });
    }).toThrow(
      `--adopt ${address}: there is nothing at this address that could be taken over. It is a resource of the bootstrap, of the ` +
        "types aws_iam_openid_connect_provider, aws_iam_policy, aws_iam_role, aws_kms_alias, aws_s3_bucket.",
    );
  });

  test("is offered for what AWS says is ours already, and for nothing else", () => {
    const failed = (address: string, detail: string) => ({ summary: "creating", detail, address });

    expect(
      adoptable([
        failed("aws_iam_role.plan", "api error EntityAlreadyExists: Role with name basin-dev-plan already exists."),
        failed("aws_s3_bucket.state", "BucketAlreadyExists: somebody else has it"),
        failed("aws_iam_policy.boundary", "AccessDenied"),
        failed("aws_kms_key.state", "AlreadyExistsException"),
      ]),
    ).toEqual(["aws_iam_role.plan"]);
  });

  test("leaves alone what somebody else made", () => {
    const change = (address: string, tags: object) => {
      const [type = "", name = ""] = address.split(".");
      const [before, after] = [{ tags_all: tags }, { tags_all: { Platform: "basin" } }];
      const actions = ["no-op"];
      return {
        ...{ address, mode: "managed" as const, type, name, provider_name: "aws" },
        change: { actions, before, after, after_unknown: {}, after_sensitive: {}, importing: { id: name } },
      };
    };
    const plan: PlanJson = {
      format_version: "1.2",
      terraform_version: "1.11.4",
      resource_changes: [
        change("aws_iam_role.ours", { Platform: "basin" }),
        change("aws_iam_role.theirs", {}),
        // S3 gives a bucket its tags after it has made it
        change("aws_s3_bucket.state", {}),
      ],
    };

    expect(foreignIn(plan, ["aws_iam_role.ours", "aws_iam_role.theirs", "aws_s3_bucket.state"])).toEqual([
      "aws_iam_role.theirs",
    ]);
    expect(foreignIn(plan, [])).toEqual([]);
  });
});

describe("a journal of a run that was killed", () => {
  const line = (type: string, address: string, action = "create") =>
    `{"@level":"info","type":"${type}","hook":{"resource":{"addr":"${address}","resource_type":"${address.split(".")[0] ?? ""}"},"action":"${action}"}}`;

  test("tells what may have been made without anybody knowing", () => {
    const journal = join(temporaryFolder(), "journal.jsonl");
    const lines = [
      line("apply_start", "aws_iam_role.done"),
      line("apply_start", "aws_iam_role.failed"),
      line("apply_start", "aws_iam_role.plan"),
      line("apply_start", "aws_kms_key.state"),
      line("apply_start", "aws_s3_bucket_policy.state"),
      line("apply_start", "aws_iam_role.changed", "update"),
      line("apply_complete", "aws_iam_role.done"),
      line("apply_errored", "aws_iam_role.failed"),
      '{"@level":"info","type":"apply_st',
    ];
    writeFileSync(journal, `${lines.slice(0, -1).join("\n")}\n`);

    expect(inFlight(journal)).toEqual({ named: ["aws_iam_role.plan"], unnamed: ["aws_kms_key.state"] });
    // the last line of a killed run may be half a line
    writeFileSync(journal, lines.join("\n"));
    expect(inFlight(journal).named).toEqual(["aws_iam_role.plan"]);
  });

  test("tells nothing where there is none", () => {
    expect(inFlight(join(temporaryFolder(), "journal.jsonl"))).toEqual({ named: [], unnamed: [] });
  });
});

test("what was begun and never made is told by Terraform's error", () => {
  const error = new Error(
    'error: Cannot import non-existent remote object: While attempting to import an existing object to\n"aws_iam_role.plan", the provider detected that no object exists with the given id.',
  );

  expect(missingIn(error)).toEqual(["aws_iam_role.plan"]);
});
