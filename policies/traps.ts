import type { Graph, Resource, StackJson, SynthesizedStack } from "./graph";
import { type Leaf, leavesIn, leavesOf } from "./leaves";
import { at, failedIf, type Rule, unknown, type Verdict } from "./rule";

const REMEDY_TOKENS =
  "use Fn and Op instead of arithmetic and string methods on what is known only at apply; Token.isUnresolved tells";

/** What cdktf and Terraform swallow in silence, until an apply does something else than what was meant. */
export const TRAP_RULES: readonly Rule[] = [
  {
    id: "TRAP-01",
    title: "No placeholder of cdktf's is left in a resource",
    severity: "critical",
    level: "error",
    types: "all",
    sources: ["https://developer.hashicorp.com/terraform/cdktf/concepts/tokens"],
    remedy: REMEDY_TOKENS,
    judge: ({ values }) => leavesIn(values).flatMap(leakVerdicts),
  },
  {
    id: "TRAP-02",
    title: "What a resource refers to is there: in its own stack, or among the outputs of one before it",
    severity: "critical",
    level: "error",
    types: "all",
    sources: [
      "https://developer.hashicorp.com/terraform/language/expressions/references",
      "https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on",
    ],
    remedy: "pass the construct itself, not its address; outside of an Aspect, which is too late for cdktf",
    judge: (resource, { graph }) => {
      const stack = stackOf(resource, graph);
      return stack === undefined
        ? []
        : [
            ...leavesIn(resource.values).flatMap((leaf) => referenceVerdicts(leaf, stack, graph)),
            ...orderVerdicts(resource, stack),
            ...providerVerdicts(resource, stack),
          ];
    },
  },
  {
    id: "TRAP-03",
    title: "A stack configures each provider once, or under names that differ",
    severity: "high",
    level: "error",
    sources: ["https://developer.hashicorp.com/terraform/language/providers/configuration"],
    remedy: "make the provider in stacks/environment-stack.ts alone; give a second one an alias",
    judgeStack: ({ json }) =>
      Object.entries(json.provider ?? {}).flatMap(([name, configurations]) => {
        const aliases = configurations.map(({ alias }) => (typeof alias === "string" ? alias : "no alias"));
        const twice = aliases.filter((alias, index) => aliases.indexOf(alias) !== index);
        return failedIf(twice.length > 0, `it configures ${name} twice with ${[...new Set(twice)].join(", ")}`);
      }),
  },
  {
    id: "TRAP-04",
    title: "No resource has a path of the machine that synthesized it",
    severity: "medium",
    level: "error",
    types: "all",
    sources: ["https://github.com/hashicorp/terraform-cdk/issues/3755"],
    remedy: "use modules/s3/artifact.ts or a TerraformAsset, which are copied beside the stack",
    judge: ({ values }) => leavesIn(values).flatMap(pathVerdicts),
  },
  {
    id: "TRAP-05",
    title: "No access key and no private key is written in a resource",
    severity: "critical",
    level: "error",
    types: "all",
    sources: [
      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
      "https://developer.hashicorp.com/terraform/language/manage-sensitive-data",
    ],
    remedy: "withdraw it, for the repository has it now; then have the service make it, or refer to where it is kept",
    judge: ({ values }) => leavesIn(values).flatMap(secretVerdicts),
  },
  {
    id: "TRAP-06",
    title: "Outputs, data sources and providers are free of these traps as well",
    severity: "high",
    level: "error",
    sources: [
      "https://developer.hashicorp.com/terraform/cdktf/concepts/tokens",
      "https://developer.hashicorp.com/terraform/language/expressions/references",
    ],
    remedy: REMEDY_TOKENS,
    judgeStack: ({ json, ...stack }, { graph }) => {
      const { data, output, provider, terraform } = json;
      const own = { json, ...stack };
      // a state on this machine is the affair of the rules on states
      return leavesOf({ data, output, provider, terraform }).flatMap((leaf) => [
        ...leakVerdicts(leaf),
        ...referenceVerdicts(leaf, own, graph),
        ...(isOfState(leaf) ? [] : pathVerdicts(leaf)),
        ...secretVerdicts(leaf),
      ]);
    },
  },
];

/** A failure at a leaf; most leaves have none, and no text is made for them. */
function failureAt({ path }: Leaf, text: string): Verdict[] {
  return failedIf(true, text, path.join("."));
}

