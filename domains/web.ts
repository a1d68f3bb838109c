import { defineDomain } from "./schema";

export const web = defineDomain({
  name: "web",
  description: "What visitors do on the shop's pages",
  owner: "web-analytics@example.com",
  datasets: [
    {
      name: "clickstream",
      description: "Page views and clicks, as browsers report them",
      owner: "web-analytics@example.com",
      source: {
        kind: "stream",
        engine: "kinesis",
        producers: ["shop-frontend"],
        alertAboveFailedShare: 0.01,
        enrich: [
          {
            dataset: "reference.countries",
            column: "country_code",
            key: "code",
            take: [{ column: "country_name", from: "name" }],
          },
        ],
        consumers: [
          {
            name: "purchases",
            function: "purchases",
            dedicatedThroughput: false,
            memoryMb: 256,
            timeoutSeconds: 60,
            parallelization: 1,
            maximumAgeMinutes: 720,
            retries: 5,
          },
        ],
      },
      columns: [
        { name: "event_id", type: "string", comment: "Made by the browser", sensitivity: "internal", required: true },
        { name: "occurred_at", type: "timestamp", comment: "When, in UTC", sensitivity: "internal", required: true },
        { name: "event_type", type: "string", comment: "What happened", sensitivity: "internal", required: true },
        { name: "page_url", type: "string", comment: "Where, without query parameters", sensitivity: "internal" },
        { name: "session_id", type: "string", comment: "Ends after 30 idle minutes", sensitivity: "internal" },
        { name: "customer_id", type: "bigint", comment: "If signed in", sensitivity: "confidential" },
        { name: "country_code", type: "string", comment: "Of the visitor, ISO 3166-1", sensitivity: "internal" },
        { name: "country_name", type: "string", comment: "Looked up by country_code", sensitivity: "internal" },
        // where a visitor is, roughly, is enough: nobody has to know who
        { name: "ip_address", type: "string", comment: "Of the visitor", sensitivity: "pii", mask: "network" },
        { name: "properties", type: "map<string,string>", comment: "What the page adds", sensitivity: "confidential" },
      ],
      primaryKey: ["event_id"],
      partitions: [
        { transform: "day", column: "occurred_at" },
        { transform: "identity", column: "event_type" },
      ],
      quality: [
        { rule: "oneOf", column: "event_type", values: ["view", "click", "search", "purchase"], onFailure: "reject" },
        // clocks of browsers are wrong at times, by years
        { rule: "recent", column: "occurred_at", withinHours: 72, onFailure: "reject" },
        // requests of the shop's own monitoring
        { rule: "matches", column: "session_id", pattern: "(?!probe-)[\\s\\S]*", onFailure: "drop" },
        { rule: "matches", column: "page_url", pattern: "https?://.+", onFailure: "warn" },
      ],
      freshnessMinutes: 10,
      expectedRecordsPerSecond: 200,
      retention: { kind: "days", days: 400, column: "occurred_at" },
      readers: [{ consumer: "analysts", upTo: "confidential" }],
    },
  ],
});
