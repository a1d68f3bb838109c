import { GithubOidcProvider } from "../../modules/iam/github-oidc-provider";
import { ManagedPolicy } from "../../modules/iam/managed-policy";
import { PipelineRole, type PipelineRoleProps, trustPeople } from "../../modules/iam/pipeline-role";
import type { Statement } from "../../modules/iam/policy";
import { StateBucket } from "../../modules/s3/state-bucket";
import { account, address, encryptionKey, only, reference, resources, statements, synth } from "../support/synth";

const READ: Statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

const synthRole = (props: Partial<PipelineRoleProps> = {}) =>
  synth((stack) => {
    new PipelineRole(stack, "plan", {
      roleName: "basin-test-plan",
      description: "Plans",
      trust: trustPeople(account),
      statements: [READ],
      maxSessionDuration: 3600,
      ...props,
    });
  });

describe("a role of a pipeline", () => {
  test("has its trust, and all of its permissions in one policy", () => {
    const json = synthRole();

    expect(only(json, "aws_iam_role")).toMatchObject({
      name: "basin-test-plan",
      description: "Plans",
      max_session_duration: 3600,
    });
    expect(only(json, "aws_iam_role_policy")).toMatchObject({
      name: "permissions",
      role: reference(json, "aws_iam_role", "plan_role", "name"),
    });
    expect(statements(only(json, "aws_iam_role_policy").policy)).toEqual([READ]);
  });

  test.each([3599, 43_201])("rejects a session of %d seconds", (maxSessionDuration) => {
    expect(() => synthRole({ maxSessionDuration })).toThrow(
      `maxSessionDuration must be between 3600 and 43200, got ${maxSessionDuration}`,
    );
  });

  test.each([3600, 43_200])("accepts a session of %d seconds", (maxSessionDuration) => {
    expect(only(synthRole({ maxSessionDuration }), "aws_iam_role").max_session_duration).toBe(maxSessionDuration);
  });

  test("for people asks for a second factor of this hour", () => {
    expect(statements(only(synthRole(), "aws_iam_role").assume_role_policy)).toEqual([
      {
        Sid: "TrustPeople",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "sts:AssumeRole",
        Condition: {
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
        },
      },
    ]);
  });
});

test("the provider of GitHub's tokens trusts the jobs of one repository that are named", () => {
  let trust: Statement | undefined;
  const json = synth((stack) => {
    const github = new GithubOidcProvider(stack, "github", { repository: "example/basin" });
    trust = github.trust(["pull_request", "environment:prod"]);
    new PipelineRole(stack, "plan", {
      roleName: "plan",
      description: "Plans",
      trust,
      statements: [READ],
      maxSessionDuration: 3600,
    });
  });

  expect(only(json, "aws_iam_openid_connect_provider")).toEqual({
    url: "https://token.actions.githubusercontent.com",
    client_id_list: ["sts.amazonaws.com"],
  });
  expect(statements(only(json, "aws_iam_role").assume_role_policy)).toEqual([
    {
      Sid: "TrustRepository",
      Effect: "Allow",
      Principal: { Federated: reference(json, "aws_iam_openid_connect_provider", "github_provider", "arn") },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
          "token.actions.githubusercontent.com:sub": [
            "repo:example/basin:pull_request",
            "repo:example/basin:environment:prod",
          ],
        },
      },
    },
  ]);
});

test("a boundary is a policy that nobody has attached", () => {
  const json = synth((stack) => {
    new ManagedPolicy(stack, "boundary", {
      policyName: "basin-test-boundary",
      description: "The most there is",
      statements: [READ],
    });
  });

  expect(only(json, "aws_iam_policy").name).toBe("basin-test-boundary");
  expect(statements(only(json, "aws_iam_policy").policy)).toEqual([READ]);
  expect(resources(json, "aws_iam_role_policy_attachment")).toEqual({});
});

test("a role may do what policies say that it shares with others", () => {
  const json = synth((stack) => {
    const policy = new ManagedPolicy(stack, "read", {
      policyName: "basin-test-read",
      description: "Reads",
      statements: [READ],
    });
    new PipelineRole(stack, "plan", {
      roleName: "basin-test-plan",
      description: "Plans",
      trust: trustPeople(account),
      statements: [READ],
      policies: [{ name: "read", policy }],
      maxSessionDuration: 3600,
    });
  });

  expect(only(json, "aws_iam_role_policy_attachment")).toEqual({
    role: reference(json, "aws_iam_role", "plan_role", "name"),
    policy_arn: reference(json, "aws_iam_policy", "read_policy", "arn"),
  });
});

test("a bucket of states keeps versions for long, takes both names of its key, and logs nowhere", () => {
  const json = synth((stack) => {
    new StateBucket(stack, "states", {
      bucketName: "basin-test-state-111122223333",
      encryptionKey: encryptionKey(stack),
      keyAliasArn: "arn:aws:kms:eu-west-1:111122223333:alias/basin-test-state",
      destroyProtection: true,
      owner: "data-platform",
      statements: (bucketArn) => [{ ...READ, Effect: "Deny", Principal: "*", Resource: `${bucketArn}/*` }],
    });
  });
  const policy = statements(only(json, "aws_s3_bucket_policy").policy);

  expect(only(json, "aws_s3_bucket")).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
  expect(resources(json, "aws_s3_bucket_logging")).toEqual({});
  expect(policy.find(({ Sid }) => Sid === "DenyOtherKey")?.Condition).toMatchObject({
    StringNotEquals: {
      "s3:x-amz-server-side-encryption-aws-kms-key-id": [
        reference(json, "aws_kms_key", "key", "arn"),
        "arn:aws:kms:eu-west-1:111122223333:alias/basin-test-state",
      ],
    },
  });
  expect(policy.at(-1)).toMatchObject({
    Sid: "Read",
    Resource: `\${${address(json, "aws_s3_bucket", "states_bucket")}.arn}/*`,
  });
});
