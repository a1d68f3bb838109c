import {
  type ColumnType,
  columnTypeRefusal,
  glueType,
  icebergType,
  isPrimitive,
  nestedTypes,
  parseColumnType,
} from "../../domains/column-type";
import { isReserved } from "../../domains/reserved-words";
import { longestPauseMinutes, scheduleRefusal } from "../../domains/schedule";
import type { StreamDataset } from "../../domains/schema";
import { validateDomains } from "../../domains/validation/validate";
import { domains } from "../fixtures/domains";
import { changed, problemsOf } from "../support/sources";

describe("a column's type", () => {
  test.each([
    ["boolean", "boolean", "boolean"],
    ["int", "int", "int"],
    ["integer", "int", "int"],
    ["tinyint", "int", "int"],
    ["smallint", "int", "int"],
    ["bigint", "long", "bigint"],
    ["long", "long", "bigint"],
    ["float", "float", "float"],
    ["double", "double", "double"],
    ["decimal(1,0)", "decimal(1,0)", "decimal(1,0)"],
    ["decimal(38,38)", "decimal(38,38)", "decimal(38,38)"],
    [" DECIMAL ( 12 , 2 ) ", "decimal(12,2)", "decimal(12,2)"],
    ["string", "string", "string"],
    ["String", "string", "string"],
    ["char(1)", "string", "string"],
    ["char(255)", "string", "string"],
    ["varchar(65535)", "string", "string"],
    ["binary", "binary", "binary"],
    ["fixed(1)", "fixed[1]", "binary"],
    ["fixed[16]", "fixed[16]", "binary"],
    ["uuid", "uuid", "string"],
    ["date", "date", "date"],
    ["time", "time", "string"],
    ["timestamp", "timestamp", "timestamp"],
    ["timestamptz", "timestamptz", "timestamp"],
    ["array<bigint>", "list<long>", "array<bigint>"],
    ["list<long>", "list<long>", "array<bigint>"],
    ["map<string,bigint>", "map<string,long>", "map<string,bigint>"],
    ["Map< decimal(9,0) , array<int> >", "map<decimal(9,0),list<int>>", "map<decimal(9,0),array<int>>"],
    ["struct<a:int>", "struct<a:int>", "struct<a:int>"],
    [
      "struct< a : bigint,\tb_2: struct<a:uuid>\n>",
      "struct<a:long,b_2:struct<a:uuid>>",
      "struct<a:bigint,b_2:struct<a:string>>",
    ],
    [
      "array<struct<sku:string,price:decimal(12,2)>>",
      "list<struct<sku:string,price:decimal(12,2)>>",
      "array<struct<sku:string,price:decimal(12,2)>>",
    ],
  ])("%j is %s in Iceberg and %s in the Data Catalog", (text, iceberg, glue) => {
    const type = parseColumnType(text);

    expect([icebergType(type), glueType(type)]).toEqual([iceberg, glue]);
    expect(parseColumnType(iceberg)).toEqual(type);
    expect(columnTypeRefusal(text)).toBeUndefined();
  });

  test.each([
    ["", "lacks a type"],
    ["  ", "lacks a type"],
    ["varchar2", 'has the unknown type "varchar2"'],
    ["constructor", 'has the unknown type "constructor"'],
    ["__proto__", 'has the unknown type "__proto__"'],
    ["timestamp with time zone", 'goes on with "with time zone"'],
    ["int,int", 'goes on with ",int"'],
    ["string>", 'goes on with ">"'],
    ["string(20)", 'goes on with "(20)"'],
    ["decimal", 'lacks a "("'],
    ["decimal(10)", 'lacks a ","'],
    ["decimal()", "lacks a number in parentheses"],
    ["decimal(0,0)", "has a decimal with the precision 0, not 1 to 38"],
    ["decimal(39,0)", "has a decimal with the precision 39, not 1 to 38"],
    ["decimal(2,3)", "has a decimal with more digits behind the point (3) than in all (2)"],
    ["decimal(5,-2)", "lacks a number in parentheses"],
    ["decimal(1234567890,0)", 'lacks a ","'],
    ["decimal(10,2", 'lacks a ")"'],
    ["varchar", 'lacks a "("'],
    ["varchar(0)", "has a varchar of 0 characters, not 1 to 65535"],
    ["varchar(65536)", "has a varchar of 65536 characters, not 1 to 65535"],
    ["char(256)", "has a char of 256 characters, not 1 to 255"],
    ["fixed(0)", "has a fixed length of 0"],
    ["fixed[4)", 'lacks a "]"'],
    ["array", 'lacks a "<"'],
    ["array<>", "lacks a type"],
    ["array<int", 'lacks a ">"'],
    ["array<int,int>", 'lacks a ">"'],
    ["map<string>", 'lacks a ","'],
    ["map<string,>", "lacks a type"],
    ["map<array<int>,int>", "has a map with a list as key, which Athena does not read"],
    ["map<map<int,int>,int>", "has a map with a map as key, which Athena does not read"],
    ["map<struct<a:int>,int>", "has a map with a struct as key, which Athena does not read"],
    ["struct<>", 'has the field name "", which is not made of a-z, 0-9 and _, beginning with a letter'],
    ["struct<A:int>", 'has the field name "A", which is not made of a-z, 0-9 and _, beginning with a letter'],
    ["struct<a b:int>", 'lacks a ":"'],
    ["struct<a>", 'lacks a ":"'],
    ["struct<a:int,>", 'has the field name "", which is not made of a-z, 0-9 and _, beginning with a letter'],
    ["struct<a:int,b:int,a:string>", 'has the field "a" twice'],
    ["array<array<varchar2>>", 'has the unknown type "varchar2"'],
    ["`int`", "lacks a type"],
  ])("%j is none", (text, reason) => {
    expect(columnTypeRefusal(text)).toBe(reason);
    expect(() => parseColumnType(text)).toThrow(`"${text}" ${reason}`);
  });

  const nested = (depth: number) => `${"array<".repeat(depth)}int${">".repeat(depth)}`;

  test("may nest 15 deep, and is refused beyond without exhausting the stack", () => {
    expect(columnTypeRefusal(nested(15))).toBeUndefined();
    expect(columnTypeRefusal(nested(16))).toBe("nests deeper than 15 types");
    expect(columnTypeRefusal(nested(100_000))).toBe("nests deeper than 15 types");
    expect(columnTypeRefusal(`${"map<int,".repeat(16)}int${">".repeat(16)}`)).toBe("nests deeper than 15 types");
    expect(columnTypeRefusal(`${"struct<a:".repeat(16)}int${">".repeat(16)}`)).toBe("nests deeper than 15 types");
  });

  test("tells all that it is made of", () => {
    const kinds = (type: ColumnType) => (type.kind === "primitive" ? type.name : type.kind);

    expect(nestedTypes(parseColumnType("struct<a:map<date,array<uuid>>,b:decimal(1,0)>")).map(kinds)).toEqual([
      "struct",
      "map",
      "date",
      "list",
      "uuid",
      "decimal",
    ]);
  });

  test("is compared with primitive types by name", () => {
    expect(isPrimitive(parseColumnType("bigint"), "int", "long")).toBe(true);
    expect(isPrimitive(parseColumnType("bigint"), "int")).toBe(false);
    expect(isPrimitive(parseColumnType("array<int>"), "int")).toBe(false);
  });
});

