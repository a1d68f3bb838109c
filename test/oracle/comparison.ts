import Table from "cli-table3";
import type { NotedSuppression } from "../../policies/graph";
import type { Rule } from "../../policies/rule";
import type { Acceptance, AcceptedFinding } from "./accepted";
import type { CheckResult, ScanResult } from "./checkov";

/** An environment as it is. */
export interface ComparedEnvironment extends ScanResult {
  readonly name: string;
  /** What is suppressed of our own rules, by address. */
  readonly suppressions: ReadonlyMap<string, readonly Pick<NotedSuppression, "rule" | "expires">[]>;
}

/** An environment that was weakened. */
export interface ComparedMutation {
  readonly what: string;
  /** What checkov finds that it does not find without the mutation. */
  readonly fired: readonly CheckResult[];
  /** Ids of our rules that find something. */
  readonly rules: readonly string[];
  /** Why rules that claim what fires may find nothing. */
  readonly accepted?: Acceptance | undefined;
}

export interface ComparisonProps {
  readonly rules: readonly Rule[];
  readonly environments: readonly ComparedEnvironment[];
  readonly mutations: readonly ComparedMutation[];
  readonly accepted: readonly AcceptedFinding[];
  /** Ids of all checks there are. */
  readonly knownChecks: ReadonlySet<string>;
  /** Today, as YYYY-MM-DD. */
  readonly today: string;
}

/** How a check of checkov compares with the rules that claim it. */
export interface Row {
  readonly check: string;
  /** Ids of the rules that claim it. */
  readonly rules: readonly string[];
  /** How often it passes in the environments as they are. */
  readonly passed: number;
  readonly accepted: number;
  readonly suppressed: number;
  /** Findings in the environments that are neither accepted nor suppressed. */
  readonly open: readonly string[];
  /** Number of mutations that it notices. */
  readonly fired: number;
  /** Those of them that no rule notices that claims it, and that is accepted. */
  readonly narrower: readonly string[];
  /** Those of them that no rule notices that claims it. */
  readonly missed: readonly string[];
  readonly verdict: "agrees" | "narrower" | "accepted" | "blind" | "OPEN" | "MISSED" | "UNCLAIMED" | "NO SUCH CHECK";
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** What is wrong with what is accepted. */
  readonly acceptedProblems: readonly string[];
}

/** Compares checkov's findings with ours, check by check. */
export function compare(props: ComparisonProps): Comparison {
  const { rules, environments, mutations } = props;
  const results = [...environments.flatMap(({ failed }) => failed), ...mutations.flatMap(({ fired }) => fired)];
  const checks = new Set([...rules.flatMap(claimsOf), ...results.map(({ check }) => check)]);
  return {
    rows: [...checks].sort(inNumericOrder).map((check) => rowOf(check, props)),
    acceptedProblems: [...findingProblems(props), ...mutationProblems(props)],
  };
}

function findingProblems({ environments, accepted, today }: ComparisonProps): string[] {
  const failed = environments.flatMap((environment) => environment.failed);
  return accepted.flatMap((entry) =>
    problemsOf(entry, {
      what: `${entry.check} ${String(entry.addresses)}`,
      isUsed: failed.some((result) => speaksOf(entry, result)),
      today,
    }),
  );
}

function mutationProblems({ rules, mutations, today }: ComparisonProps): string[] {
  return mutations.flatMap((mutation) => {
    const { what, fired, accepted } = mutation;
    const isUsed = fired.some(({ check }) => !isNoticed(mutation, claiming(check, rules)));
    return accepted === undefined ? [] : problemsOf(accepted, { what, isUsed, today });
  });
}

/** Ids of the rules that claim a check. */
function claiming(check: string, rules: readonly Rule[]): string[] {
  return rules.filter((rule) => claimsOf(rule).includes(check)).map(({ id }) => id);
}

function isNoticed(mutation: ComparedMutation, rules: readonly string[]): boolean {
  return mutation.rules.some((id) => rules.includes(id));
}

/** Ids of checkov's checks that demand what a rule demands. */
export function claimsOf({ external }: Rule): readonly string[] {
  return external?.checkov ?? [];
}

