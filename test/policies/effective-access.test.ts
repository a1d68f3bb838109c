import { seesDatabase } from "../../policies/lake-formation/databases";
import { type Access, effectiveAccess } from "../../policies/lake-formation/effective-access";
import { refusedGrants } from "../../policies/lake-formation/held";
import { rowsText, unionOf } from "../../policies/lake-formation/rows";
import { ungrantedReaders } from "../../policies/lake-formation/ungranted-readers";
import { addressOf, arnOf, graphOf, LAKE_CASES } from "../support/lake-formation";

function rowsOf({ columns }: Access): string {
  return columns.length === 0 ? "none" : rowsText(unionOf(columns.map(({ rows }) => rows)));
}

describe.each(["resource", "contract"] as const)("tables made by a %s", (form) => {
  test.each(LAKE_CASES)("$id: $title", (lake) => {
    const graph = graphOf(lake, form);
    const readers = ungrantedReaders(graph).filter(({ kind }) => kind === "files");

    const found = lake.expect.map(({ principal, table, isShown, schema, permissions, readsFiles, why }) => {
      const arn = arnOf(principal);
      const access = effectiveAccess(graph).find(
        (one) => one.principal === arn && `${one.database}.${one.table}` === table,
      );
      return {
        principal,
        table,
        reads: access?.columns.map(({ name }) => name) ?? [],
        rows: access === undefined ? "none" : rowsOf(access),
        ...(isShown !== undefined && { isShown: access !== undefined }),
        ...(schema !== undefined && { schema: access?.schema }),
        ...(permissions !== undefined && { permissions: access?.permissions }),
        ...(readsFiles !== undefined && {
          readsFiles: readers.some((reader) => reader.principal === arn && reader.tables.includes(table)),
        }),
        why,
      };
    });

    expect(found).toEqual(lake.expect);
    expect(refusedGrants(graph).map(({ address }) => address)).toEqual(
      lake.refused.map(({ step }) => addressOf(lake, step)),
    );
    lake.expectDatabases?.forEach(({ principal, database, isShown }) => {
      expect([principal, seesDatabase(arnOf(principal), database, graph)]).toEqual([principal, isShown]);
    });
  });
});
