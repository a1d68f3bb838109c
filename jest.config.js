const { availableParallelism } = require("node:os");

/** Packages without a CommonJS form that tests load, with all they depend on. */
const esmPackages = [
  "execa",
  "@sec-ant/readable-stream",
  "@sindresorhus/merge-streams",
  "figures",
  "get-stream",
  "human-signals",
  "is-plain-obj",
  "is-stream",
  "is-unicode-supported",
  "npm-run-path",
  "parse-ms",
  "path-key",
  "pretty-ms",
  "strip-final-newline",
  "unicorn-magic",
  "yoctocolors",
];

const project = {
  testEnvironment: "node",
  transform: { "^.+\\.(t|j)s$": ["@swc/jest", { jsc: { target: "es2022" } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join("|")})/)`],
  // offers itself to "import" only
  moduleNameMapper: { "^unicorn-magic$": "<rootDir>/node_modules/unicorn-magic/node.js" },
  setupFilesAfterEnv: ["<rootDir>/test/support/setup.ts"],
  modulePathIgnorePatterns: ["<rootDir>/.basin", "<rootDir>/cdktf.out"],
};

/**
 * Unit tests run everywhere in seconds. Those in test/commands start the command line as a process of its own, those in
 * test/terraform run Terraform and the AWS provider for real, those in test/pipelines what runs in AWS, those in test/oracle
 * an outside scanner, and those in test/properties what holds of hundreds of platforms, which takes minutes.
 */
module.exports = {
  // most of what takes long waits for something: there are more workers than cores
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: "<rootDir>/test/support/longest-first.js",
  projects: [
    {
      ...project,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["commands", "oracle", "pipelines", "properties", "terraform"].map(
        (name) => `<rootDir>/test/${name}/`,
      ),
    },
    { ...project, displayName: "commands", testMatch: ["<rootDir>/test/commands/**/*.test.ts"] },
    { ...project, displayName: "pipelines", testMatch: ["<rootDir>/test/pipelines/**/*.test.ts"] },
    { ...project, displayName: "properties", testMatch: ["<rootDir>/test/properties/**/*.test.ts"] },
    { ...project, displayName: "oracle", testMatch: ["<rootDir>/test/oracle/**/*.test.ts"] },
    {
      ...project,
      displayName: "terraform",
      testMatch: ["<rootDir>/test/terraform/**/*.test.ts"],
      globalSetup: "<rootDir>/test/support/terraform-setup.ts",
    },
  ],
};