function rowOf(check: string, props: ComparisonProps): Row {
  const { environments, accepted, today } = props;
  const rules = claiming(check, props.rules);
  const found = environments.flatMap(({ name, failed, suppressions }) =>
    failed
      .filter((result) => result.check === check)
      .map((result) => ({
        what: `${name} ${result.address}`,
        isSuppressed: (suppressions.get(result.address) ?? []).some(
          ({ rule, expires }) => rules.includes(rule) && expires >= today,
        ),
        isAccepted: accepted.some((entry) => speaksOf(entry, result) && entry.expires >= today),
      })),
  );
  const fired = props.mutations.filter((mutation) => mutation.fired.some((result) => result.check === check));
  const unnoticed = fired.filter((mutation) => !isNoticed(mutation, rules));
  const isAccepted = (mutation: ComparedMutation) => (mutation.accepted?.expires ?? "") >= today;
  const row = {
    check,
    rules,
    passed: environments.flatMap(({ passed }) => passed).filter((result) => result.check === check).length,
    suppressed: found.filter(({ isSuppressed }) => isSuppressed).length,
    accepted: found.filter(({ isSuppressed, isAccepted }) => !isSuppressed && isAccepted).length,
    open: found.filter(({ isSuppressed, isAccepted }) => !isSuppressed && !isAccepted).map(({ what }) => what),
    fired: fired.length,
    narrower: unnoticed.filter(isAccepted).map(({ what }) => what),
    missed: unnoticed.filter((mutation) => !isAccepted(mutation)).map(({ what }) => what),
  };
  return { ...row, verdict: verdictOf(row, props.knownChecks) };
}

function verdictOf(row: Omit<Row, "verdict">, knownChecks: ReadonlySet<string>): Row["verdict"] {
  if (!knownChecks.has(row.check)) {
    return "NO SUCH CHECK";
  }
  if (row.open.length > 0) {
    return "OPEN";
  }
  if (row.missed.length > 0) {
    return row.rules.length > 0 ? "MISSED" : "UNCLAIMED";
  }
  if (row.fired > 0) {
    return row.narrower.length > 0 ? "narrower" : "agrees";
  }
  return row.rules.length > 0 ? "blind" : "accepted";
}

function speaksOf({ check, addresses }: AcceptedFinding, result: CheckResult): boolean {
  return check === result.check && addresses.test(result.address);
}

function problemsOf(
  { reason, owner, expires }: Acceptance,
  { what, isUsed, today }: { what: string; isUsed: boolean; today: string },
): string[] {
  if (reason.trim() === "" || owner.trim() === "") {
    return [`${what}: it needs a reason and an owner`];
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))) {
    return [`${what}: its last day has to be a day as YYYY-MM-DD, not "${expires}"`];
  }
  if (expires < today) {
    return [`${what}: it expired on ${expires}`];
  }
  return isUsed ? [] : [`${what}: nothing needs it any more: remove it`];
}

/** Before CKV_AWS_145 comes CKV_AWS_21, and after all of them CKV2_AWS_5. */
function inNumericOrder(one: string, other: string): number {
  const [first = "", second = ""] = [one, other].map((id) => id.replace(/^CKV_/, "CKV1_"));
  return first.localeCompare(second, "en", { numeric: true });
}

/** The comparison as a table, for people. */
export function renderComparison({ rows }: Comparison): string {
  const head = ["checkov", "rule", "as it is", "mutations noticed", "by us too", "verdict"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  rows.forEach((row) => {
    table.push([
      row.check,
      row.rules.join(", "),
      baseOf(row),
      row.fired,
      row.fired - row.narrower.length - row.missed.length,
      [row.verdict, ...row.narrower, ...row.missed].join("\n"),
    ]);
  });
  return table.toString();
}

function baseOf({ passed, accepted, suppressed, open }: Row): string {
  const counts = Object.entries({ passed, accepted, suppressed, open: open.length });
  const parts = counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
  return parts.length === 0 ? "not judged" : parts.join(", ");
}