describe("a schedule", () => {
  test.each([
    ["rate(1 minute)", 1],
    ["rate(2 minutes)", 2],
    ["rate(1 hour)", 60],
    ["rate(99999 hours)", 5_999_940],
    ["rate(10 days)", 14_400],
    ["cron(0 2 * * ? *)", 1440],
    ["cron(0 2,14 * * ? *)", 720],
    ["cron(0 2,20 * * ? *)", 1080],
    ["cron(0/15 * * * ? *)", 15],
    ["cron(*/25 * * * ? *)", 25],
    ["cron(10-20/5 3 * * ? *)", 1430],
    ["cron(0 16 ? * MON-FRI *)", 4320],
    ["cron(0 16 ? * mon,fri *)", 5760],
    ["cron(0 16 ? * 2-6 *)", 4320],
    // none on Saturday and Sunday, which a search over the first hundreds of starts would not see
    ["cron(0/15 * ? * MON-FRI *)", 2895],
    ["cron(* 8-17 ? * MON-FRI *)", 3721],
    ["cron(0 0 1 * ? *)", 44_640],
    ["cron(0 0 31 * ? *)", 87_840],
    ["cron(0 0 L * ? *)", 44_640],
    ["cron(0 0 1W * ? *)", 47_520],
    ["cron(0 0 15W * ? *)", 46_080],
    ["cron(0 0 31W 1,3 ? *)", 443_520],
    ["cron(0 0 ? * L *)", 10_080],
    ["cron(0 0 ? * 6L *)", 50_400],
    ["cron(0 0 ? * FRIL *)", 50_400],
    ["cron(0 0 ? * FRI#1 *)", 50_400],
    ["cron(0 0 ? * 2#5 *)", 171_360],
    ["cron(0 0 1 1 ? *)", 527_040],
    ["cron(0 0 1 JAN-MAR/2 ? *)", 440_640],
    ["cron(0 0 29 2 ? *)", 2_103_840],
    ["cron(0 0 1 1 ? 2024/2)", 1_052_640],
    ["cron(0 0 1 1 ? 2030,2031)", 525_600],
    ["cron(0 0,12 1 1 ? 2030)", 720],
    ["cron(0 0 1 1 ? 2030)", undefined],
    ["cron(0 0 31 12 ? 2024)", undefined],
    // the last Friday of that month is its last day
    ["cron(0 0 ? 5 FRIL 2024)", undefined],
  ])("%s pauses for %p minutes at most", (schedule, minutes) => {
    expect(scheduleRefusal(schedule)).toBeUndefined();
    expect(longestPauseMinutes(schedule)).toBe(minutes);
  });

  const NEITHER = "is neither a rate nor a cron expression";
  const EITHER_DAY = 'needs "?" as day-of-month or as day-of-week, and not as both';

  test.each([
    ["", NEITHER],
    ["hourly", NEITHER],
    ["0 2 * * *", NEITHER],
    ["at(2030-01-01T00:00:00)", NEITHER],
    ["rate(0 minutes)", NEITHER],
    ["rate(1 minutes)", NEITHER],
    ["rate(2 minute)", NEITHER],
    ["rate(05 minutes)", NEITHER],
    ["rate(1.5 hours)", NEITHER],
    ["rate(1 week)", NEITHER],
    ["rate(100000 days)", NEITHER],
    ["rate(5  minutes)", NEITHER],
    ["Cron(0 2 * * ? *)", NEITHER],
    ["cron(0 2 * * ? *) ", NEITHER],
    ["cron()", "has 1 fields, not 6 with one space between them"],
    ["cron(0 2 * * ?)", "has 5 fields, not 6 with one space between them"],
    ["cron(0  2 * * ? *)", "has 7 fields, not 6 with one space between them"],
    ["cron(0 2 * * * *)", EITHER_DAY],
    ["cron(0 2 ? * ? *)", EITHER_DAY],
    ["cron(60 2 * * ? *)", 'has "60" as minutes, which is 0 to 59'],
    ["cron(0 24 * * ? *)", 'has "24" as hours, which is 0 to 23'],
    ["cron(0 2 0 * ? *)", 'has "0" as day-of-month, which is 1 to 31'],
    ["cron(0 2 32 * ? *)", 'has "32" as day-of-month, which is 1 to 31'],
    ["cron(0 2 32W * ? *)", 'has "32" as day-of-month, which is 1 to 31'],
    ["cron(0 2 LW * ? *)", 'has "LW" as day-of-month, which is 1 to 31'],
    ["cron(0 2 * 0 ? *)", 'has "0" as month, which is 1 to 12 or JAN to DEC'],
    ["cron(0 2 * JANUARY ? *)", 'has "JANUARY" as month, which is 1 to 12 or JAN to DEC'],
    ["cron(0 2 ? * 0 *)", 'has "0" as day-of-week, which is 1 to 7 or SUN to SAT'],
    ["cron(0 2 ? * 8L *)", 'has "8" as day-of-week, which is 1 to 7 or SUN to SAT'],
    ["cron(0 2 ? * MON#6 *)", 'has "6" as number of a week in a month, which is 1 to 5'],
    ["cron(0 2 ? * MON#1,TUE#2 *)", 'has "MON#1" as day-of-week, which EventBridge Scheduler cannot read'],
    ["cron(0 2 * * ? 1969)", 'has "1969" as year, which is 1970 to 2199'],
    ["cron(0 2 * * ? 2200)", 'has "2200" as year, which is 1970 to 2199'],
    ["cron(0 2 * * ? ?)", 'has "?" as year, which EventBridge Scheduler cannot read'],
    ["cron(? 2 * * ? *)", 'has "?" as minutes, which EventBridge Scheduler cannot read'],
    ["cron(0/0 2 * * ? *)", 'has "0" as step, which is 1 to 59'],
    ["cron(0/ 2 * * ? *)", 'has "0/" as minutes, which EventBridge Scheduler cannot read'],
    ["cron(1,,2 2 * * ? *)", 'has "" as minutes, which EventBridge Scheduler cannot read'],
    ["cron(*-5 2 * * ? *)", 'has "*-5" as minutes, which EventBridge Scheduler cannot read'],
    ["cron(0 5-2 * * ? *)", 'has "5-2" as hours, which ends before it begins'],
    ["cron(0 2 L-99 * ? *)", 'has "L" as day-of-month, which is 1 to 31'],
    ["cron(0 2 30 2 ? *)", "never starts"],
    ["cron(0 2 * * ? 2023)", "never starts"],
    ["cron(0 2 29 2 ? 2025-2027)", "never starts"],
  ])("%j is refused", (schedule, reason) => {
    expect(scheduleRefusal(schedule)).toBe(reason);
  });
});

