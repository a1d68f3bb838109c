import { makeBucket } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { environments } from "../fixtures/environments";
import { commitAll, copyCheckout, edit, runCli, temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const { dev } = environments;

describeTerraform("plan --changed-since, where nothing is deployed yet", () => {
  let emulator: Emulator;
  let variables: NodeJS.ProcessEnv;

  beforeAll(async () => {
    emulator = await startEmulator(dev);
    variables = { PATH: process.env.PATH, HOME: temporaryFolder(), ...emulator.variables };
    await makeBucket(emulator, "basin-dev-state-111111111111");
  });

  afterAll(() => emulator.stop());

  /** Names of the stacks that are planned after something has been changed. */
  async function plannedAfter(change: (checkout: string) => void): Promise<string[]> {
    const checkout = copyCheckout();
    commitAll(checkout);
    change(checkout);
    const { exitCode, stdout, stderr } = await runCli(
      checkout,
      ["plan", "dev", "--changed-since", "HEAD", "--json"],
      variables,
    );
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    return (JSON.parse(stdout) as { stacks: { name: string }[] }).stacks.map(({ name }) => name);
  }

  test("plans the stack of a dataset that has changed, and no other", async () => {
    const stacks = await plannedAfter((checkout) => {
      edit(checkout, "domains/sales.ts", "Orders of the shop", "All orders of the shop");
    });

    expect(stacks).toEqual(["dev-domain-sales"]);
  });

  test("plans whatever depends on what has changed", async () => {
    const stacks = await plannedAfter((checkout) => {
      edit(checkout, "environments/dev.ts", "queryResultsExpirationDays: 7", "queryResultsExpirationDays: 8");
    });

    expect(stacks).toEqual([
      "dev-lake",
      "dev-processing",
      "dev-domain-reference",
      "dev-domain-sales",
      "dev-domain-web",
    ]);
  });

  test("plans nothing where code has changed that makes the same", async () => {
    const stacks = await plannedAfter((checkout) => {
      edit(checkout, "stacks/layers/lake.ts", "import ", "// a comment\nimport ");
    });

    expect(stacks).toEqual([]);
  });
});
