import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { REGIONS } from "../environments/regions";
import { Graph, type NotedSuppression, type Resource, type SynthesizedStack } from "./graph";
import type { Estate, Rule, RuleContext, Verdict } from "./rule";

export interface Finding extends Verdict {
  readonly rule: Rule;
  readonly environment: string;
  readonly stack: string;
  /** Address of the resource; the stack's name where the rule judges stacks. */
  readonly address: string;
  /** Path of the construct, as code knows it. */
  readonly path: string;
  /** The suppression that keeps it from counting. */
  readonly suppression?: NotedSuppression;
}

/** Something wrong with a suppression. */
export interface SuppressionProblem {
  readonly suppression: NotedSuppression;
  readonly environment: string;
  readonly text: string;
}

/** How often a rule was judged, and what came out, in one environment. */
export interface Control {
  readonly rule: Rule;
  readonly passed: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly unknown: number;
}

export interface Report {
  readonly environment: string;
  readonly findings: readonly Finding[];
  readonly suppressionProblems: readonly SuppressionProblem[];
  readonly controls: readonly Control[];
}

export interface CheckProps extends Estate {
  readonly platform: PlatformSettings;
  /**
   * The other environments in the same AWS account.
   *
   * @default - none
   */
  readonly neighbours?: readonly Estate[];
  readonly rules: readonly Rule[];
  /** Ids of all rules there are, those included that are not checked now. */
  readonly knownRules: readonly string[];
  /** Today, as YYYY-MM-DD. */
  readonly today: string;
}

/** An environment with all of its layered stacks. */
export function estateOf(environment: Environment, stacks: readonly SynthesizedStack[]): Estate {
  const { accountId, region } = environment;
  return { environment, graph: new Graph(stacks, { accountId, region, partition: REGIONS[region] ?? "aws" }) };
}

/** Judges the synthesized stacks of an environment by rules. */
export function check(props: CheckProps): Report {
  const { platform, environment, graph, neighbours = [], rules, today } = props;
  const { name } = environment;
  const context: RuleContext = { graph, environment, platform, neighbours, today };
  const used = new Set<string>();
  const judged = rules
    .filter(({ stages }) => stages === undefined || stages.includes(environment.stage))
    .map((rule) => {
      const subjects = subjectsOf(rule, context);
      const findings = subjects.flatMap(({ stack, resource, verdicts }) =>
        verdicts.map((verdict): Finding => {
          const suppression = resource && suppressionOf(resource, rule, today);
          if (suppression !== undefined) {
            used.add(keyOf(suppression));
          }
          return {
            ...verdict,
            rule,
            environment: name,
            stack,
            address: resource?.address ?? stack,
            path: resource?.path ?? stack,
            ...(suppression && { suppression }),
          };
        }),
      );
      return { findings, control: controlOf(rule, subjects.length, findings) };
    });
  return {
    environment: name,
    findings: judged.flatMap(({ findings }) => findings),
    suppressionProblems: suppressionProblems(graph, used, props),
    controls: judged.map(({ control }) => control),
  };
}

interface Subject {
  readonly stack: string;
  readonly resource?: Resource;
  readonly verdicts: readonly Verdict[];
}

function subjectsOf(rule: Rule, context: RuleContext): Subject[] {
  return "judgeStack" in rule
    ? context.graph.stacks.map((stack) => ({ stack: stack.name, verdicts: rule.judgeStack(stack, context) }))
    : (rule.types === "all" ? context.graph.resources : context.graph.ofType(...rule.types)).map((resource) => ({
        stack: resource.stack,
        resource,
        verdicts: rule.judge(resource, context),
      }));
}

function controlOf(rule: Rule, subjects: number, findings: readonly Finding[]): Control {
  const addresses = (isWanted: (finding: Finding) => boolean) =>
    new Set(findings.filter(isWanted).map(({ address }) => address));
  const failed = addresses(({ outcome, suppression }) => outcome === "failed" && suppression === undefined);
  const unknown = addresses(({ address, suppression }) => suppression === undefined && !failed.has(address));
  const suppressed = addresses(({ address }) => !failed.has(address) && !unknown.has(address));
  return {
    rule,
    passed: subjects - failed.size - unknown.size - suppressed.size,
    failed: failed.size,
    suppressed: suppressed.size,
    unknown: unknown.size,
  };
}

function suppressionOf({ suppressions }: Resource, rule: Rule, today: string): NotedSuppression | undefined {
  return suppressions.find((suppression) => suppression.rule === rule.id && suppression.expires >= today);
}

function keyOf({ scope, rule }: NotedSuppression): string {
  return `${scope} ${rule}`;
}

function suppressionProblems(
  graph: Graph,
  used: ReadonlySet<string>,
  { environment, rules, knownRules, today }: CheckProps,
): SuppressionProblem[] {
  const all = new Map(
    graph.resources.flatMap(({ suppressions }) => suppressions.map((suppression) => [keyOf(suppression), suppression])),
  );
  const checked = new Set(rules.map(({ id }) => id));
  return [...all].flatMap(([key, suppression]) => {
    const text = problemOf(suppression, { isUsed: used.has(key) || !checked.has(suppression.rule), knownRules, today });
    return text === undefined ? [] : [{ suppression, environment: environment.name, text }];
  });
}

function problemOf(
  { rule, reason, owner, expires }: NotedSuppression,
  { isUsed, knownRules, today }: { isUsed: boolean; knownRules: readonly string[]; today: string },
): string | undefined {
  if (!knownRules.includes(rule)) {
    return "there is no such rule";
  }
  if (reason.trim() === "" || owner.trim() === "") {
    return "it needs a reason and an owner";
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))) {
    return `its last day has to be a day as YYYY-MM-DD, not "${expires}"`;
  }
  if (expires < today) {
    return `it expired on ${expires}`;
  }
  return isUsed ? undefined : "nothing needs it any more: remove it";
}