test.each([
  ["order", true],
  ["ORDER", true],
  ["utc_timestamp", true],
  ["json_table", true],
  ["orders", false],
  ["status", false],
  ["", false],
  ["constructor", false],
])("%j is a word of Athena's: %p", (word, reserved) => {
  expect(isReserved(word)).toBe(reserved);
});

describe("a domain's datasets are values of its LF-Tag, which has 1000 of them at most:", () => {
  const problemsWith = (count: number) => {
    const [dataset] = domains.web.datasets;
    const datasets = Array.from({ length: count }, (_, index) => ({ ...dataset, name: `d${index}` }));
    return validateDomains({ ...domains, web: { ...domains.web, datasets } }).problems;
  };

  test("1000 are accepted", () => {
    expect(problemsWith(1000)).toEqual([]);
  });

  test("1001 are not", () => {
    expect(problemsWith(1001)).toStrictEqual([
      {
        level: "error",
        file: "domains/web.ts",
        path: "datasets[1000].name",
        subject: "d1000",
        value: "d1000",
        limit: "at most 1000 datasets, the most values that an LF-Tag of Lake Formation has; the domain has 1001",
        remedy: "divide the domain",
      },
    ]);
  });
});

describe("a stream's consumers", () => {
  const [clickstream] = domains.web.datasets as readonly StreamDataset[];
  const [consumer] = clickstream?.source.consumers ?? [];
  const consumers = (count: number, dedicated: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...consumer,
      name: `c${index}`,
      dedicatedThroughput: index < dedicated,
    }));
  const problemsWith = (value: unknown, others: Readonly<Record<string, unknown>> = {}) =>
    problemsOf(changed({ "domains/web": { "datasets[0].source.consumers": value, ...others } }));
  const AT = { file: "domains/web.ts", path: "datasets[0].source.consumers", subject: "clickstream" };

  test("may be 20, the most that a stream gives throughput of their own", () => {
    const tooMany = consumers(21, 21);

    expect(problemsWith(consumers(20, 20))).toEqual([]);
    expect(problemsWith(tooMany)).toStrictEqual([
      {
        level: "error",
        ...AT,
        value: tooMany,
        limit: "a list of 20 or fewer",
        remedy: "leave out some, or join what belongs together",
      },
    ]);
  });

  test.each([
    [4, 0],
    [9, 5],
  ])("%d may share throughput if %d of them have their own", (count, dedicated) => {
    const oneMore = consumers(count + 1, dedicated);

    expect(problemsWith(consumers(count, dedicated))).toEqual([]);
    expect(problemsWith(oneMore)).toStrictEqual([
      {
        level: "warning",
        ...AT,
        value: oneMore,
        limit:
          "at most 4 consumers without dedicatedThroughput (here 5): a shard is read five times a second, and once by Firehose",
        remedy: "give some of them throughput of their own, or have one do what several do",
      },
    ]);
  });

  test("read from Kinesis alone", () => {
    const kafka = { "datasets[0].source.engine": "kafka" };
    const { problems } = validateDomains(changed({ "domains/web": kafka }).domains);
    const without = changed({ "domains/web": { ...kafka, "datasets[0].source.consumers": undefined } });

    expect(problems).toStrictEqual([
      {
        level: "error",
        ...AT,
        value: [consumer],
        limit: "no consumers beside a stream that is not on Kinesis: their code reads what Kinesis hands out",
        remedy: "use kinesis, or leave them out",
      },
    ]);
    expect(validateDomains(without.domains).problems).toEqual([]);
  });

  test("are needed by no dataset, with or without a key", () => {
    expect(problemsWith(undefined, { "datasets[0].primaryKey": [] })).toEqual([]);
  });
});

