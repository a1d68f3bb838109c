/** A value or values that a condition key is compared with. Numbers and booleans are written as strings, as IAM reads them. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of an IAM policy, with the field names and the spelling of IAM. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Who; only in the policies of resources, such as buckets, keys and topics. */
  readonly Principal?:
    | "*"
    | { readonly AWS: string | readonly string[] }
    | { readonly Federated: string | readonly string[] }
    | { readonly Service: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
}

/**
 * Renders a policy as readable JSON over tokens. Rules can then read it in the synthesized output, where a policy data
 * source, or a plan, would show "known after apply".
 */
export function policyJson(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
