import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout, edit } from "../support/checkout";
import { layers, namedEnvironments } from "../support/environments";

/** Runs the app as cdktf.json has the native CLI run it. */
function runApp(checkout: string, state: string) {
  const env = { PATH: process.env.PATH, BASIN_STATE: state };
  return spawnSync(process.execPath, ["cli/run-main.cjs"], { cwd: checkout, env, encoding: "utf8" });
}

interface StackJson {
  readonly terraform: { readonly backend: unknown };
  readonly data?: {
    readonly terraform_remote_state?: Readonly<Record<string, { readonly backend: string; readonly config: unknown }>>;
  };
}

test("a BASIN_STATE that means nothing gives one message and exit code 1, and nothing is written", () => {
  const checkout = copyCheckout();

  const { status, stdout, stderr } = runApp(checkout, "nonsense");

  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: 'BASIN_STATE is "nonsense"; unset it to keep states in S3, or set it to "local".\n',
  });
  expect(existsSync(join(checkout, "cdktf.out"))).toBe(false);
});

test("with BASIN_STATE=local every stack keeps its state in .basin/state, and others read it there", () => {
  // as the app sees its folder
  const checkout = realpathSync(copyCheckout());

  expect(runApp(checkout, "local")).toMatchObject({ status: 0 });

  const names = readdirSync(join(checkout, "cdktf.out", "stacks"));
  expect(names.sort()).toEqual(
    namedEnvironments.flatMap(([name]) => [`bootstrap-${name}`, ...layers.map((layer) => `${name}-${layer}`)]).sort(),
  );
  const stateOf = (stack: string) => join(checkout, ".basin", "state", `${stack}.tfstate`);
  const readers = names.filter((name) => {
    const file = join(checkout, "cdktf.out", "stacks", name, "cdk.tf.json");
    const { terraform, data } = JSON.parse(readFileSync(file, "utf8")) as StackJson;
    const remote = data?.terraform_remote_state ?? {};
    expect({ name, backend: terraform.backend }).toEqual({ name, backend: { local: { path: stateOf(name) } } });
    const expected = Object.keys(remote).map((reference) => {
      const path = stateOf(reference.replace("cross-stack-reference-input-", ""));
      return [reference, { backend: "local", config: { path } }];
    });
    expect({ name, remote }).toMatchObject({ name, remote: Object.fromEntries(expected) as object });
    return expected.length > 0;
  });
  // every layer above the lowest builds on another, and none on the bootstrap, which it knows by names
  expect(readers).toEqual(names.filter((name) => !name.endsWith("-foundation") && !name.startsWith("bootstrap-")));
});

test("code that stacks upload, and that is not built, is a warning: a synth needs no Python", () => {
  const checkout = copyCheckout();
  const upload = 'this.object.addOverride("source", "bundles/unknown.zip");';
  edit(checkout, "modules/s3/artifact.ts", "after(this.object,", `${upload}\n    after(this.object,`);

  const { status, stderr } = runApp(checkout, "local");

  expect({ status, stderr }).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(
      'unknown.zip is not built: run "npm run bundle" before "cdktf deploy", which uploads it.\n',
    ) as string,
  });
});
