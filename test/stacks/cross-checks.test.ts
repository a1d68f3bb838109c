import { environments } from "../fixtures/environments";
import { ConfigurationError, loadConfiguration } from "../../stacks/configuration";
import { isDisabled } from "../../stacks/cross-checks";
import { changed, problemsOf } from "../support/sources";

const REASON = "it costs too much here";
const NO_NAT = {
  "network.nat": { kind: "none" },
  "network.egressRules": [{ description: "The shop", cidr: "10.30.200.0/24", port: 5432 }],
};
const disable = (...names: string[]) => Object.fromEntries(names.map((name) => [`disabledDatasets.${name}`, REASON]));

/** What is said with some files changed, domains included. */
function problems(changes: Parameters<typeof changed>[0]) {
  return problemsOf(changed({ "domains/web": {}, ...changes }));
}

describe("consumers", () => {
  const LIMIT = "a consumer that environments/prod.ts declares: analysts, customer-care, people-office";
  const REMEDY = 'correct the name, or declare the consumer there, as kind "none" with a reason where nobody is meant';

  test("one that an environment lacks is one problem for each dataset that names it", () => {
    const problem = {
      level: "error",
      file: "",
      path: "",
      subject: "",
      value: "finance-reports",
      limit: LIMIT,
      remedy: REMEDY,
    };

    expect(problems({ prod: { "consumers.finance-reports": undefined } })).toStrictEqual([
      { ...problem, file: "domains/reference.ts", path: "datasets[0].readers[1].consumer", subject: "countries" },
      { ...problem, file: "domains/reference.ts", path: "datasets[1].readers[1].consumer", subject: "exchange_rates" },
      { ...problem, file: "domains/sales.ts", path: "datasets[0].readers[2].consumer", subject: "orders" },
    ]);
  });

  test("a group of Identity Center is granted no table, and may be named for files", () => {
    const group = { kind: "identity-center-group", groupId: "0f5c2a1e-6b7d-4c8e-9a10-2b3c4d5e6f09" };
    const found = problems({ prod: { "consumers.customer-care": group } });

    expect(found.map(({ path, subject }) => `${path} ${subject ?? ""}`)).toEqual([
      "datasets[0].readers[1].consumer orders",
      "datasets[1].readers[1].consumer customers",
    ]);
    expect(found[0]).toMatchObject({
      level: "error",
      file: "domains/sales.ts",
      value: "customer-care",
      limit: expect.stringContaining("environments/prod.ts says it is a group of Identity Center") as string,
      remedy: "name there the IAM role that the group's people assume, such as that of their permission set",
    });
  });

  test("nobody has to read a dataset that is disabled", () => {
    expect(
      problems({
        prod: {
          "consumers.finance-reports": undefined,
          ...disable("reference.countries", "reference.exchange_rates", "sales.orders", "web.clickstream"),
        },
      }).map(({ path }) => path),
    ).toEqual([]);
  });

  test("an environment without any says so", () => {
    expect(problems({ dev: { consumers: {} } })[0]).toMatchObject({
      limit: "a consumer that environments/dev.ts declares: it has none",
    });
  });
});

describe("connections", () => {
  const problem = {
    level: "error",
    file: "domains/sales.ts",
    path: "datasets[1].source.connection",
    subject: "customers",
    value: "shop",
    remedy: "correct the name, or declare the connection there",
  };

  test.each([
    ["is not declared", { "connections.shop": undefined }],
    ["is of another kind", { "connections.shop": environments.prod.connections.rates }],
  ])("one that %s is refused", (_what, values) => {
    expect(problems({ staging: values })).toStrictEqual([
      { ...problem, limit: "a connection of kind database that environments/staging.ts declares: it has none" },
    ]);
  });

  test("those of the kind are named", () => {
    expect(
      problems({ staging: { "connections.shop": undefined, "connections.store": environments.dev.connections.shop } }),
    ).toStrictEqual([
      { ...problem, limit: "a connection of kind database that environments/staging.ts declares: store" },
    ]);
  });

  test("what is disabled needs none", () => {
    expect(problems({ staging: { "connections.shop": undefined, ...disable("sales.customers") } })).toEqual([]);
  });
});

