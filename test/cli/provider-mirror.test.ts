import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AWS_PROVIDER, findProvider, providerPath } from "../../cli/terraform/provider-mirror";
import { temporaryFolder } from "../support/checkout";

const nowhere = join(temporaryFolder(), "absent");
/** No configuration of the person who runs the tests may play a part. */
const nothingSet = { TF_CLI_CONFIG_FILE: nowhere, XDG_DATA_HOME: nowhere, XDG_DATA_DIRS: nowhere };

function mirror(parent = temporaryFolder()): string {
  mkdirSync(join(parent, providerPath(AWS_PROVIDER)), { recursive: true });
  return parent;
}

test("the provider is the one the bindings were made for", () => {
  expect(AWS_PROVIDER).toEqual({ source: "hashicorp/aws", version: "5.100.0" });
});

test("without a mirror the provider comes from the registry", () => {
  expect(findProvider(AWS_PROVIDER, nothingSet, [temporaryFolder()])).toEqual({ kind: "registry" });
});

test("the mirror that the variable names comes first", () => {
  const named = mirror();
  expect(findProvider(AWS_PROVIDER, { ...nothingSet, BASIN_PROVIDER_MIRROR: named }, [mirror()])).toEqual({
    kind: "mirror",
    directory: named,
  });
});

test("a variable that names a folder without the provider is an error with its remedy", () => {
  const empty = temporaryFolder();
  expect(() => findProvider(AWS_PROVIDER, { ...nothingSet, BASIN_PROVIDER_MIRROR: empty }, [mirror()])).toThrow(
    `BASIN_PROVIDER_MIRROR is ${empty}, which does not hold ${providerPath(AWS_PROVIDER)}.\n` +
      `Fill it with "terraform providers mirror ${empty}", or unset the variable.`,
  );
});

test("a mirror of another version does not count", () => {
  expect(findProvider({ ...AWS_PROVIDER, version: "5.99.0" }, nothingSet, [mirror()])).toEqual({ kind: "registry" });
});

test("a packed mirror, as terraform providers mirror writes it, counts", () => {
  const packed = temporaryFolder();
  const folder = join(packed, "registry.terraform.io", "hashicorp", "aws");
  mkdirSync(folder, { recursive: true });
  const platform = providerPath(AWS_PROVIDER).split("/").at(-1) ?? "";
  writeFileSync(join(folder, `terraform-provider-aws_5.100.0_${platform}.zip`), "");
  expect(findProvider(AWS_PROVIDER, { ...nothingSet, BASIN_PROVIDER_MIRROR: packed })).toEqual({
    kind: "mirror",
    directory: packed,
  });
});

test("where a person's own CLI configuration says where providers come from, it is followed", () => {
  const file = join(temporaryFolder(), "terraform.tfrc");
  writeFileSync(file, "provider_installation {\n  direct {}\n}\n");
  expect(findProvider(AWS_PROVIDER, { ...nothingSet, TF_CLI_CONFIG_FILE: file }, [mirror()])).toEqual({
    kind: "cli-config",
    file,
  });
});

test("a CLI configuration that says nothing of it is no obstacle", () => {
  const file = join(temporaryFolder(), "terraform.tfrc");
  writeFileSync(file, "disable_checkpoint = true\n");
  const found = mirror();
  expect(findProvider(AWS_PROVIDER, { ...nothingSet, TF_CLI_CONFIG_FILE: file }, [found])).toEqual({
    kind: "mirror",
    directory: found,
  });
});

test("Terraform's implied directories are looked through", () => {
  const dataHome = temporaryFolder();
  const implied = mirror(join(dataHome, "terraform", "plugins"));
  expect(findProvider(AWS_PROVIDER, { ...nothingSet, XDG_DATA_HOME: dataHome }, [])).toEqual({
    kind: "mirror",
    directory: implied,
  });
});

test.each([
  ["in a root itself", ""],
  ["a level below a root", "mirror"],
  ["two levels below a root", "share/mirror"],
])("a mirror %s is found", (_where, path) => {
  const root = temporaryFolder();
  const directory = mirror(join(root, path));
  expect(findProvider(AWS_PROVIDER, nothingSet, [root])).toEqual({ kind: "mirror", directory });
});

test("the search ends three levels down", () => {
  const root = temporaryFolder();
  mirror(join(root, "one", "two", "three"));
  expect(findProvider(AWS_PROVIDER, nothingSet, [root])).toEqual({ kind: "registry" });
});
