import { RULES } from "../../policies";
import { MUTATIONS } from "../../policies/mutations";
import { find } from "../../policies/mutations/mutation";
import { environmentNamed, findingsIn, mutated, stacksOf } from "../support/policies";

test.each(MUTATIONS)("$rule notices $what", ({ rule, edit, found = ["aws_s3_bucket", "lake_raw_"], also = [] }) => {
  const addresses = [found, ...also].map((one) =>
    typeof one === "string" ? one : find(stacksOf("prod"), ...one).address,
  );

  expect(mutated("prod", edit).sort()).toEqual(addresses.map((address) => `${rule} ${address}`).sort());
});

test("every rule notices something", () => {
  const killed = new Set(MUTATIONS.map(({ rule }) => rule));

  expect(RULES.map(({ id }) => id).filter((id) => !killed.has(id))).toEqual([]);
});

test("every rule has an id of its own, and public sources", () => {
  const ids = RULES.map(({ id }) => id);

  expect(ids).toEqual([...new Set(ids)]);
  for (const { sources } of RULES) {
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !source.startsWith("https://"))).toEqual([]);
  }
});

test("a lifecycle that is disabled counts for nothing", () => {
  const findings = mutated("prod", (stacks) => {
    const rules = find(stacks, "aws_s3_bucket_lifecycle_configuration", "lake_raw_").values.rule;
    (rules as Record<string, unknown>[]).forEach((rule) => {
      rule.status = "Disabled";
    });
  });

  expect(findings.map((finding) => finding.split(" ")[0])).toEqual(["LAKE-S3-10", "LAKE-S3-11"]);
});

test("development may empty its buckets, destroy them, and retain nothing", () => {
  expect(
    mutated("dev", (stacks) => {
      const { values } = find(stacks, "aws_s3_bucket", "lake_landing_");
      Object.assign(values, { force_destroy: true, object_lock_enabled: false, lifecycle: {} });
    }),
  ).toEqual([]);
});

test.each(["dev", "staging", "prod"])("%s has no findings", (name) => {
  expect(findingsIn(stacksOf(name), environmentNamed(name))).toEqual([]);
});