describe("egress", () => {
  const rates = {
    level: "error",
    file: "domains/reference.ts",
    path: "datasets[1].source.connection",
    subject: "exchange_rates",
    value: "rates",
  };

  test("an API cannot be reached without NAT; a private database can", () => {
    expect(problems({ prod: NO_NAT })).toStrictEqual([
      {
        ...rates,
        limit:
          "a connection that can be reached: it is on the internet, and environments/prod.ts has no egress (network.nat.kind)",
        remedy:
          'give that network NAT, or list "reference.exchange_rates" there under disabledDatasets, with the reason',
      },
    ]);
  });

  test("nor can a database on the internet", () => {
    const all = problems({ prod: { ...NO_NAT, "connections.shop.reach": "internet", "connections.shop.port": 443 } });

    expect(all.map(({ file, path }) => `${file} ${path}`)).toEqual([
      "domains/reference.ts datasets[1].source.connection",
      "domains/sales.ts datasets[1].source.connection",
    ]);
  });

  test("without NAT, what needs it may be disabled", () => {
    expect(problems({ prod: { ...NO_NAT, ...disable("reference.exchange_rates") } })).toEqual([]);
  });

  test("with NAT, one of the rules has to open the port", () => {
    expect(problems({ dev: { "connections.rates.port": 8443 } })).toStrictEqual([
      {
        ...rates,
        limit:
          "a connection whose port 8443 one of network.egressRules of environments/dev.ts opens towards the internet",
        remedy:
          'add a rule for it there, or list "reference.exchange_rates" there under disabledDatasets, with the reason',
      },
    ]);
    expect(problems({ dev: { "connections.rates.port": 8443, ...disable("reference.exchange_rates") } })).toEqual([]);
  });

  test.each(["internet", "private"])("a database on the %s network needs a rule for its port", (reach) => {
    expect(
      problems({ dev: { "connections.shop.reach": reach, "connections.shop.port": 5433 } }).map(({ limit }) => limit),
    ).toEqual([
      `a connection whose port 5433 one of network.egressRules of environments/dev.ts opens${reach === "private" ? "" : " towards the internet"}`,
    ]);
    expect(
      problems({
        dev: {
          "connections.shop.reach": reach,
          "connections.shop.port": 5433,
          "network.egressRules[1]": { description: "The shop", cidr: "0.0.0.0/0", port: 5433 },
        },
      }),
    ).toEqual([]);
  });
});

test("a rule towards a private network opens nothing on the internet", () => {
  const rule = (cidr: string) => ({ "network.egressRules": [{ description: "HTTPS", cidr, port: 443 }] });

  expect(problems({ dev: { ...rule("10.0.0.0/8"), ...disable("sales.customers") } }).map(({ path }) => path)).toEqual([
    "datasets[1].source.connection",
  ]);
  expect(problems({ dev: { ...rule("8.8.8.0/24"), ...disable("sales.customers") } })).toEqual([]);
});

describe("Kafka", () => {
  const KAFKA = { "datasets[0].source.engine": "kafka", "datasets[0].source.consumers": undefined };

  test("a stream of it needs an environment that has it", () => {
    expect(problems({ "domains/web": KAFKA, dev: disable("web.clickstream") })).toStrictEqual(
      ["staging", "prod"].map((name) => ({
        level: "error",
        file: "domains/web.ts",
        path: "datasets[0].source.engine",
        subject: "clickstream",
        value: "kafka",
        limit: `an engine that every environment has; environments/${name}.ts has none for Kafka (streaming.kafka.kind)`,
        remedy: 'use kinesis, or list "web.clickstream" there under disabledDatasets, with the reason',
      })),
    );
  });

  test("or has a reason to go without", () => {
    const off = disable("web.clickstream");

    expect(problems({ "domains/web": KAFKA, dev: off, staging: off, prod: off })).toEqual([]);
  });
});

