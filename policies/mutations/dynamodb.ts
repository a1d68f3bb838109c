import { type Mutation, set } from "./mutation";

const TABLE = ["aws_dynamodb_table", "processing_idempotency_"] as const;

/** Each weakens the table in which functions remember what they have done, and says which rule notices. */
export const DYNAMODB_MUTATIONS: readonly Mutation[] = (
  [
    ["LAKE-DDB-01", "items under a key that AWS owns", "server_side_encryption", undefined],
    ["LAKE-DDB-02", "items that cannot be restored", "point_in_time_recovery", { enabled: false }],
    ["LAKE-DDB-02", "a table that can be deleted", "deletion_protection_enabled", false],
  ] as const
).map(([rule, what, attribute, value]) => ({ rule, what, edit: set(...TABLE, attribute, value), found: TABLE }));
