import Ajv2020 from "ajv/dist/2020";
import { domains as realDomains } from "../../domains";
import { type Contract, contractJsonSchema, contractOf } from "../../domains/contract";
import { contractChanges, worstClass } from "../../domains/contract-changes";
import { type Column, type Domain, defineDomain, type StreamDataset } from "../../domains/schema";
import { domains } from "../fixtures/domains";

const contractsOf = (named: Readonly<Record<string, Domain>>) =>
  Object.values(named).flatMap((domain) =>
    domain.datasets.map((dataset): [string, Contract] => [
      `${domain.name}.${dataset.name}`,
      contractOf(domain, dataset),
    ]),
  );

const contracts = contractsOf(domains);

describe("a contract", () => {
  const isContract = new Ajv2020({ strict: false, validateFormats: false }).compile(contractJsonSchema());

  test("is what its JSON Schema describes, of every dataset that is declared", () => {
    const others = [...contracts, ...contractsOf(realDomains)].filter(
      ([, contract]) => !isContract(JSON.parse(JSON.stringify(contract))),
    );

    expect(others).toEqual([]);
  });

  test.each<[string, object]>([
    ["another version", { contractVersion: 2 }],
    ["a field nobody knows", { ownr: "sales-data@example.com" }],
    ["a name that no dataset has", { name: "Orders" }],
    ["no columns", { columns: [] }],
    ["a promise out of its limits", { freshnessMinutes: 0 }],
  ])("with %s is refused by the JSON Schema", (_what, change) => {
    const [, contract] = contracts.find(([name]) => name === "sales.orders") ?? [];

    expect(isContract({ ...contract, ...change })).toBe(false);
  });

  test("tells what follows from the declaration", () => {
    const [, contract] = contracts.find(([name]) => name === "sales.orders") ?? [];

    expect(contract).toMatchObject({ contractVersion: 1, domain: "sales", name: "orders", sensitivity: "pii" });
    expect(contract).toHaveProperty(
      "columns",
      expect.arrayContaining([
        {
          name: "lines",
          type: "array<struct<sku:string,quantity:int,price:decimal(12,2)>>",
          comment: "Articles, how many, at which price",
          sensitivity: "confidential",
          required: false,
          icebergType: "list<struct<sku:string,quantity:int,price:decimal(12,2)>>",
          glueType: "array<struct<sku:string,quantity:int,price:decimal(12,2)>>",
        },
      ]),
    );
  });

  test("tells where the rows are that a stream is enriched with", () => {
    const [, contract] = contracts.find(([name]) => name === "web.clickstream") ?? [];

    expect(contract).toHaveProperty("source.enrich", [
      {
        dataset: "reference.countries",
        column: "country_code",
        key: "code",
        take: [{ column: "country_name", from: "name" }],
        snapshot: "snapshots/reference/countries.json",
      },
    ]);
  });

  test("of files without a table has no columns", () => {
    const [, contract] = contracts.find(([name]) => name === "sales.invoices") ?? [];

    expect(contract).toMatchObject({ sensitivity: "pii", source: { kind: "objects" } });
    expect(contract).not.toHaveProperty("columns");
  });
});

const before = defineDomain({
  name: "shop",
  description: "A shop",
  owner: "shop@example.com",
  datasets: [
    {
      name: "sold",
      description: "What was sold",
      owner: "shop@example.com",
      source: { kind: "files", format: { kind: "json" } },
      columns: [
        { name: "id", type: "int", comment: "Key", sensitivity: "internal", required: true },
        { name: "at", type: "timestamp", comment: "When", sensitivity: "internal" },
        { name: "price", type: "decimal(10,2)", comment: "Price", sensitivity: "confidential" },
        { name: "weight", type: "float", comment: "Weight", sensitivity: "internal" },
        { name: "lines", type: "array<struct<sku:string,n:int>>", comment: "Lines", sensitivity: "internal" },
        { name: "labels", type: "map<int,float>", comment: "Labels", sensitivity: "internal" },
      ],
      primaryKey: ["id"],
      partitions: [{ transform: "day", column: "at" }],
      quality: [
        { rule: "notNull", column: "at", onFailure: "reject" },
        { rule: "notNull", column: "price", onFailure: "warn" },
      ],
      freshnessMinutes: 60,
      expectedRecordsPerSecond: 1,
      retention: { kind: "days", days: 100, column: "at" },
      readers: [{ consumer: "analysts", upTo: "internal" }],
    },
    {
      name: "scans",
      description: "Scanned bills",
      owner: "shop@example.com",
      source: { kind: "objects", contentTypes: ["application/pdf"], inventory: "Daily" },
      sensitivity: "confidential",
      retention: { kind: "forever" },
      readers: [],
    },
  ],
});

