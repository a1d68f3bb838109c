import { App, TerraformStack, Testing } from "cdktf";
import { ServiceRole } from "../../modules/iam/service-role";
import { account, only, resources, serviceRole, statements, statementsOf, synth } from "../support/synth";

test("a role trusts its services, and only on behalf of its own account", () => {
  const json = synth((stack) => {
    new ServiceRole(stack, "role", {
      roleName: "basin-test-jobs",
      description: "Runs jobs",
      trustedServices: ["glue.amazonaws.com", "states.amazonaws.com"],
      account,
    }).allow("Read", ["s3:GetObject"], ["*"]);
  });

  expect(only(json, "aws_iam_role")).toMatchObject({ name: "basin-test-jobs", description: "Runs jobs" });
  expect(statements(only(json, "aws_iam_role").assume_role_policy)).toEqual([
    {
      Sid: "TrustServices",
      Effect: "Allow",
      Principal: { Service: ["glue.amazonaws.com", "states.amazonaws.com"] },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
  ]);
});

test("a role trusts a service that does not tell for which account it acts without that condition, and only that one", () => {
  const trustOf = (trustedServices: string[], withoutSourceAccount: string[]) =>
    statements(
      only(
        synth((stack) => {
          const props = { roleName: "jobs", description: "Runs jobs", account, trustedServices, withoutSourceAccount };
          new ServiceRole(stack, "role", props).allow("Read", ["s3:GetObject"], ["*"]);
        }),
        "aws_iam_role",
      ).assume_role_policy,
    );
  const trust = { Effect: "Allow", Action: "sts:AssumeRole" };
  const unconfined = { Sid: "TrustUnconfined", ...trust, Principal: { Service: ["lakeformation.amazonaws.com"] } };

  expect(trustOf(["glue.amazonaws.com", "lakeformation.amazonaws.com"], ["lakeformation.amazonaws.com"])).toEqual([
    {
      Sid: "TrustServices",
      ...trust,
      Principal: { Service: ["glue.amazonaws.com"] },
      Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
    },
    unconfined,
  ]);
  expect(trustOf(["lakeformation.amazonaws.com"], ["lakeformation.amazonaws.com"])).toEqual([unconfined]);
});

test("a role has a boundary where it is given one", () => {
  const boundaryOf = (permissionsBoundaryArn?: string) =>
    only(
      synth((stack) => {
        const props = { roleName: "jobs", description: "Runs jobs", trustedServices: ["glue.amazonaws.com"], account };
        new ServiceRole(stack, "role", { ...props, permissionsBoundaryArn }).allow("Read", ["s3:GetObject"], ["*"]);
      }),
      "aws_iam_role",
    ).permissions_boundary;

  expect(boundaryOf("arn:aws:iam::111122223333:policy/boundary")).toBe("arn:aws:iam::111122223333:policy/boundary");
  expect(boundaryOf()).toBeUndefined();
});

test("grants become statements of one inline policy, an equal one once", () => {
  const json = synth((stack) => {
    const role = serviceRole(stack);
    role.allow("Read", ["s3:GetObject"], ["arn:aws:s3:::one/*"]);
    role.allow("Read", ["s3:GetObject"], ["arn:aws:s3:::one/*"]);
    role.allow("Tell", ["sns:Publish"], ["*"], { Bool: { "aws:SecureTransport": "true" } });
  });

  expect(Object.keys(resources(json, "aws_iam_role_policy"))).toHaveLength(1);
  expect(statementsOf("reader", json)).toEqual([
    { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::one/*"] },
    {
      Sid: "Tell",
      Effect: "Allow",
      Action: ["sns:Publish"],
      Resource: ["*"],
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    },
  ]);
});

test("another statement under the same Sid is refused", () => {
  const build = () =>
    synth((stack) => {
      const role = serviceRole(stack);
      role.allow("Read", ["s3:GetObject"], ["*"]);
      role.allow("Read", ["s3:PutObject"], ["*"]);
    });

  expect(build).toThrow('role reader has another statement "Read" already');
});

test("a role without a permission fails the synth, because IAM refuses an empty policy", () => {
  const app = Testing.app();
  serviceRole(new TerraformStack(app, "test"));

  expect(() => {
    app.synth();
  }).toThrow("role reader has no permission: IAM refuses an empty policy");
});

test("whoever is passed the role waits for its permissions", () => {
  const json = synth((stack) => {
    const role = serviceRole(stack, "first");
    role.allow("Read", ["s3:GetObject"], ["*"]);
    const user = serviceRole(stack, "second");
    user.allow("Read", ["s3:GetObject"], ["*"]);
    role.passTo(user.policy);
  });

  const second = Object.entries(resources(json, "aws_iam_role_policy")).find(([id]) => id.startsWith("second"))?.[1];
  expect(second?.depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\.first_policy_\w+$/)]);
});

test("across stacks, passing a role orders the stacks instead", () => {
  const app = new App({ skipValidation: true });
  const upstream = new TerraformStack(app, "upstream");
  const downstream = new TerraformStack(app, "downstream");

  serviceRole(upstream).passTo(serviceRole(downstream).policy);

  expect(downstream.dependsOn(upstream)).toBe(true);
  expect(Testing.synth(downstream)).not.toContain("depends_on");
});