describe("producers", () => {
  test("one that an environment lacks is a problem for the dataset that it writes to", () => {
    expect(problems({ dev: { producers: {} } })).toStrictEqual([
      {
        level: "error",
        file: "domains/web.ts",
        path: "datasets[0].source.producers[0]",
        subject: "clickstream",
        value: "shop-frontend",
        limit: "a producer that environments/dev.ts declares: it has none",
        remedy: 'correct the name, or declare the producer there, as kind "none" with a reason where nobody is meant',
      },
    ]);
    expect(problems({ dev: { producers: {}, ...disable("web.clickstream") } })).toEqual([]);
  });

  test("may be nobody in an environment", () => {
    expect(problems({ dev: { "producers.shop-frontend": { kind: "none", reason: REASON } } })).toEqual([]);
  });
});

describe("shards", () => {
  const provisioned = (recordsPerShard: number) => ({
    "streaming.kinesis.capacity": { kind: "provisioned", recordsPerShard },
  });
  const expecting = (rate: number) => ({ "domains/web": { "datasets[0].expectedRecordsPerSecond": rate } });

  test("a stream takes no more than 10000 of them", () => {
    expect(problems({ prod: provisioned(10), ...expecting(100_001) })).toStrictEqual([
      {
        level: "error",
        file: "domains/web.ts",
        path: "datasets[0].expectedRecordsPerSecond",
        subject: "clickstream",
        value: 100_001,
        limit:
          "at most 100000, what the 10000 shards of a stream take that environments/prod.ts gives 10 a second each (streaming.kinesis.capacity)",
        remedy: "have a shard take more there, use on-demand capacity, or divide the stream",
      },
    ]);
    expect(problems({ prod: provisioned(10), ...expecting(100_000) })).toEqual([]);
  });

  test.each([
    ["on demand", { prod: {} }],
    ["in an environment without the stream", { prod: { ...provisioned(1), ...disable("web.clickstream") } }],
  ])("nobody counts them %s", (_what, changes) => {
    expect(problems({ ...expecting(1_000_000), ...changes })).toEqual([]);
  });

  test("what comes in files has none, however much it is", () => {
    const orders = { "datasets[0].expectedRecordsPerSecond": 1_000_000 };

    expect(problems({ prod: provisioned(1), "domains/sales": orders })).toEqual([]);
  });
});

describe("the code of consumers of streams", () => {
  const at = "datasets[0].source.consumers[0].function";

  test("is asked for once, whatever environments there are", () => {
    const found = problems({ "domains/web": { [at]: "nobody-wrote-this" } });

    expect(found).toMatchObject([
      { file: "domains/web.ts", path: at, subject: "clickstream", value: "nobody-wrote-this" },
    ]);
  });

  test.each([
    ["its name", { [at]: "Nobody" }, at],
    ["the kind of source", { [at]: "nobody", "datasets[0].source.kind": "strem" }, "datasets[0].source.kind"],
  ])("is left out while %s is broken", (_what, values, path) => {
    expect(problems({ "domains/web": values }).map((problem) => problem.path)).toEqual([path]);
  });
});

