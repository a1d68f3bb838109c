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
      source: { kind: "stream", engine: "kinesis" },
      columns: [
        { name: "event_id", type: "string", comment: "Made by the browser", sensitivity: "internal", required: true },
        { name: "occurred_at", type: "timestamp", comment: "When, in UTC", sensitivity: "internal", required: true },
        { name: "event_type", type: "string", comment: "What happened", sensitivity: "internal", required: true },
        { name: "page_url", type: "string", comment: "Where, without query parameters", sensitivity: "internal" },
        { name: "session_id", type: "string", comment: "Ends after 30 idle minutes", sensitivity: "internal" },
        { name: "customer_id", type: "bigint", comment: "If signed in", sensitivity: "confidential" },
        { name: "country_code", type: "string", comment: "Of the visitor, ISO 3166-1", sensitivity: "internal" },
        { name: "ip_address", type: "string", comment: "Of the visitor", sensitivity: "pii" },
        { name: "properties", type: "map<string,string>", comment: "What the page adds", sensitivity: "confidential" },
      ],
      primaryKey: ["event_id"],
      partitions: [
        { transform: "day", column: "occurred_at" },
        { transform: "identity", column: "event_type" },
      ],
      quality: [
        { rule: "oneOf", column: "event_type", values: ["view", "click", "search", "purchase"], onFailure: "reject" },
        { rule: "matches", column: "page_url", pattern: "https?://.+", onFailure: "warn" },
      ],
      freshnessMinutes: 10,
      expectedRecordsPerSecond: 200,
      retention: { kind: "days", days: 400, column: "occurred_at" },
      readers: [{ consumer: "analysts", upTo: "confidential" }],
    },
  ],
});
