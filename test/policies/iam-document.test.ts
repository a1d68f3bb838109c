import {
  conditionsOn,
  covers,
  matches,
  parsePolicy,
  PolicyError,
  speaksOf,
  type Statement,
} from "../../policies/iam-document";

function statement(raw: object): Statement {
  const [only] = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: raw })).statements;
  if (only === undefined) {
    throw new Error("no statement");
  }
  return only;
}

test("a document is read with single values as lists, and keys of conditions in lower case", () => {
  expect(
    parsePolicy(
      JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Sid: "One",
          Effect: "Deny",
          Principal: "*",
          NotAction: "s3:GetObject",
          Resource: ["a", "b"],
          Condition: {
            "ForAnyValue:StringNotLikeIfExists": { "aws:PrincipalARN": "x" },
            Bool: { "aws:SecureTransport": false },
          },
        },
      }),
    ),
  ).toEqual({
    version: "2012-10-17",
    statements: [
      {
        sid: "One",
        effect: "Deny",
        principals: { AWS: ["*"] },
        notPrincipals: undefined,
        actions: undefined,
        notActions: ["s3:GetObject"],
        resources: ["a", "b"],
        notResources: undefined,
        conditions: [
          {
            operator: "stringnotlike",
            quantifier: "foranyvalue",
            ifExists: true,
            key: "aws:principalarn",
            values: ["x"],
          },
          { operator: "bool", quantifier: undefined, ifExists: false, key: "aws:securetransport", values: ["false"] },
        ],
      },
    ],
  });
});

test.each([
  ["{", "is not JSON"],
  ["[]", "has the document that is no object"],
  ['{"Statement":["x"]}', "has a statement that is no object"],
  ['{"Statement":{"Principal":"x"}}', "has a principal that is no object"],
  ['{"Statement":{"Action":[{}]}}', "has Action that is no text"],
  ['{"Statement":{"Condition":{"Bool":"x"}}}', "has a condition that is no object"],
])("%s is no document", (json, message) => {
  expect(() => parsePolicy(json)).toThrow(new PolicyError(message));
});

test.each([
  ["s3:*", "s3:GetObject", true],
  ["s3:Get?bject", "s3:GetObject", true],
  ["s3:Get", "s3:GetObject", false],
  ["a.c", "abc", false],
  ["arn:aws:s3:::b/${x}*", "arn:aws:s3:::b/${x}/y", true],
])("the pattern %s matches %s: %p", (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test.each<[object, string, boolean]>([
  [{ Action: ["s3:get*"] }, "s3:GetObject", true],
  [{ Action: ["s3:Put*"] }, "s3:GetObject", false],
  [{ NotAction: ["s3:Put*"] }, "s3:GetObject", true],
  [{ NotAction: ["s3:Get*"] }, "s3:GetObject", false],
  [{}, "s3:GetObject", false],
])("%j speaks of %s: %p", (raw, action, expected) => {
  expect(speaksOf(statement(raw), action)).toBe(expected);
});

test.each<[object, boolean]>([
  [{ Resource: "arn:aws:s3:::a/*" }, true],
  [{ Resource: "arn:aws:s3:::b/*" }, false],
  [{ NotResource: "arn:aws:s3:::b/*" }, true],
  [{ NotResource: "arn:aws:s3:::a/*" }, false],
  [{}, true],
])("%j covers an object of the bucket a: %p", (raw, expected) => {
  expect(covers(statement(raw), "arn:aws:s3:::a/x")).toBe(expected);
});

test("conditions are found whatever the case of their key", () => {
  const found = conditionsOn(
    statement({ Condition: { Bool: { "AWS:securetransport": "false" } } }),
    "aws:SecureTransport",
  );

  expect(found.map(({ values }) => values)).toEqual([["false"]]);
});
