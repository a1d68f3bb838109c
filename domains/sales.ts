import { defineDomain } from "./schema";

export const sales = defineDomain({
  name: "sales",
  description: "What customers buy, and who they are",
  owner: "sales-data@example.com",
  datasets: [
    {
      name: "orders",
      description: "Orders of the shop, one row an order in its latest state",
      owner: "sales-data@example.com",
      source: { kind: "files", format: { kind: "json" } },
      columns: [
        { name: "order_id", type: "string", comment: "The shop's number", sensitivity: "internal", required: true },
        { name: "customer_id", type: "bigint", comment: "Who ordered", sensitivity: "internal", required: true },
        { name: "ordered_at", type: "timestamp", comment: "When, in UTC", sensitivity: "internal", required: true },
        { name: "status", type: "string", comment: "Where the order stands", sensitivity: "internal", required: true },
        { name: "country_code", type: "string", comment: "Where it goes, ISO 3166-1", sensitivity: "internal" },
        { name: "currency_code", type: "string", comment: "ISO 4217 code of the amounts", sensitivity: "internal" },
        { name: "total", type: "decimal(12,2)", comment: "With taxes, in its currency", sensitivity: "confidential" },
        {
          name: "lines",
          type: "array<struct<sku:string,quantity:int,price:decimal(12,2)>>",
          comment: "Articles, how many, at which price",
          sensitivity: "confidential",
        },
        { name: "delivery_note", type: "string", comment: "What the customer wrote", sensitivity: "pii" },
      ],
      primaryKey: ["order_id"],
      partitions: [{ transform: "day", column: "ordered_at" }],
      quality: [
        { rule: "oneOf", column: "status", values: ["new", "paid", "shipped", "returned"], onFailure: "reject" },
        { rule: "between", column: "total", minimum: 0, maximum: 1_000_000, onFailure: "reject" },
        { rule: "unique", columns: ["order_id"], onFailure: "stop" },
        { rule: "complete", column: "country_code", atLeast: 0.99, onFailure: "warn" },
        { rule: "references", column: "country_code", dataset: "reference.countries", key: "code", onFailure: "warn" },
      ],
      freshnessMinutes: 60,
      expectedRecordsPerSecond: 2,
      // seven years: invoices and what they rest on have to be kept
      retention: { kind: "days", days: 2557, column: "ordered_at" },
      readers: [
        { consumer: "analysts", upTo: "confidential" },
        {
          consumer: "customer-care",
          upTo: "pii",
          // what nobody has paid for yet is no case of theirs
          rows: [{ rule: "oneOf", column: "status", values: ["paid", "shipped", "returned"] }],
        },
        { consumer: "finance-reports", upTo: "confidential" },
      ],
    },
    {
      name: "customers",
      description: "Customers of the shop, one row a customer in its latest state",
      owner: "sales-data@example.com",
      source: {
        kind: "database",
        connection: "shop",
        table: "public.customers",
        load: { kind: "incremental", column: "updated_at" },
      },
      columns: [
        { name: "customer_id", type: "bigint", comment: "The shop's number", sensitivity: "internal", required: true },
        { name: "email", type: "string", comment: "Address for letters of the shop", sensitivity: "pii" },
        { name: "full_name", type: "string", comment: "As on invoices", sensitivity: "pii" },
        { name: "country_code", type: "string", comment: "Of the invoice, ISO 3166-1", sensitivity: "internal" },
        { name: "segment", type: "string", comment: "What marketing takes them for", sensitivity: "confidential" },
        {
          name: "updated_at",
          type: "timestamp",
          comment: "Last change, in UTC",
          sensitivity: "internal",
          required: true,
        },
      ],
      primaryKey: ["customer_id"],
      partitions: [{ transform: "bucket", column: "customer_id", buckets: 16 }],
      quality: [
        { rule: "matches", column: "email", pattern: "[^@\\s]+@[^@\\s]+", onFailure: "warn" },
        { rule: "unique", columns: ["customer_id"], onFailure: "stop" },
      ],
      freshnessMinutes: 1500,
      expectedRecordsPerSecond: 0.5,
      retention: { kind: "forever" },
      schedule: "cron(0 2 * * ? *)",
      readers: [
        { consumer: "analysts", upTo: "confidential" },
        { consumer: "customer-care", upTo: "pii" },
      ],
    },
    {
      name: "invoices",
      description: "Invoices as they were sent, one PDF each",
      owner: "sales-data@example.com",
      source: { kind: "objects", contentTypes: ["application/pdf"], inventory: "Weekly" },
      sensitivity: "pii",
      retention: { kind: "days", days: 3653 },
      readers: [{ consumer: "customer-care", upTo: "pii" }],
    },
  ],
});
