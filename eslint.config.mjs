import tseslint from "typescript-eslint";

/** The provider's root loads every resource: 3 to 12 times the CPU and a gigabyte. */
const providerRoot = {
  regex: "^@cdktf/provider-aws(/lib)?(/index)?$",
  message: "Import one resource: @cdktf/provider-aws/lib/<resource>.",
};

const ban = (selector, message) => ({ selector, message });

/** Holds in all code. */
const everywhere = [
  ban(
    `LogicalExpression[operator="||"] > :matches(Literal, TemplateLiteral, ArrayExpression, ObjectExpression, NewExpression).right`,
    "Write defaults with = or ??: || also replaces 0, false and the empty string.",
  ),
  ban(`AssignmentExpression[operator="||="]`, "Write ??=: ||= also replaces 0, false and the empty string."),
  ban(
    `NewExpression[callee.name=/Provider$/] Property[key.name="endpoints"]`,
    "No endpoints in a provider: they triple a plan. Set AWS_ENDPOINT_URL.",
  ),
  ban(
    `CallExpression[callee.property.name="addOverride"] > Literal[value=/^provider\\..*endpoints/]`,
    "No endpoints in a provider: they triple a plan. Set AWS_ENDPOINT_URL.",
  ),
];

const environmentName = `:matches(${[
  'MemberExpression[property.name="name"][object.name=/^env(ironment)?$/]',
  'MemberExpression[property.name="name"][object.property.name=/^env(ironment)?$/]',
  'Identifier[name="environmentName"]',
].join(", ")})`;

/** Holds where infrastructure is described: what an environment gets is decided by its fields, never by what it is called. */
const inTheHouse = [
  ban(
    `BinaryExpression[operator=/^[!=]==?$/] ${environmentName}`,
    "Do not compare an environment's name: give the schema a field that says what differs.",
  ),
  ban(
    `SwitchStatement > ${environmentName}.discriminant`,
    "Do not switch on an environment's name: give the schema a field.",
  ),
  ban(
    `MemberExpression[computed=true] > ${environmentName}.property`,
    "Do not look things up by an environment's name: give the schema a field.",
  ),
  ban(
    `CallExpression[callee.property.name=/^(includes|startsWith|endsWith|match|test|localeCompare)$/] > ${environmentName}`,
    "Do not compare an environment's name: give the schema a field that says what differs.",
  ),
  ban(
    `CallExpression > MemberExpression.callee[property.name=/^(includes|startsWith|endsWith|match|localeCompare)$/] > ${environmentName}.object`,
    "Do not compare an environment's name: give the schema a field that says what differs.",
  ),
];

/** Holds below main.ts and cli/: a synth depends on the configuration alone. */
const pure = [
  ban(`MemberExpression[object.name="process"][property.name="env"]`, "Read process.env in main.ts or cli/ only."),
  ban(`VariableDeclarator[init.name="process"] Property[key.name="env"]`, "Read process.env in main.ts or cli/ only."),
  ban(`NewExpression[callee.name="Date"][arguments.length=0]`, "No clock in a synth: pass the time as a value."),
  ban(
    `CallExpression[callee.object.name="Date"][callee.property.name="now"]`,
    "No clock in a synth: pass the time as a value.",
  ),
  ban(`CallExpression[callee.object.name="Math"][callee.property.name="random"]`, "No randomness in a synth."),
];

/** A depends_on between stacks names a resource that does not exist there. */
const order = [
  ban(`Property[key.name="dependsOn"]`, "Order resources with after(): depends_on does not reach another stack."),
  ban(
    `AssignmentExpression > MemberExpression.left[property.name="dependsOn"]`,
    "Order resources with after(): depends_on does not reach another stack.",
  ),
  ban(
    `CallExpression[callee.property.name="addDependency"]`,
    "Order resources with after(), which knows their stacks.",
  ),
];

/** Folders in the order in which imports may run; each names those it must not reach. */
const directions = {
  validation: ["cli", "domains", "environments", "main", "modules", "pipelines", "policies", "stacks", "test"],
  modules: ["cli", "domains", "environments", "main", "stacks", "pipelines", "test", "validation"],
  stacks: ["cli", "main", "policies", "test"],
  environments: ["cli", "domains", "main", "modules", "pipelines", "policies", "stacks", "test"],
  domains: ["cli", "main", "modules", "pipelines", "policies", "stacks", "test"],
  policies: ["cli", "domains", "main", "modules", "pipelines", "stacks", "test"],
  "pipelines/functions": ["cli", "environments", "main", "modules", "policies", "stacks"],
};

const inputOutput = {
  group: [
    "node:process",
    "process",
    "fs",
    "node:fs",
    "fs/*",
    "node:fs/*",
    "child_process",
    "node:child_process",
    "node:http*",
    "node:os",
  ],
  message: "A synth reads nothing but the configuration: pass what is needed as a value.",
};

function restrictedImports(folder) {
  const direction = {
    regex: `^(\\./)?(\\.\\./)+(${directions[folder].join("|")})(/|$)`,
    message:
      "Imports run one way: main.ts, cli/ -> stacks/ -> modules/; environments/ and domains/ are data, checked by validation/.",
  };
  // modules may be told about a suppressed rule, and know nothing else of the rules
  const rules = { regex: "^(\\.\\./)+policies/(?!suppress$)", message: "Modules know policies/suppress.ts only." };
  const patterns = [providerRoot, direction, ...(folder === "modules" ? [rules] : [])];
  return ["error", { patterns: folder.startsWith("pipelines") ? patterns : [...patterns, inputOutput] }];
}

export default tseslint.config(
  { ignores: ["node_modules", "cdktf.out", ".basin"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-imports": ["error", { patterns: [providerRoot] }],
      "no-restricted-syntax": ["error", ...everywhere],
    },
  },
  {
    files: ["cli/**/*.ts", "main.ts"],
    rules: { "no-restricted-syntax": ["error", ...everywhere, ...inTheHouse] },
  },
  ...Object.keys(directions).map((folder) => ({
    files: [`${folder}/**/*.ts`],
    ignores: ["modules/after.ts"],
    rules: {
      "no-restricted-imports": restrictedImports(folder),
      // functions run inside AWS, where environment variables and the clock are their input
      "no-restricted-syntax": [
        "error",
        ...everywhere,
        ...(folder.startsWith("pipelines") ? [] : [...inTheHouse, ...pure, ...order]),
      ],
    },
  })),
  {
    files: ["modules/after.ts"],
    rules: {
      "no-restricted-imports": restrictedImports("modules"),
      "no-restricted-syntax": ["error", ...everywhere, ...inTheHouse, ...pure],
    },
  },
);
