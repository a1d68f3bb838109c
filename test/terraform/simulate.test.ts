import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { planOffline, type PlanTarget, showPlan } from "../../cli/terraform/plan";
import { AWS_PROVIDER, findProvider } from "../../cli/terraform/provider-mirror";
import { simulateDeployment, type StateFile } from "../../cli/terraform/simulate";
import { Terraform } from "../../cli/terraform/terraform";
import { initialize } from "../../cli/terraform/working-directory";
import { temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111111111111", region: "eu-west-1", partition: "aws" };

/** What the platform's own stacks do not have: counted resources, secrets, sets with unknown elements, nested unknowns. */
const stack = {
  terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
  provider: {
    aws: [
      {
        region: "eu-west-1",
        access_key: "offline",
        secret_key: "offline",
        skip_credentials_validation: true,
        skip_metadata_api_check: "true",
        skip_requesting_account_id: true,
        default_tags: [{ tags: { Environment: "dev" } }],
      },
    ],
  },
  resource: {
    aws_vpc: { vpc: { cidr_block: "10.0.0.0/16" } },
    aws_security_group: {
      client: { vpc_id: "${aws_vpc.vpc.id}", for_each: '${toset(["a", "b"])}', name: "client-${each.key}" },
      server: {
        vpc_id: "${aws_vpc.vpc.id}",
        ingress: [
          { from_port: 443, to_port: 443, protocol: "tcp", security_groups: ['${aws_security_group.client["a"].id}'] },
          { from_port: 80, to_port: 80, protocol: "tcp", cidr_blocks: ["10.0.0.0/16"] },
          {
            from_port: 8443,
            to_port: 8443,
            protocol: "tcp",
            security_groups: ['${aws_security_group.client["b"].id}'],
          },
        ].map((rule) => ({
          cidr_blocks: null,
          description: null,
          ipv6_cidr_blocks: null,
          prefix_list_ids: null,
          security_groups: null,
          self: null,
          ...rule,
        })),
      },
    },
    aws_iam_role: { role: { assume_role_policy: '{"Version":"2012-10-17","Statement":[]}', count: 2 } },
    aws_secretsmanager_secret: { secret: { name: "secret" } },
    aws_secretsmanager_secret_version: {
      version: { secret_id: "${aws_secretsmanager_secret.secret.id}", secret_string: "${var.secret}" },
    },
    aws_kinesis_stream: { stream: { name: "stream", shard_count: 1 } },
    aws_kinesis_firehose_delivery_stream: {
      delivery: {
        name: "delivery",
        destination: "extended_s3",
        kinesis_source_configuration: {
          kinesis_stream_arn: "${aws_kinesis_stream.stream.arn}",
          role_arn: "${aws_iam_role.role[0].arn}",
        },
        extended_s3_configuration: {
          role_arn: "${aws_iam_role.role[1].arn}",
          bucket_arn: "${aws_s3_bucket.bucket.arn}",
          buffering_size: 64,
        },
      },
    },
    aws_s3_bucket: { bucket: { bucket_prefix: "made-up-" } },
  },
  variable: { secret: { type: "string", sensitive: true, default: "hidden" } },
};

describeTerraform("a simulated deployment", () => {
  let target: PlanTarget;
  let state: StateFile;

  const write = (changed: object) => {
    writeFileSync(join(target.directory, "cdk.tf.json"), JSON.stringify(changed));
  };
  const plan = async () => {
    await planOffline(target, "test.tfplan");
    return showPlan(target, "test.tfplan");
  };
  const changes = async () => {
    const { resource_changes: all = [] } = await plan();
    return all
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ address, change }) => [address, change.actions.join(), ...(change.replace_paths ?? []).flat()]);
  };

  beforeAll(async () => {
    const { signal } = new AbortController();
    const directory = temporaryFolder();
    const terraform = await Terraform.find(process.env, signal);
    target = { terraform, directory, cliConfigFile: "", signal };
    write(stack);
    const origin = findProvider(AWS_PROVIDER, process.env);
    const pluginCache = join(temporaryFolder(), "plugins");
    const configs = await initialize({ terraform, requirement: AWS_PROVIDER, origin, directory, pluginCache, signal });
    target = { ...target, cliConfigFile: configs.plan };
    state = await simulateDeployment({
      ...target,
      plan: await plan(),
      stack,
      account,
    });
    writeFileSync(join(directory, "terraform.tfstate"), JSON.stringify(state));
  });

  test("changes nothing when what it was made from is planned against it", async () => {
    expect(await changes()).toEqual([]);
  });

  test("holds every instance of a counted resource, what is sensitive marked", () => {
    const instances = (type: string) =>
      state.resources.find((resource) => resource.type === type)?.instances.map(({ index_key: key }) => key);

    expect(instances("aws_iam_role")).toEqual([0, 1]);
    expect(instances("aws_security_group")).toEqual(["a", "b"]);
    expect(
      state.resources.find(({ type }) => type === "aws_secretsmanager_secret_version")?.instances[0]
        ?.sensitive_attributes,
    ).toContainEqual([{ type: "get_attr", value: "secret_string" }]);
  });

  test("shows what a change does: its own resource, and those that refer to it", async () => {
    const { aws_iam_role: roles, aws_kinesis_stream: streams, ...rest } = stack.resource;
    write({
      ...stack,
      resource: {
        ...rest,
        aws_iam_role: { role: { ...roles.role, count: 3 } },
        aws_kinesis_stream: { stream: { ...streams.stream, name: "renamed" } },
      },
    });

    const found = await changes();

    expect(found).toContainEqual(["aws_iam_role.role[2]", "create"]);
    expect(found).toContainEqual(["aws_kinesis_stream.stream", "delete,create", "name"]);
    expect(found).toContainEqual([
      "aws_kinesis_firehose_delivery_stream.delivery",
      "delete,create",
      ...["kinesis_source_configuration", 0, "kinesis_stream_arn"],
    ]);
    expect(found).toHaveLength(3);
    write(stack);
  });
});