describe("disabled datasets", () => {
  test("have to exist, one problem for each that does not", () => {
    const values = disable("web.clicks", "sales.orders", "Sales.invoices", "clickstream");

    expect(problems({ dev: values, prod: {} }).map(({ file, path, value }) => [file, path, value])).toEqual([
      ["environments/dev.ts", "disabledDatasets.web.clicks", REASON],
      ["environments/dev.ts", "disabledDatasets.Sales.invoices", REASON],
      ["environments/dev.ts", "disabledDatasets.clickstream", REASON],
    ]);
  });

  test("may not be what another dataset refers to, or is enriched with", () => {
    expect(problems({ dev: disable("reference.countries") })).toStrictEqual([
      {
        level: "error",
        file: "domains/sales.ts",
        path: "datasets[0].quality[4].dataset",
        subject: "orders",
        value: "reference.countries",
        limit: "a dataset that every environment has; environments/dev.ts lists it under disabledDatasets",
        remedy: "disable this dataset there too, or drop the rule",
      },
      {
        level: "error",
        file: "domains/web.ts",
        path: "datasets[0].source.enrich[0].dataset",
        subject: "clickstream",
        value: "reference.countries",
        limit: "a dataset that every environment has; environments/dev.ts lists it under disabledDatasets",
        remedy: "disable this dataset there too, or leave out the enrichment",
      },
    ]);
    expect(problems({ dev: disable("reference.countries", "sales.orders", "web.clickstream") })).toEqual([]);
  });

  test.each([
    ["sales", "orders", true],
    ["sales", "invoices", false],
    ["web", "orders", false],
  ])("%s.%s is one: %p", (domain, dataset, disabled) => {
    const environment = { ...environments.dev, disabledDatasets: { "sales.orders": REASON } };

    expect(isDisabled(environment, domain, dataset)).toBe(disabled);
  });
});

describe("names of a dataset's resources", () => {
  const dataset = (length: number) => ({ "domains/web": { "datasets[0].name": "d".repeat(length) } });
  const named = (file: string, length: number) => ({
    level: "error",
    file: "domains/web.ts",
    path: "datasets[0].name",
    subject: "d".repeat(length),
    value: "d".repeat(length),
    limit: `at most 54 characters as part of the names of its resources; "platform-20-letters-${file}-web-${"d".repeat(length)}" has 55`,
    remedy: "shorten the name of the dataset, the domain or the platform, whichever is not deployed yet",
  });
  const platform = { name: "platform-20-letters" };

  test("may have 54 characters", () => {
    expect(problems({ platform, ...dataset(22) })).toEqual([]);
  });

  test("may not have 55, in whichever environment", () => {
    expect(problems({ platform, ...dataset(23) })).toStrictEqual([named("staging", 23)]);
    expect(problems({ platform, staging: disable(`web.${"d".repeat(23)}`), ...dataset(23) })).toEqual([]);
  });

  test("are not made of a platform that is broken, whereas all else is checked", () => {
    const all = problems({
      platform: { ...platform, providerMaxRetries: 0 },
      prod: { "connections.shop": undefined },
      ...dataset(30),
    });

    expect(all.map(({ file, path }) => `${file} ${path}`)).toEqual([
      "environments/platform.ts providerMaxRetries",
      "domains/sales.ts datasets[1].source.connection",
    ]);
  });
});

