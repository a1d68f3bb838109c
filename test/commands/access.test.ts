import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { matrixSchema } from "../../cli/access/form";
import { commitAll, copyCheckout, edit, runCli } from "../support/checkout";

const env = { PATH: process.env.PATH };
const checkout = copyCheckout();

test("the whole of an environment can be printed, and compared with later", async () => {
  const { exitCode, stdout, stderr } = await runCli(checkout, ["access", "dev", "--json"], env);
  writeFileSync(join(checkout, "before.json"), stdout);
  const again = await runCli(checkout, ["access", "dev", "--diff", "before.json"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const { principals, withoutGrant } = matrixSchema.parse(JSON.parse(stdout));
  expect(principals.slice(0, 2).map(({ id }) => id)).toEqual(["analysts", "customer-care"]);
  expect(withoutGrant).toContainEqual(
    expect.objectContaining({
      kind: "creator",
      name: "basin-dev-table-migrator",
      tables: expect.arrayContaining(["sales.orders", "sales.orders (raw)"]) as string[],
    }),
  );
  expect(again).toEqual({
    exitCode: 0,
    stdout: "Who may read what in dev is what it is in before.json.\n",
    stderr: "",
  });
});

test("a revision is compared by what its own code makes", async () => {
  commitAll(checkout);
  const column = '{ name: "email", type: "string", comment: "Address for letters of the shop", sensitivity: "pii" },';
  edit(checkout, "domains/sales.ts", column, `${column}\n${column.replace("email", "nickname")}`);
  const { exitCode, stdout, stderr } = await runCli(checkout, ["access", "dev", "--diff", "HEAD"], env);

  expect({ exitCode, stderr }).toEqual({ exitCode: 5, stderr: "" });
  expect(stdout).toMatch(
    /^Who may read what in dev, against [0-9a-f]{12}, which HEAD and the work here have in common:/,
  );
  expect(stdout).toContain("  + customer-care reads sales.customers: nickname\n");
});
