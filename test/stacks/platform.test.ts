import { platform } from "../../environments/platform";
import { STATEFUL_TYPES } from "../../policies/stateful-types";
import { addresses, layers, namedEnvironments, synthesize } from "../support/environments";

describe.each(namedEnvironments)("%s", (name, environment) => {
  const layered = synthesize(environment, "layered");
  const single = synthesize(environment, "single");
  const all = [...layered, ...single];

  test("has a stack for each layer, or one for all of them", () => {
    expect([...layered.keys()].sort()).toEqual(layers.map((layer) => `${name}-${layer}`).sort());
    expect([...single.keys()]).toEqual([name]);
  });

  test("gives a resource the same address in both layouts", () => {
    expect(addresses(single.values())).toEqual(addresses(layered.values()));
    expect(addresses(single.values()).length).toBeGreaterThan(100);
  });

  test("puts every resource into the stack of the layer its address begins with", () => {
    for (const [stackName, stack] of layered) {
      const layer = stackName.slice(name.length + 1);
      for (const address of addresses([stack])) {
        expect(address.split(".")[1]).toMatch(new RegExp(`^${layer}_`));
      }
    }
  });

  test("keeps the state of each layered stack in S3, locked, encrypted and in its own account", () => {
    for (const [stackName, { terraform }] of layered) {
      expect(terraform.backend).toEqual({
        s3: {
          allowed_account_ids: [environment.accountId],
          bucket: `${platform.name}-${name}-state-${environment.accountId}`,
          encrypt: true,
          key: `${name}/${stackName}/terraform.tfstate`,
          kms_key_id: `arn:aws:kms:${environment.state.region}:${environment.accountId}:alias/${platform.name}-${name}-state`,
          region: environment.state.region,
          use_lockfile: true,
        },
      });
    }
  });

  test("refuses another account in the layered layout, and asks nobody offline", () => {
    const defaultTags = [
      {
        tags: {
          ...environment.tags,
          Environment: name,
          ManagedBy: "terraform",
          Platform: platform.name,
        },
      },
    ];
    for (const { provider } of layered.values()) {
      expect(provider.aws).toEqual([
        {
          allowed_account_ids: [environment.accountId],
          default_tags: defaultTags,
          max_retries: platform.providerMaxRetries,
          region: environment.region,
        },
      ]);
    }
    for (const { provider, terraform } of single.values()) {
      expect(provider.aws).toEqual([
        {
          access_key: "offline",
          default_tags: defaultTags,
          max_retries: platform.providerMaxRetries,
          region: environment.region,
          secret_key: "offline",
          skip_credentials_validation: true,
          skip_metadata_api_check: "true",
          skip_requesting_account_id: true,
        },
      ]);
      expect(terraform.backend).toEqual({ local: { path: "terraform.tfstate" } });
    }
  });

  test("pins the provider exactly and Terraform to one major version", () => {
    for (const [, { terraform }] of all) {
      expect(terraform.required_version).toBe(platform.terraformVersion);
      expect(terraform.required_providers).toEqual({ aws: { source: "aws", version: "5.100.0" } });
    }
  });

  test("reads nothing but the state of upstream stacks", () => {
    for (const [, { data }] of single) {
      expect(data).toBeUndefined();
    }
    for (const [stackName, { data }] of layered) {
      const upstream = stackName === `${name}-foundation` ? [] : ["terraform_remote_state"];
      expect(Object.keys(data ?? {})).toEqual(upstream);
    }
  });

  test("refers only to resources its own stack has", () => {
    for (const [stackName, stack] of all) {
      const known = new Set(addresses([stack]));
      const text = JSON.stringify(stack.resource) + JSON.stringify(stack.output ?? {});
      const referred = [...text.matchAll(/\b(aws_\w+\.[\w-]+)/g)].map(([, address]) => address);
      expect({ stackName, dangling: referred.filter((address) => !known.has(address ?? "")) }).toEqual({
        stackName,
        dangling: [],
      });
    }
  });

  test("leaves no token of cdktf unresolved", () => {
    for (const [, stack] of all) {
      expect(JSON.stringify(stack)).not.toMatch(/TfToken|TFTOK|\d[eE]\+\d{3}/);
    }
  });

  test("protects what holds data from destruction exactly where the environment says so", () => {
    for (const stack of layered.values()) {
      for (const type of STATEFUL_TYPES) {
        for (const resource of Object.values(stack.resource[type] ?? {})) {
          expect(resource.lifecycle).toEqual({ prevent_destroy: environment.destroyProtection });
          expect(resource.force_destroy).toBe(type === "aws_s3_bucket" ? !environment.destroyProtection : undefined);
        }
      }
    }
  });

  test("names every bucket with its account, and only the zones' with lake-", () => {
    const buckets = [...layered.values()].flatMap(({ resource }) => Object.entries(resource.aws_s3_bucket ?? {}));
    const names = buckets.map(([, { bucket }]) => bucket as string).sort();
    expect(names).toEqual(
      ["artifacts", "lake-curated", "lake-landing", "lake-published", "lake-raw", "logs", "query-results"].map(
        (suffix) => `${platform.name}-${name}-${suffix}-${environment.accountId}`,
      ),
    );
  });
});

test.each(namedEnvironments)("in %s the lake is deployed after the foundation", (name, environment) => {
  expect(synthesize(environment, "layered").get(`${name}-lake`)?.data).toEqual({
    terraform_remote_state: {
      [`cross-stack-reference-input-${name}-foundation`]: expect.objectContaining({ backend: "s3" }) as unknown,
    },
  });
});