describe("a broken field", () => {
  const broken = (changes: Parameters<typeof changed>[0]) =>
    problems(changes).map(({ file, path }) => `${file.replace(/\.ts$/, "")} ${path}`);

  test.each([
    ["consumers", { consumers: null }],
    ["a consumer", { "consumers.analysts": null }],
    ["connections", { connections: 1 }],
    ["the streams' engine", { streaming: null }],
    ["how long streams keep records", { "streaming.kinesis.retentionHours": 1 }],
    ["the streams' capacity", { "streaming.kinesis.capacity": null }],
    ["producers", { producers: null }],
    ["a producer", { "producers.shop-frontend": null }],
    ["the disabled datasets", { disabledDatasets: null }],
    ["the name", { name: "production-of-the-whole-company" }],
    ["the way out", { "network.nat.kind": "double" }],
    ["the environment", { "": null }],
  ])("of an environment leaves out what reads %s", (_what, values) => {
    expect(broken({ prod: values })).toEqual([`environments/prod ${Object.keys(values)[0] ?? ""}`]);
  });

  test.each([
    ["the readers", { "datasets[0].readers": null }],
    ["the source", { "datasets[0].source": null }],
    ["the producers", { "datasets[0].source.producers": "anybody" }],
    ["the enrichment", { "datasets[0].source.enrich": "reference.exchange_rates" }],
    ["the consumers", { "datasets[0].source.consumers": "purchases" }],
    ["the dataset", { "datasets[0]": 7 }],
    ["the name", { "datasets[0].name": "Clicks" }],
    ["the domain's name", { name: "Web" }],
  ])("of a domain leaves out what reads %s", (_what, values) => {
    expect(broken({ "domains/web": values })).toEqual([`domains/web ${Object.keys(values)[0] ?? ""}`]);
  });

  test("leaves out nothing else", () => {
    const environment = {
      "disabledDatasets.web.clickstream": "short",
      "connections.shop.host": "shop",
      "connections.rates.port": 8443,
      "consumers.analysts.roleName": "",
      "consumers.customer-care": undefined,
    };
    const domain = {
      "datasets[0].readers[0].upTo": "secret",
      "datasets[0].quality[0].onFailure": "ignore",
      "datasets[1].source.table": "",
      "datasets[1].source.connection": "store",
    };

    expect(broken({ prod: environment, dev: disable("reference.countries"), "domains/sales": domain }).sort()).toEqual(
      [
        "environments/prod connections.shop.host",
        "environments/prod consumers.analysts.roleName",
        "environments/prod disabledDatasets.web.clickstream",
        "domains/sales datasets[0].readers[0].upTo",
        "domains/sales datasets[0].quality[0].onFailure",
        "domains/sales datasets[1].source.table",
        // the consumer in prod, the table that dev has disabled, the connection in all three
        ...[0, 1, 2].map((dataset) => `domains/sales datasets[${dataset}].readers[${dataset === 2 ? 0 : 1}].consumer`),
        "domains/sales datasets[0].quality[4].dataset",
        "domains/web datasets[0].source.enrich[0].dataset",
        ...["dev", "staging", "prod"].map(() => "domains/sales datasets[1].source.connection"),
        "domains/reference datasets[1].source.connection",
      ].sort(),
    );
  });
});

test("problems of environments, of domains and of both together are one error", () => {
  const sources = changed({
    dev: { "keys.deletionWindowDays": 6 },
    prod: { "consumers.customer-care": undefined, ...disable("sales.orders") },
    "domains/sales": { "datasets[2].source.inventory": "Monthly" },
    "domains/reference": { "datasets[0].columns[0].name": "Code" },
  });

  expect(() => loadConfiguration(sources)).toThrow(ConfigurationError);
  expect(() => loadConfiguration(sources)).toThrow(
    [
      "error: environments/dev.ts: keys.deletionWindowDays is 6",
      "  limit:  a whole number of days from 7 to 30",
      "  remedy: use 30 wherever data depends on the key: a deleted key cannot be restored",
      "",
      'error: domains/reference.ts: datasets[0].columns[0].name (countries.Code) is "Code"',
      "  limit:  1 to 127 lower-case letters, digits and _, beginning with a letter",
      "  remedy: write it in snake_case: the catalog lower-cases names, and Athena has to quote all others",
      "",
      'error: domains/sales.ts: datasets[2].source.inventory (invoices) is "Monthly"',
      "  limit:  Daily or Weekly",
      "  remedy: use Weekly unless somebody reads the list every day",
      "",
      ...["1].readers[1].consumer (customers)", "2].readers[0].consumer (invoices)"].flatMap((place) => [
        `error: domains/sales.ts: datasets[${place} is "customer-care"`,
        "  limit:  a consumer that environments/prod.ts declares: analysts, finance-reports, people-office",
        '  remedy: correct the name, or declare the consumer there, as kind "none" with a reason where nobody is meant',
        ...(place.startsWith("1") ? [""] : []),
      ]),
    ].join("\n"),
  );
});