/** "${TfToken[TOKEN.1]}" and the like; a number as a token is one that no setting ever has. */
const LEAKED = /TfToken\[|TOKEN\.\d|-?\d(?:\.\d+)?e\+[23]\d\d|\[object Object\]/;
const LARGEST = 1e200;

function leakVerdicts(leaf: Leaf): Verdict[] {
  const { value } = leaf;
  const isLeaked =
    typeof value === "number" ? Math.abs(value) > LARGEST : typeof value === "string" && LEAKED.test(value);
  return isLeaked ? failureAt(leaf, `"${excerpt(value)}" is a cdktf placeholder that was not resolved`) : [];
}

function excerpt(value: unknown): string {
  const text = String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** What is between ${ and }, braces within it aside; $${ is an escape. */
const EXPRESSION = /(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}/g;
/** A resource or a data source; in a list or map what follows the second point is left aside. */
const REFERENCE = /(?<![\w.-])(data\.)?((?:aws|terraform)_\w+)\.([A-Za-z_][\w-]*)(?:\.outputs(?:\.|\[")([\w-]+))?/g;
/** No expression of Terraform: a variable of IAM, "aws:username", or of a shell, "HOME". */
const NO_EXPRESSION = /^\s*(?!(?:true|false|null)\s*$)[A-Za-z_][\w-]*\s*(?:$|:(?!:))/;
const UPSTREAM = /^cross-stack-reference-input-(.+)$/;

function referenceVerdicts(leaf: Leaf, stack: SynthesizedStack, graph: Graph): Verdict[] {
  const { value } = leaf;
  if (typeof value !== "string" || !value.includes("${")) {
    return [];
  }
  return [...value.matchAll(EXPRESSION)].flatMap(([whole, expression = ""]) =>
    NO_EXPRESSION.test(expression)
      ? failureAt(leaf, `"${excerpt(whole)}" is no expression of Terraform; to stand for itself it begins with $\${`)
      : [...expression.matchAll(REFERENCE)].flatMap((match) => missingVerdicts(match, leaf, stack, graph)),
  );
}

function missingVerdicts(
  [found, data, type = "", id = "", output]: RegExpMatchArray | RegExpExecArray,
  leaf: Leaf,
  stack: SynthesizedStack,
  graph: Graph,
): Verdict[] {
  if (!isThere(stack.json, data !== undefined, type, id)) {
    return failureAt(leaf, `it refers to ${found}, which the stack does not have`);
  }
  const upstream = UPSTREAM.exec(id)?.[1];
  if (type !== "terraform_remote_state" || upstream === undefined || output === undefined) {
    return [];
  }
  const other = graph.stacks.find(({ name }) => name === upstream);
  if (other === undefined) {
    return unknown(`it refers to an output of ${upstream}, which is no stack of the environment`, leaf.path.join("."));
  }
  return other.json.output?.[output] === undefined
    ? failureAt(leaf, `it refers to ${output}, which is no output of ${upstream}`)
    : [];
}

function isThere(json: StackJson, isData: boolean, type: string, id: string): boolean {
  return (isData ? json.data : json.resource)?.[type]?.[id] !== undefined;
}

const ADDRESS = /^(data\.)?(\w+)\.([\w-]+)/;

/** What a resource is to be made after, or replaced with. */
function orderVerdicts({ values }: Resource, { json }: SynthesizedStack): Verdict[] {
  return [
    ["depends_on", values.depends_on],
    ["lifecycle.replace_triggered_by", at(values.lifecycle, "replace_triggered_by")],
  ].flatMap(([attribute, addresses]) =>
    (Array.isArray(addresses) ? (addresses as unknown[]) : []).flatMap((address) => {
      const [, data, type = "", id = ""] = ADDRESS.exec(String(address)) ?? [];
      return failedIf(
        type !== "" && type !== "module" && !isThere(json, data !== undefined, type, id),
        `it names ${String(address)}, which the stack does not have`,
        String(attribute),
      );
    }),
  );
}

function providerVerdicts({ values }: Resource, { json }: SynthesizedStack): Verdict[] {
  const { provider } = values;
  if (typeof provider !== "string") {
    return [];
  }
  const [name = "", alias] = provider.split(".");
  const isConfigured = (json.provider?.[name] ?? []).some((configuration) => configuration.alias === alias);
  return failedIf(!isConfigured, `the stack configures no provider ${provider}`, "provider");
}

function stackOf({ stack }: Resource, graph: Graph): SynthesizedStack | undefined {
  return graph.stacks.find(({ name }) => name === stack);
}

/** Attributes that name a file of the machine Terraform runs on. */
const FILES: readonly string[] = ["filename", "output_path", "source", "source_dir", "source_file"];
const ROOTED = /^(?:\/|[A-Za-z]:[\\/])/;
/** A function of Terraform that reads one: file("/home/..."). */
const FILE_CALL = /\$\{[^{}]*\b(?:file\w*|templatefile)\(\\?"(?:\/|[A-Za-z]:)/;
/** Where people and pipelines have their checkouts; the users of images are those of machines in AWS. */
const HOME =
  /^(?:\/home\/(?!(?:airflow|ec2-user|glue_user|hadoop|ssm-user)(?:\/|$))[\w.-]+\/|\/Users\/[\w.-]+\/|\/root\/|\/var\/folders\/|\/private\/(?:tmp|var)\/|[A-Za-z]:\\)/;

function pathVerdicts(leaf: Leaf): Verdict[] {
  const { path, value, isKey } = leaf;
  if (typeof value !== "string") {
    return [];
  }
  const isFile = (!isKey && FILES.includes(path.at(-1) ?? "") && ROOTED.test(value)) || FILE_CALL.test(value);
  const verdicts = isFile || HOME.test(value) ? failureAt(leaf, `"${excerpt(value)}" is a path of one machine`) : [];
  return isFile ? verdicts : verdicts.map((verdict) => ({ ...verdict, level: "warning" }));
}

function isOfState({ path }: Leaf): boolean {
  return path[0] === "terraform" || (path[0] === "data" && path[1] === "terraform_remote_state");
}

/** Ids of access keys, of users and of sessions; private keys as PEM has them. */
const SECRET = /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

function secretVerdicts(leaf: Leaf): Verdict[] {
  const { value } = leaf;
  const isSecret = typeof value === "string" && SECRET.test(value);
  // what it is stays out of the report
  return isSecret ? failureAt(leaf, "it holds an access key or a private key") : [];
}
