/** How long a test of real plans may take on a busy machine, in milliseconds. */
export const TERRAFORM_TIMEOUT_MS = 600_000;

/** A group of tests that start Terraform; skipped, and not silently, where `terraform-setup.ts` found no way to. */
export function describeTerraform(name: string, body: () => void): void {
  const obstacle = process.env.BASIN_TEST_OBSTACLE;
  if (obstacle === undefined) {
    describe(name, body);
  } else {
    console.warn(`SKIPPED: ${name}\n${obstacle}`);
    describe.skip(name, body);
  }
}
