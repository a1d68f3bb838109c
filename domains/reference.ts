import { defineDomain } from "./schema";

export const reference = defineDomain({
  name: "reference",
  description: "Lookup tables that other domains are enriched with",
  owner: "data-platform@example.com",
  datasets: [
    {
      name: "countries",
      description: "Countries of the world with their currency, as ISO 3166-1 lists them",
      owner: "data-platform@example.com",
      source: { kind: "files", format: { kind: "csv", delimiter: ",", header: true } },
      columns: [
        { name: "code", type: "string", comment: "ISO 3166-1 alpha-2", sensitivity: "public", required: true },
        { name: "name", type: "string", comment: "English short name", sensitivity: "public", required: true },
        { name: "currency_code", type: "string", comment: "ISO 4217 code of its currency", sensitivity: "public" },
      ],
      primaryKey: ["code"],
      partitions: [],
      quality: [
        { rule: "matches", column: "code", pattern: "[A-Z]{2}", onFailure: "reject" },
        { rule: "unique", columns: ["code"], onFailure: "stop" },
      ],
      // somebody uploads a new file once or twice a year
      freshnessMinutes: 525_600,
      expectedRecordsPerSecond: 0.001,
      retention: { kind: "forever" },
      readers: [
        { consumer: "analysts", upTo: "public" },
        { consumer: "finance-reports", upTo: "public" },
      ],
    },
    {
      name: "exchange_rates",
      description: "Daily reference rates of currencies against the euro",
      owner: "data-platform@example.com",
      source: { kind: "api", connection: "rates", path: "/v1/daily?base=EUR" },
      columns: [
        { name: "currency_code", type: "string", comment: "ISO 4217 code", sensitivity: "public", required: true },
        { name: "valid_on", type: "date", comment: "Day the rate was set for", sensitivity: "public", required: true },
        { name: "rate", type: "decimal(18,8)", comment: "Units for one euro", sensitivity: "public", required: true },
      ],
      primaryKey: ["currency_code", "valid_on"],
      partitions: [{ transform: "year", column: "valid_on" }],
      quality: [
        { rule: "between", column: "rate", minimum: 0, onFailure: "reject" },
        { rule: "unique", columns: ["currency_code", "valid_on"], onFailure: "stop" },
      ],
      // published on working days: from Friday's run to Monday's, with an hour to spare
      freshnessMinutes: 4380,
      expectedRecordsPerSecond: 0.001,
      retention: { kind: "forever" },
      schedule: "cron(30 16 ? * MON-FRI *)",
      readers: [
        { consumer: "analysts", upTo: "public" },
        { consumer: "finance-reports", upTo: "public" },
      ],
    },
  ],
});