describe("of what comes by a stream", () => {
  const accepted = (values: Readonly<Record<string, unknown>>) =>
    problemsOf(changed({ "domains/web": values })).map(({ path }) => path);
  const enrich = (column: string, filled: string) => ({
    "datasets[0].source.enrich": [
      { dataset: "reference.countries", column, key: "code", take: [{ column: filled, from: "name" }] },
    ],
  });
  const onAddress = (rule: object) => ({
    "datasets[0].quality": [{ column: "ip_address", onFailure: "drop", ...rule }],
  });

  test.each([
    ["a column may be masked by whose value something is looked up", enrich("ip_address", "country_name")],
    ["a column may be masked that is filled", enrich("country_code", "ip_address")],
    [
      "one value may be looked up for several columns",
      {
        "datasets[0].source.enrich[0].take": ["country_name", "page_url"].map((column) => ({ column, from: "name" })),
      },
    ],
    ["a record may be asked for a value that is masked", onAddress({ rule: "notNull" })],
    ["a record may be asked for the form of what is masked", onAddress({ rule: "matches", pattern: ".+" })],
    ["a record may be asked for values that are masked", onAddress({ rule: "oneOf", values: ["127.0.0.1"] })],
    ["a pattern may have classes of escapes alone", onAddress({ rule: "matches", pattern: "[\\s\\S]*[^\\]]" })],
    ["a time may be absent that has to be recent", { "datasets[0].columns[1].required": undefined }],
    ["a date may have to be recent", { "datasets[0].columns[1].type": "date" }],
    ["a time with its zone may have to be recent", { "datasets[0].columns[1].type": "timestamptz" }],
    [
      "nothing has to be looked up, nobody has to write",
      { "datasets[0].source.enrich": undefined, "datasets[0].source.producers": [] },
    ],
  ])("%s", (_what, values) => {
    expect(accepted(values)).toEqual([]);
  });

  test("every repetition and every mask where there can be none is told", () => {
    const values = {
      "datasets[0].source.producers": ["shop-frontend", "shop-frontend", "shop-frontend"],
      "datasets[0].columns[0].mask": "network",
      "datasets[0].columns[1].mask": "last4",
      "datasets[0].columns[2].mask": "remove",
      "datasets[0].quality[0]": {
        rule: "unique",
        columns: ["event_id", "ip_address", "event_type"],
        onFailure: "warn",
      },
    };

    expect(accepted(values)).toEqual(
      [
        "datasets[0].source.producers[1]",
        "datasets[0].source.producers[2]",
        // a key
        "datasets[0].columns[0].mask",
        // no string, partitioned by, and by its age rows are deleted
        ...[1, 2, 3].map(() => "datasets[0].columns[1].mask"),
        // partitioned by, and required
        ...[1, 2].map(() => "datasets[0].columns[2].mask"),
        ...[0, 1, 2].map((column) => `datasets[0].quality[0].columns[${column}]`),
      ].sort((one, other) => order(one) - order(other)),
    );
  });

  /** Checks of the whole dataset come first, then those of columns, then those of rules. */
  function order(path: string): number {
    return ["producers", "columns[0].mask", "columns[1].mask", "columns[2].mask", "quality"].findIndex((part) =>
      path.includes(part),
    );
  }
});

