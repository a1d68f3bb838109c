import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domains } from "../fixtures/domains";
import { validateDomains } from "../../domains/validation/validate";
import { environments } from "../fixtures/environments";
import { validate } from "../../environments/validation/validate";
import type { Sources } from "../../stacks/configuration";
import { crossProblems } from "../../stacks/cross-checks";
import { copyCheckout, fakeCommand, runCli, temporaryFolder } from "../support/checkout";
import { changed, fieldsOf, problemsOf, withValue } from "../support/sources";

test("nothing is wrong with the domains of the fixtures", () => {
  expect(validateDomains(domains).problems).toEqual([]);
});

test("every file is handed on, whether or not something is wrong with it", () => {
  const { sources, problems } = validateDomains({ sales: domains.sales, web: null });

  expect(sources.map(({ file, raw }) => [file, raw])).toEqual([
    ["domains/sales.ts", domains.sales],
    ["domains/web.ts", null],
  ]);
  expect(problems.map(({ file, path }) => [file, path])).toEqual([
    ["domains/web.ts", ""],
    ["domains/sales.ts", "datasets[0].quality[4].dataset"],
  ]);
});

test("a copied domain is told that its name is not that of its file", () => {
  const { domains: all, ...sources } = changed({ "domains/web": {} });

  expect(problemsOf({ ...sources, domains: { ...all, copy: all.web } })).toStrictEqual([
    {
      level: "error",
      file: "domains/copy.ts",
      path: "name",
      value: "web",
      limit: 'the key in domains/index.ts and the file\'s own name, "copy"',
      remedy: "name the file, the key and the domain alike",
    },
  ]);
});

test("names of datasets and of columns are the same in upper and lower case, even where they are refused for it", () => {
  const problems = problemsOf(
    changed({ "domains/sales": { "datasets[1].name": "Orders", "datasets[0].columns[8].name": "LINES" } }),
  );

  expect(problems.map(({ path, subject, limit }) => [path, subject, limit.split(":")[0]])).toEqual([
    [
      "datasets[0].columns[8].name",
      "orders.LINES",
      "1 to 127 lower-case letters, digits and _, beginning with a letter",
    ],
    [
      "datasets[1].name",
      "Orders",
      "1 to 30 lower-case letters, digits and single _, beginning with a letter; not ending in _quarantine, as tables of refused records do",
    ],
    ["datasets[1].name", "Orders", "a name no other dataset has"],
    ["datasets[0].columns[8].name", "orders.LINES", "a name no other column has"],
  ]);
});

describe("a rule that refers to another domain", () => {
  const rule = "datasets[0].quality[4]";
  const refersTo = (reference: object) => ({
    "domains/sales": {
      [rule]: { rule: "references", column: "country_code", key: "code", onFailure: "warn", ...reference },
    },
  });
  const summary = (sources: Sources) => problemsOf(sources).map(({ file, path }) => `${file} ${path}`);

  test.each([
    ["the domain's name", { name: "Reference" }, "name"],
    ["the domain", { "": null }, ""],
    ["its datasets", { datasets: null }, "datasets"],
    ["the dataset", { "datasets[0]": null }, "datasets[0]"],
    ["the dataset's name", { "datasets[0].name": "Countries" }, "datasets[0].name"],
    ["its columns", { "datasets[0].columns": "code" }, "datasets[0].columns"],
    ["a column", { "datasets[0].columns[1]": 3 }, "datasets[0].columns[1]"],
    ["the column's name", { "datasets[0].columns[0].name": 3 }, "datasets[0].columns[0].name"],
    ["the column's type", { "datasets[0].columns[0].type": "text" }, "datasets[0].columns[0].type"],
  ])("says nothing while %s is broken there", (_what, values, path) => {
    expect(summary(changed({ "domains/reference": values, "domains/sales": {} }))).toEqual([
      `domains/reference.ts ${path}`,
    ]);
  });

  test.each([
    ["another dataset", { "datasets[1].name": "Rates" }, "datasets[1].name"],
    ["another column's comment", { "datasets[0].columns[1].comment": "" }, "datasets[0].columns[1].comment"],
    ["an owner", { owner: "" }, "owner"],
  ])("is checked while %s is broken there", (_what, values, path) => {
    expect(
      summary(changed({ "domains/reference": values, ...refersTo({ dataset: "reference.countries", key: "iso" }) })),
    ).toEqual([`domains/reference.ts ${path}`, `domains/sales.ts ${rule}.key`]);
  });

  test("looks for a dataset among those whose names are valid, whatever else is broken in them", () => {
    const comment = "datasets[0].columns[1].comment";
    const sources = changed({ "domains/reference": { [comment]: "" }, ...refersTo({ dataset: "reference.country" }) });

    expect(summary(sources)).toEqual([`domains/reference.ts ${comment}`, `domains/sales.ts ${rule}.dataset`]);
  });

  test("says nothing of a type where its own column is missing or broken, which is reported", () => {
    expect(summary(changed(refersTo({ column: "country", dataset: "reference.countries" })))).toEqual([
      `domains/sales.ts ${rule}.column`,
    ]);
    expect(summary(changed({ "domains/sales": { "datasets[0].columns[4].type": "text" } }))).toEqual([
      "domains/sales.ts datasets[0].columns[4].type",
    ]);
  });

  test("may refer to the dataset it belongs to", () => {
    expect(summary(changed(refersTo({ dataset: "sales.orders", key: "country_code" })))).toEqual([]);
  });

  test("may not refer to a domain that is not there, whatever else is broken", () => {
    expect(summary(changed({ "domains/web": { owner: "" }, ...refersTo({ dataset: "refs.countries" }) }))).toEqual([
      "domains/web.ts owner",
      `domains/sales.ts ${rule}.dataset`,
    ]);
  });
});

