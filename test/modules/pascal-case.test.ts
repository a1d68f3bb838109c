import { pascalCase } from "../../modules/pascal-case";

test.each([
  ["data", "Data"],
  ["web-clickstream", "WebClickstream"],
  ["query_results.v2 eu", "QueryResultsV2Eu"],
  ["WebClickstream", "WebClickstream"],
  ["S3--logs", "S3Logs"],
  ["-edges-", "Edges"],
  ["2024-orders", "2024Orders"],
  ["", ""],
])("%p becomes %p", (text, expected) => {
  expect(pascalCase(text)).toBe(expected);
});