describe("broken fields", () => {
  const pathsOf = (file: string, values: Readonly<Record<string, unknown>>) =>
    problemsOf(changed({ [file]: values })).map(({ path }) => path);

  test("hide neither their neighbours nor what other checks find", () => {
    const values = {
      owner: "Jane",
      "datasets[0].columns[0].comment": "",
      "datasets[0].columns[2].type": "datetime",
      "datasets[0].columns[6].name": "user",
      "datasets[0].primaryKey": ["order_id", "", "id"],
      "datasets[0].partitions": [null, { transform: "day", column: "created_at" }],
      "datasets[0].quality[0]": { rule: "positive" },
      "datasets[0].quality[1].column": "totals",
      "datasets[0].readers[0].upTo": "secret",
      "datasets[0].readers[1].consumer": "nobody",
      "datasets[0].retention.column": "created_at",
      "datasets[1].source.connection": "Shop",
      "datasets[1].schedule": undefined,
      "datasets[2].name": "Invoices",
    };

    expect(pathsOf("domains/sales", values).sort()).toEqual(
      [
        ...Object.keys(values).filter((path) => !/(primaryKey|partitions|quality\[0\])$/.test(path)),
        "datasets[0].primaryKey[1]",
        "datasets[0].primaryKey[2]",
        "datasets[0].partitions[0]",
        "datasets[0].partitions[1].column",
        "datasets[0].quality[0].rule",
        // one for each environment
        "datasets[0].readers[1].consumer",
        "datasets[0].readers[1].consumer",
      ].sort(),
    );
  });

  test.each([
    ["the name of a column leaves out what looks for columns", { "datasets[0].columns[0].name": "Order" }],
    ["the name of a dataset leaves out that it is reserved", { "datasets[0].name": "Order" }],
    ["a sensitivity leaves out who reads nothing", { "datasets[2].sensitivity": "secret" }],
    ["a schedule leaves out how fresh data is", { "datasets[1].schedule": "daily", "datasets[1].freshnessMinutes": 1 }],
    ["a freshness leaves out how fresh data is", { "datasets[1].freshnessMinutes": 0 }],
  ])("%s", (_what, values) => {
    expect(pathsOf("domains/sales", values)).toEqual([Object.keys(values)[0]]);
  });

  test("a column of a broken type is there, whatever asks for its type", () => {
    expect(pathsOf("domains/sales", { "datasets[0].columns[2].type": null })).toEqual(["datasets[0].columns[2].type"]);
  });

  test("a list of values may have 500 of them", () => {
    const values = Array.from({ length: 500 }, (_, index) => `status ${index}`);

    expect(pathsOf("domains/sales", { "datasets[0].quality[0].values": values })).toEqual([]);
  });
});