describe("an enrichment", () => {
  const enrich = "datasets[0].source.enrich[0]";
  const summary = (web: Readonly<Record<string, unknown>>, reference: Readonly<Record<string, unknown>> = {}) =>
    problemsOf(changed({ "domains/web": web, "domains/reference": reference })).map(
      ({ file, path }) => `${file} ${path}`,
    );

  test.each([
    ["the key", { "datasets[0].primaryKey": "code" }, "datasets[0].primaryKey"],
    ["a part of the key", { "datasets[0].primaryKey": ["code", 3] }, "datasets[0].primaryKey[1]"],
    ["the absent key", { "datasets[0].primaryKey": undefined }, "datasets[0].primaryKey"],
    ["the kind of source", { "datasets[0].source.kind": "strem" }, "datasets[0].source.kind"],
    ["a sensitivity", { "datasets[0].columns[1].sensitivity": "secret" }, "datasets[0].columns[1].sensitivity"],
    ["a type", { "datasets[0].columns[1].type": "text" }, "datasets[0].columns[1].type"],
    ["the dataset", { "datasets[0]": null }, "datasets[0]"],
  ])("says nothing while %s is broken there", (_what, values, path) => {
    // what orders ask of the dataset is looked at above
    const sources = changed({ "domains/web": {}, "domains/reference": values });

    expect(problemsOf(sources).map(({ file, path: at }) => `${file} ${at}`)).toEqual([`domains/reference.ts ${path}`]);
  });

  test.each([
    ["sensitivity", "secret"],
    ["type", "text"],
    ["required", "yes"],
  ])("says nothing of the %s of what it fills while that is broken", (field, value) => {
    const path = `datasets[0].columns[7].${field}`;

    expect(summary({ [path]: value })).toEqual([`domains/web.ts ${path}`]);
  });

  test("is checked while another dataset's key is broken", () => {
    expect(summary({ [`${enrich}.key`]: "name" }, { "datasets[1].primaryKey": null })).toEqual([
      "domains/reference.ts datasets[1].primaryKey",
      `domains/web.ts ${enrich}.key`,
    ]);
  });

  test("needs a key that is one column, and all of it", () => {
    expect(summary({}, { "datasets[0].primaryKey": ["code", "name"] })).toEqual([`domains/web.ts ${enrich}.key`]);
    expect(summary({}, { "datasets[0].primaryKey": [] })).toEqual([`domains/web.ts ${enrich}.key`]);
  });

  test("looks up in no stream of another domain, and says nothing else of it", () => {
    const stream = { kind: "stream", engine: "kinesis", producers: [], alertAboveFailedShare: 0.5 };

    expect(summary({ [`${enrich}.key`]: "iso" }, { "datasets[0].source": stream })).toEqual([
      `domains/web.ts ${enrich}.dataset`,
    ]);
  });
});