const STREAM = { kind: "stream", engine: "kinesis", producers: [], alertAboveFailedShare: 0.01 } as {
  kind: "stream";
  engine: "kafka" | "kinesis";
  producers: string[];
  alertAboveFailedShare: number;
};
const CONSUMER = {
  name: "counter",
  function: "purchases",
  dedicatedThroughput: false,
  memoryMb: 128,
  timeoutSeconds: 1,
  parallelization: 1,
  maximumAgeMinutes: 1,
  retries: 0,
};

const ROWS_OF_ONE = { rule: "oneOf" as const, column: "id", values: [1] };

type Table = Extract<Domain["datasets"][number], { columns: unknown }>;
type Scans = Exclude<Domain["datasets"][number], Table>;

/** What is said about an edit of the two datasets above. */
function changes(edit: (sold: Table, scans: Scans, domain: Domain) => void): string[] {
  const after = structuredClone(before);
  edit(after.datasets[0] as Table, after.datasets[1] as Scans, after);
  // as the command reads them
  const asJson = (domain: Domain) =>
    JSON.parse(JSON.stringify(domain.datasets.map((dataset) => contractOf(domain, dataset)))) as Contract[];
  return contractChanges(asJson(before), asJson(after)).map(
    (change) => `${change.class} ${change.dataset} ${change.subject}: ${change.text}`,
  );
}

function column(table: Table, name: string): Table["columns"][number] {
  const found = table.columns.find((declared) => declared.name === name);
  if (found === undefined) {
    throw new Error(`no column ${name}`);
  }
  return found;
}

describe("a change of a contract", () => {
  test("is none where nothing is changed", () => {
    expect(changes(() => undefined)).toEqual([]);
  });

  test.each<[string, (sold: Table, scans: Scans, domain: Domain) => void, string]>([
    [
      "a new optional column",
      (sold) => sold.columns.push({ name: "note", type: "string", comment: "Note", sensitivity: "pii" }),
      "compatible shop.sold columns.note: is new: string",
    ],
    [
      "a new required column",
      (sold) => sold.columns.push({ name: "note", type: "string", comment: "N", sensitivity: "pii", required: true }),
      "breaking shop.sold columns.note: is new and required: rows that exist have no value",
    ],
    [
      "a dropped column",
      (sold) => sold.columns.splice(3, 1),
      "breaking shop.sold columns.weight: is dropped, or has another name",
    ],
    [
      "columns in another order",
      (sold) => sold.columns.splice(0, 2, column(sold, "at"), column(sold, "id")),
      'compatible shop.sold columns: was ["id","at","price","weight","lines","labels"], is ["at","id","price","weight","lines","labels"]',
    ],
    [
      "int to bigint",
      (sold) => (column(sold, "id").type = "bigint"),
      "compatible shop.sold columns.id: is widened from int to long",
    ],
    [
      "float to double",
      (sold) => (column(sold, "weight").type = "double"),
      "compatible shop.sold columns.weight: is widened from float to double",
    ],
    [
      "more digits",
      (sold) => (column(sold, "price").type = "decimal(12,2)"),
      "compatible shop.sold columns.price: is widened from decimal(10,2) to decimal(12,2)",
    ],
    [
      "fewer digits",
      (sold) => (column(sold, "price").type = "decimal(9,2)"),
      "breaking shop.sold columns.price: was decimal(10,2), is decimal(9,2)",
    ],
    [
      "more digits behind the point",
      (sold) => (column(sold, "price").type = "decimal(12,3)"),
      "breaking shop.sold columns.price: was decimal(10,2), is decimal(12,3)",
    ],
    [
      "another type",
      (sold) => (column(sold, "at").type = "string"),
      "breaking shop.sold columns.at: was timestamp, is string",
    ],
    [
      "a new field of a struct",
      (sold) => (column(sold, "lines").type = "array<struct<sku:string,n:int,gift:boolean>>"),
      "compatible shop.sold columns.lines.element.gift: is new: boolean",
    ],
    [
      "a dropped field of a struct",
      (sold) => (column(sold, "lines").type = "array<struct<sku:string>>"),
      "breaking shop.sold columns.lines.element.n: is dropped, or has another name",
    ],
    [
      "a widened field of a struct",
      (sold) => (column(sold, "lines").type = "array<struct<sku:string,n:bigint>>"),
      "compatible shop.sold columns.lines.element.n: is widened from int to long",
    ],
    [
      "a widened value of a map",
      (sold) => (column(sold, "labels").type = "map<int,double>"),
      "compatible shop.sold columns.labels.value: is widened from float to double",
    ],
    [
      "a widened key of a map",
      (sold) => (column(sold, "labels").type = "map<bigint,float>"),
      "breaking shop.sold columns.labels: was map<int,float>, is map<long,float>",
    ],
    [
      "a column that is required now",
      (sold) => (column(sold, "at").required = true),
      "breaking shop.sold columns.at: is required now: rows that exist may have no value",
    ],
    [
      "a column that is no longer required",
      (sold) => (column(sold, "id").required = false),
      "breaking shop.sold columns.id: is no longer required: readers may find no value",
    ],
    [
      "a comment",
      (sold) => (column(sold, "at").comment = "In UTC"),
      'compatible shop.sold columns.at.comment: was "When", is "In UTC"',
    ],
    [
      "more sensitivity",
      (sold) => (column(sold, "at").sensitivity = "pii"),
      "tightening shop.sold columns.at: was internal, is pii: some readers lose it",
    ],
    [
      "less sensitivity",
      (sold) => (column(sold, "price").sensitivity = "internal"),
      "loosening shop.sold columns.price: was confidential, is internal: more readers see it",
    ],
    [
      "values that are masked from now on",
      (sold) => (column(sold, "at").mask = "remove"),
      "tightening shop.sold columns.at: was written with mask none, is with remove: rows from then on have other values",
    ],
    ["another key", (sold) => (sold.primaryKey = []), 'breaking shop.sold primaryKey: was ["id"], is []'],
    [
      "other partitions",
      (sold) => (sold.partitions = [{ transform: "month", column: "at" }]),
      'breaking shop.sold partitions: was [{"transform":"day","column":"at"}], is [{"transform":"month","column":"at"}]',
    ],
    [
      "a rule less",
      (sold) => sold.quality.splice(0, 1),
      'breaking shop.sold quality: no longer has {"rule":"notNull","column":"at","onFailure":"reject"}',
    ],
    [
      "a warning less",
      (sold) => sold.quality.splice(1, 1),
      'compatible shop.sold quality: no longer has {"rule":"notNull","column":"price","onFailure":"warn"}',
    ],
    [
      "a rule more",
      (sold) => sold.quality.push({ rule: "unique", columns: ["id"], onFailure: "stop" }),
      'compatible shop.sold quality: now has {"rule":"unique","onFailure":"stop","columns":["id"]}',
    ],
    ["fresher", (sold) => (sold.freshnessMinutes = 59), "compatible shop.sold freshnessMinutes: was 60, is 59"],
    ["less fresh", (sold) => (sold.freshnessMinutes = 61), "breaking shop.sold freshnessMinutes: was 60, is 61"],
    [
      "kept longer",
      (sold) => (sold.retention = { kind: "days", days: 101, column: "at" }),
      'compatible shop.sold retention: was {"kind":"days","days":100,"column":"at"}, is {"kind":"days","days":101,"column":"at"}',
    ],
    [
      "kept forever",
      (sold) => (sold.retention = { kind: "forever" }),
      'compatible shop.sold retention: was {"kind":"days","days":100,"column":"at"}, is {"kind":"forever"}',
    ],
    [
      "kept for less time",
      (sold) => (sold.retention = { kind: "days", days: 99, column: "at" }),
      'breaking shop.sold retention: was {"kind":"days","days":100,"column":"at"}, is {"kind":"days","days":99,"column":"at"}',
    ],
    [
      "files no longer kept forever",
      (_sold, scans) => (scans.retention = { kind: "days", days: 36500 }),
      'breaking shop.scans retention: was {"kind":"forever"}, is {"kind":"days","days":36500}',
    ],
    [
      "another rate",
      (sold) => (sold.expectedRecordsPerSecond = 2),
      "compatible shop.sold expectedRecordsPerSecond: was 1, is 2",
    ],
    [
      "a schedule",
      (sold) => (sold.schedule = "rate(1 hour)"),
      'compatible shop.sold schedule: was absent, is "rate(1 hour)"',
    ],
    [
      "another file format",
      (sold) => (sold.source = { kind: "files", format: { kind: "parquet" } }),
      'breaking shop.sold source: was {"kind":"files","format":{"kind":"json"}}, is {"kind":"files","format":{"kind":"parquet"}}: what arrives may be something else',
    ],
    [
      "a stream instead of files",
      (sold) => (sold.source = STREAM),
      'breaking shop.sold source: was {"kind":"files","format":{"kind":"json"}}, is {"kind":"stream","engine":"kinesis","producers":[],"alertAboveFailedShare":0.01}: what arrives may be something else',
    ],
    [
      "a rarer inventory",
      (_sold, scans) => (scans.source.inventory = "Weekly"),
      'compatible shop.scans source: was {"kind":"objects","contentTypes":["application/pdf"],"inventory":"Daily"}, is {"kind":"objects","contentTypes":["application/pdf"],"inventory":"Weekly"}',
    ],
    [
      "more sensitive files",
      (_sold, scans) => (scans.sensitivity = "pii"),
      "tightening shop.scans sensitivity: was confidential, is pii: some readers lose it",
    ],
    [
      "a new reader",
      (_sold, scans) => scans.readers.push({ consumer: "auditors", upTo: "pii" }),
      "loosening shop.scans readers: auditors reads what is pii or less sensitive",
    ],
    ["a reader less", (sold) => (sold.readers = []), "tightening shop.sold readers: analysts reads no longer"],
    [
      "a reader who reads some rows only",
      (sold) => (sold.readers = [{ consumer: "analysts", upTo: "internal", rows: [ROWS_OF_ONE] }]),
      "tightening shop.sold readers: analysts read all rows, reads id = 1",
    ],
    [
      "a reader more who reads some rows",
      (sold) => sold.readers.push({ consumer: "auditors", upTo: "internal", rows: [ROWS_OF_ONE] }),
      "loosening shop.sold readers: auditors reads what is internal or less sensitive, of rows with id = 1",
    ],
    [
      "a reader of more",
      (sold) => (sold.readers = [{ consumer: "analysts", upTo: "confidential" }]),
      "loosening shop.sold readers: analysts read what is internal or less sensitive, reads up to confidential",
    ],
    [
      "a reader of less",
      (sold) => (sold.readers = [{ consumer: "analysts", upTo: "public" }]),
      "tightening shop.sold readers: analysts read what is internal or less sensitive, reads up to public",
    ],
    [
      "another description",
      (sold) => (sold.description = "What is sold"),
      'compatible shop.sold description: was "What was sold", is "What is sold"',
    ],
    [
      "another owner",
      (sold) => (sold.owner = "data@example.com"),
      'compatible shop.sold owner: was "shop@example.com", is "data@example.com"',
    ],
    [
      "a dataset less",
      (_sold, _scans, domain) => domain.datasets.pop(),
      "breaking shop.scans dataset: is no longer declared",
    ],
    [
      "a dataset more",
      (_sold, scans, domain) => domain.datasets.push({ ...scans, name: "letters" }),
      "compatible shop.letters dataset: is new",
    ],
  ])("%s", (_what, edit, expected) => {
    expect(changes(edit)).toEqual([expected]);
  });

  test("from a table to files says so", () => {
    expect(changes((_sold, scans, domain) => domain.datasets.splice(0, 1, { ...scans, name: "sold" }))).toContain(
      "breaking shop.sold source: was a table, is files without one",
    );
  });

  test("spelled in the words of Iceberg or of Hive is compatible", () => {
    expect(changes((sold) => (column(sold, "lines").type = "list<struct<sku:varchar(9),n:integer>>"))).toEqual([
      'compatible shop.sold columns.lines.type: was "array<struct<sku:string,n:int>>", is "list<struct<sku:varchar(9),n:integer>>"',
    ]);
  });

  describe("of a rule", () => {
    type Rule = Table["quality"][number];

    /** The class of a change from one rule to another, about the same. */
    function classOf(was: Partial<Rule>, is: Partial<Rule>): string {
      const contractWith = (rule: Partial<Rule>) => {
        const domain = structuredClone(before);
        (domain.datasets[0] as Table).quality = [rule as Rule];
        return JSON.parse(JSON.stringify(contractOf(domain, domain.datasets[0] as Table))) as Contract;
      };
      return worstClass(contractChanges([contractWith(was)], [contractWith(is)])) ?? "none";
    }

    const between = { rule: "between", column: "price", onFailure: "reject" } as const;
    const oneOf = { rule: "oneOf", column: "id", onFailure: "reject", values: [1, 2] } as const;
    const matches = { rule: "matches", column: "id", onFailure: "reject", pattern: "a" } as const;
    const recent = { rule: "recent", column: "at", onFailure: "reject", withinHours: 24 } as const;
    const complete = { rule: "complete", column: "at", onFailure: "stop", atLeast: 0.9 } as const;
    const unique = { rule: "unique", columns: ["id", "at"], onFailure: "stop" } as const;

    test.each<[string, object, object, string]>([
      ["a higher minimum", { ...between, minimum: 0 }, { ...between, minimum: 5 }, "compatible"],
      ["a lower minimum", { ...between, minimum: 5 }, { ...between, minimum: 0 }, "breaking"],
      ["a minimum less", { ...between, minimum: 5, maximum: 9 }, { ...between, maximum: 9 }, "breaking"],
      ["a minimum more", { ...between, maximum: 9 }, { ...between, minimum: 5, maximum: 9 }, "compatible"],
      ["a lower maximum", { ...between, maximum: 9 }, { ...between, maximum: 8 }, "compatible"],
      ["a higher maximum", { ...between, maximum: 8 }, { ...between, maximum: 9 }, "breaking"],
      ["a maximum less", { ...between, minimum: 5, maximum: 9 }, { ...between, minimum: 5 }, "breaking"],
      ["a value less", oneOf, { ...oneOf, values: [1] }, "compatible"],
      ["a value more", oneOf, { ...oneOf, values: [1, 2, 3] }, "breaking"],
      ["values in another order", oneOf, { ...oneOf, values: [2, 1] }, "compatible"],
      ["another pattern", matches, { ...matches, pattern: "ab?" }, "breaking"],
      ["more completeness", complete, { ...complete, atLeast: 0.95 }, "compatible"],
      ["less completeness", complete, { ...complete, atLeast: 0.8 }, "breaking"],
      ["columns in another order", unique, { ...unique, columns: ["at", "id"] }, "compatible"],
      ["a warning that rejects now", { ...matches, onFailure: "warn" }, matches, "compatible"],
      ["a rejection that only warns now", matches, { ...matches, onFailure: "warn" }, "breaking"],
      ["a record that may come less late", recent, { ...recent, withinHours: 23 }, "compatible"],
      ["a record that may come later", recent, { ...recent, withinHours: 25 }, "breaking"],
      ["another column that tells how late it comes", recent, { ...recent, column: "id" }, "breaking"],
      ["a rejection that leaves out now", matches, { ...matches, onFailure: "drop" }, "compatible"],
      ["what was left out is put aside now", { ...matches, onFailure: "drop" }, matches, "compatible"],
      [
        "what was left out is only warned of now",
        { ...recent, onFailure: "drop" },
        { ...recent, onFailure: "warn" },
        "breaking",
      ],
      [
        "a warning that leaves out now",
        { ...matches, onFailure: "warn" },
        { ...matches, onFailure: "drop" },
        "compatible",
      ],
      [
        "another pattern to leave out by",
        { ...matches, onFailure: "drop" },
        { ...matches, onFailure: "drop", pattern: "b" },
        "breaking",
      ],
      ["another pattern to warn of", { ...matches, onFailure: "warn" }, { ...matches, pattern: "b" }, "compatible"],
    ])("%s", (_what, was, is, expected) => {
      expect(classOf(was, is)).toBe(expected);
    });
  });

  test.each<[Column["mask"], Column["mask"], string]>([
    [undefined, "last4", "tightening"],
    ["network", "remove", "tightening"],
    ["last4", "remove", "tightening"],
    // what the one leaves the other has taken away
    ["last4", "network", "loosening"],
    ["network", "last4", "loosening"],
    ["remove", "last4", "loosening"],
    ["remove", undefined, "loosening"],
    ["network", undefined, "loosening"],
    ["last4", "last4", "none"],
  ])("of a mask from %s to %s is %s", (was, is, expected) => {
    const contractWith = (mask: Column["mask"]) => {
      const domain = structuredClone(before);
      const table = domain.datasets[0] as Table;
      column(table, "at").mask = mask;
      return JSON.parse(JSON.stringify(contractOf(domain, table))) as Contract;
    };

    expect(worstClass(contractChanges([contractWith(was)], [contractWith(is)])) ?? "none").toBe(expected);
  });

  describe("of an enrichment", () => {
    type Enrich = NonNullable<StreamDataset["source"]["enrich"]>;

    /** What is said of columns, and how grave it is what is said of the source. */
    function changesWith(edit: (enrich: Enrich, dataset: StreamDataset) => void): string[] {
      const contractWith = (change: typeof edit) => {
        const web = structuredClone<Domain>(domains.web);
        const dataset = web.datasets[0] as StreamDataset;
        change(dataset.source.enrich ?? [], dataset);
        return JSON.parse(JSON.stringify(contractOf(web, dataset))) as Contract;
      };
      return contractChanges([contractWith(() => undefined)], [contractWith(edit)]).map((change) =>
        [change.class, change.subject, ...(change.subject === "source" ? [] : [change.text])].join(" "),
      );
    }

    const currency = { column: "currency_code", from: "currency_code" };
    const newColumn = { name: "currency_code", type: "string", comment: "There", sensitivity: "internal" } as const;
    const COUNTRY = "reference.countries.name where code is country_code";

    test.each<[string, Parameters<typeof changesWith>[0], string[]]>([
      [
        "that fills a new column",
        ([enrich], { columns }) => {
          columns.push(newColumn);
          enrich?.take.push(currency);
        },
        ["compatible columns.currency_code is new: string", "compatible source"],
      ],
      [
        "that fills a column that was sent",
        ([enrich]) => enrich?.take.push({ column: "page_url", from: "name" }),
        [`breaking columns.page_url was as it is sent, is ${COUNTRY}`, "compatible source"],
      ],
      [
        "that fills a column no longer",
        (_enrich, { source }) => delete source.enrich,
        [`breaking columns.country_name was ${COUNTRY}, is as it is sent`, "compatible source"],
      ],
      [
        "that is dropped with its column",
        (_enrich, { source, columns }) => {
          delete source.enrich;
          columns.splice(7, 1);
        },
        ["breaking columns.country_name is dropped, or has another name", "compatible source"],
      ],
      [
        "that takes another value",
        ([enrich]) => enrich?.take.splice(0, 1, { column: "country_name", from: "code" }),
        [
          `breaking columns.country_name was ${COUNTRY}, is reference.countries.code where code is country_code`,
          "compatible source",
        ],
      ],
      [
        "that looks up something else",
        ([enrich]) => enrich !== undefined && (enrich.column = "session_id"),
        [
          `breaking columns.country_name was ${COUNTRY}, is reference.countries.name where code is session_id`,
          "compatible source",
        ],
      ],
      [
        "that looks up elsewhere",
        ([enrich]) => enrich !== undefined && (enrich.dataset = "reference.states"),
        [
          `breaking columns.country_name was ${COUNTRY}, is reference.states.name where code is country_code`,
          "compatible source",
        ],
      ],
      [
        "that is written in two parts",
        (enrich, { columns }) => {
          const [first] = enrich;
          columns.push(newColumn);
          enrich.unshift(...(first === undefined ? [] : [{ ...first, take: [currency] }]));
        },
        ["compatible columns.currency_code is new: string", "compatible source"],
      ],
    ])("%s", (_what, edit, expected) => {
      expect(changesWith(edit)).toEqual(expected);
    });

    test("is said to lead elsewhere where its stream is no longer one", () => {
      const files = { kind: "files", format: { kind: "json" } };

      expect(changesWith((_enrich, dataset) => Object.assign(dataset, { source: files }))).toEqual([
        `breaking columns.country_name was ${COUNTRY}, is as it is sent`,
        "breaking source",
      ]);
    });
  });

  describe("of a source", () => {
    type Source = Table["source"];

    function classOf(was: Source, is: Source): string {
      const contractWith = (source: Source) => {
        const domain = structuredClone(before);
        (domain.datasets[0] as Table).source = source;
        return JSON.parse(JSON.stringify(contractOf(domain, domain.datasets[0] as Table))) as Contract;
      };
      return worstClass(contractChanges([contractWith(was)], [contractWith(is)])) ?? "none";
    }

    const database = { kind: "database", connection: "shop", table: "a.b", load: { kind: "full" } } as const;
    const api = { kind: "api", connection: "shop", path: "/v1" } as const;

    test.each<[string, Source, Source, string]>([
      ["another connection", database, { ...database, connection: "store" }, "compatible"],
      ["another table", database, { ...database, table: "a.c" }, "breaking"],
      [
        "rows that have changed only",
        database,
        { ...database, load: { kind: "incremental", column: "at" } },
        "breaking",
      ],
      ["an API instead of a database", database, api, "breaking"],
      ["another path", api, { ...api, path: "/v2" }, "breaking"],
      ["another engine", STREAM, { ...STREAM, engine: "kafka" }, "breaking"],
      ["another producer", STREAM, { ...STREAM, producers: ["till"] }, "compatible"],
      ["another share", STREAM, { ...STREAM, alertAboveFailedShare: 0.5 }, "compatible"],
      ["a producer less", { ...STREAM, producers: ["till"] }, STREAM, "compatible"],
      ["a consumer", STREAM, { ...STREAM, consumers: [CONSUMER] }, "compatible"],
      ["a consumer less", { ...STREAM, consumers: [CONSUMER] }, STREAM, "compatible"],
      [
        "another consumer",
        { ...STREAM, consumers: [CONSUMER] },
        { ...STREAM, consumers: [{ ...CONSUMER, retries: 1 }] },
        "compatible",
      ],
    ])("%s", (_what, was, is, expected) => {
      expect(classOf(was, is)).toBe(expected);
    });

    test.each<[string, string[], string]>([
      ["another order", ["b/b", "a/a"], "compatible"],
      ["one more", ["a/a", "b/b", "c/c"], "compatible"],
      ["one less", ["a/a"], "breaking"],
    ])("media types: %s", (_what, contentTypes, expected) => {
      const contractWith = (types: string[]) => {
        const domain = structuredClone(before);
        (domain.datasets[1] as Scans).source.contentTypes = types;
        return JSON.parse(JSON.stringify(contractOf(domain, domain.datasets[1] as Scans))) as Contract;
      };

      expect(worstClass(contractChanges([contractWith(["a/a", "b/b"])], [contractWith(contentTypes)]))).toBe(expected);
    });
  });

  test.each<[string, number, boolean, string]>([
    ["behind the others", 6, false, "compatible"],
    ["between the others", 1, false, "breaking"],
    ["between the others, with a header", 1, true, "compatible"],
  ])("a new column of CSV files %s", (_what, position, header, expected) => {
    const contractWith = (columns: Table["columns"]) => {
      const domain = structuredClone(before);
      const table = domain.datasets[0] as Table;
      table.source = { kind: "files", format: { kind: "csv", delimiter: ",", header } };
      table.columns = columns;
      return JSON.parse(JSON.stringify(contractOf(domain, table))) as Contract;
    };
    const { columns } = before.datasets[0] as Table;
    const more = columns.toSpliced(position, 0, { name: "x", type: "int", comment: "New", sensitivity: "internal" });

    expect(worstClass(contractChanges([contractWith(columns)], [contractWith(more)]))).toBe(expected);
  });

  test("is none where fields are only written in another order", () => {
    expect(
      JSON.stringify(
        contractOf(before, Object.fromEntries(Object.entries(before.datasets[0] as Table).reverse()) as Table),
      ),
    ).toBe(JSON.stringify(contractOf(before, before.datasets[0] as Table)));
  });

  test("stands before those that matter less", () => {
    const found = changes((sold) => {
      column(sold, "at").comment = "In UTC";
      column(sold, "price").sensitivity = "public";
      sold.readers = [];
      sold.primaryKey = [];
    });

    expect(found.map((text) => text.split(" ")[0])).toEqual(["breaking", "loosening", "tightening", "compatible"]);
  });
});

test.each([
  [[], undefined],
  [["compatible", "compatible"], "compatible"],
  [["compatible", "tightening"], "tightening"],
  [["tightening", "loosening", "compatible"], "loosening"],
  [["loosening", "breaking", "tightening"], "breaking"],
] as const)("of %j the worst is %s", (classes, worst) => {
  expect(worstClass(classes.map((name) => ({ class: name, dataset: "a.b", subject: "", text: "" })))).toBe(worst);
});