describe("whatever stands in a field, nothing but problems comes of it:", () => {
  const junk = [undefined, null, "x", [null], {}];
  const good = changed({ "domains/web": {} });
  const { platform } = validate(good);
  const validDomains = validateDomains(good.domains).sources;
  const validEnvironments = validate({ ...good, environments: { prod: environments.prod } }).sources;

  /** Columns are alike, and readers but for one who reads some rows; of partitions and rules every kind is tried. */
  const kinds = (items: readonly unknown[]) => {
    const has = (field: string) => items.some((item) => typeof item === "object" && item !== null && field in item);
    return has("comment") ? items.slice(0, 1) : has("consumer") ? items.slice(0, 2) : items;
  };

  const domainPaths = Object.entries(domains).flatMap(([name, domain]) =>
    ["", ...fieldsOf(domain, "", kinds).map(([path]) => path)]
      // what the domains have in common is tried in one of them
      .filter((path) => name === "sales" || /\.(source|quality|partitions)\b/.test(path))
      .map((path) => ({ name: name as keyof typeof domains, path })),
  );

  test.each(domainPaths)("domain $name, $path", ({ name, path }) => {
    for (const value of junk) {
      const domain = withValue(domains[name], path, value);
      const validated = validateDomains({ [name]: domain });

      const problems = [...validated.problems, ...crossProblems(platform, validEnvironments, validated.sources)];
      expect(problems.every(({ file }) => file === `domains/${name}.ts`)).toBe(true);
    }
  });

  const environmentPaths = fieldsOf(environments.prod, "", kinds)
    .map(([path]) => path)
    .filter((path) => /^(name|streaming|connections|producers|consumers|disabledDatasets|network)\b/.test(path));

  test.each(["", ...environmentPaths])("environment %s", (path) => {
    for (const value of junk) {
      const prod = withValue(environments.prod, path, value);
      const validated = validate({ platform, environments: { prod } });

      const problems = [...validated.problems, ...crossProblems(platform, validated.sources, validDomains)];
      expect(problems.map(({ level }) => level)).not.toContain("warning");
    }
  });
});

describe("the command line", () => {
  function edit(checkout: string, file: string, from: string, to: string): void {
    const path = join(checkout, file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  }

  test("reports what is wrong with environments, domains and both together at once, before Terraform starts", async () => {
    const checkout = copyCheckout();
    edit(
      checkout,
      "environments/dev.ts",
      'roleName: "analysts"',
      'roleName: "arn:aws:iam::111111111111:role/analysts"',
    );
    edit(checkout, "domains/web.ts", 'type: "map<string,string>"', 'type: "varchar2"');
    edit(checkout, "domains/web.ts", 'column: "event_type", values', 'column: "event_typ", values');
    edit(checkout, "domains/sales.ts", 'consumer: "customer-care",\n', 'consumer: "care",\n');
    const bin = temporaryFolder();
    fakeCommand(bin, "terraform", `touch "${bin}/called"; echo '{"terraform_version":"1.11.4"}'`);

    const { exitCode, stdout, stderr } = await runCli(checkout, ["preview", "prod"], {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: temporaryFolder(),
    });

    expect({ exitCode, stdout, called: existsSync(join(bin, "called")) }).toEqual({
      exitCode: 2,
      stdout: "",
      called: false,
    });
    expect(stderr)
      .toBe(`error: environments/dev.ts: consumers.analysts.roleName is "arn:aws:iam::111111111111:role/analysts"
  limit:  the name of an IAM role: 1 to 64 letters, digits and _+=,.@-, behind its path without the first slash
  remedy: write for example "analysts", not an ARN: roles of other accounts need a share that these accept

error: domains/web.ts: datasets[0].columns[9].type (clickstream.properties) is "varchar2"
  limit:  a type that Iceberg or the Data Catalog knows: boolean, int, bigint, float, double, decimal(P,S), string, binary, date, timestamp, timestamptz, array<T>, map<K,V>, struct<name:T,...>; this one has the unknown type "varchar2"
  remedy: write for example "decimal(12,2)" (up to 38 digits) or "array<struct<sku:string,quantity:int>>"

error: domains/web.ts: datasets[0].quality[0].column (clickstream) is "event_typ"
  limit:  a column of the dataset
  remedy: name one of event_id, occurred_at, event_type, page_url, session_id, customer_id, country_code, country_name, ip_address, properties

${["dev", "staging", "prod"].map(undeclared).join("\n")}`);
  });

  function undeclared(environment: string): string {
    return `error: domains/sales.ts: datasets[0].readers[1].consumer (orders) is "care"
  limit:  a consumer that environments/${environment}.ts declares: analysts, customer-care, finance-reports${environment === "prod" ? ", people-office" : ""}
  remedy: correct the name, or declare the consumer there, as kind "none" with a reason where nobody is meant
`;
  }
});
