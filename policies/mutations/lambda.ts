import { added, type Edit, find, inOrder, type Mutation, set } from "./mutation";

const FUNCTION = ["aws_lambda_function", "table-migrator"] as const;

/** Gives the function variables, under the key of the data that it works on. */
export const withVariables = (variables: Readonly<Record<string, string>>): Edit => {
  return (stacks) => {
    const { policy } = find(stacks, "aws_iam_role_policy", "table-migrator").values;
    const { Statement: statements } = JSON.parse(policy as string) as {
      Statement: { Sid: string; Resource: string[] }[];
    };
    const [key] = statements.find(({ Sid }) => Sid === "UseKeyData")?.Resource ?? [];
    Object.assign(find(stacks, ...FUNCTION).values, { environment: { variables }, kms_key_arn: key });
  };
};

/** A rule that has the function called, with its leave. */
const calledByEvents: Edit = (stacks) => {
  const { address } = find(stacks, ...FUNCTION);
  const arn = `\${${address}.arn}`;
  added("prod-processing", "aws_cloudwatch_event_target", "daily", { rule: "daily", arn })(stacks);
  added("prod-processing", "aws_lambda_permission", "daily", {
    function_name: arn,
    action: "lambda:InvokeFunction",
    principal: "events.amazonaws.com",
    source_arn: "arn:aws:events:eu-west-1:333333333333:rule/daily",
  })(stacks);
  set(...FUNCTION, "reserved_concurrent_executions", 1)(stacks);
};

const permission = (values: object): Edit =>
  added("prod-processing", "aws_lambda_permission", "other", {
    function_name: "basin-prod-table-migrator",
    action: "lambda:InvokeFunction",
    ...values,
  });

const OTHER = "aws_lambda_permission.other";

/** Each weakens a function of production, and says which rule notices. */
export const LAMBDA_MUTATIONS: readonly Mutation[] = [
  {
    rule: "LAKE-LAM-01",
    what: "a runtime that has ended",
    edit: set(...FUNCTION, "runtime", "python3.8"),
    found: FUNCTION,
  },
  { rule: "LAKE-LAM-02", what: "events of which failures are lost", edit: calledByEvents, found: FUNCTION },
  {
    rule: "LAKE-LAM-03",
    what: "a function in one zone",
    edit: (stacks) => {
      const { vpc_config: network } = find(stacks, ...FUNCTION).values;
      const [block = {}] = [network].flat() as { subnet_ids?: unknown[] }[];
      block.subnet_ids = block.subnet_ids?.slice(0, 1) ?? [];
    },
    found: FUNCTION,
  },
  {
    rule: "LAKE-LAM-04",
    what: "variables under a key of AWS",
    edit: inOrder(withVariables({ MODE: "strict" }), set(...FUNCTION, "kms_key_arn", undefined)),
    found: FUNCTION,
  },
  {
    rule: "LAKE-LAM-04",
    what: "a key of AWS in a variable",
    edit: withVariables({ UPSTREAM: ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/") }),
    found: FUNCTION,
  },
  {
    rule: "LAKE-LAM-05",
    what: "a function that everybody may call",
    edit: permission({ principal: "*" }),
    found: OTHER,
  },
  {
    rule: "LAKE-LAM-05",
    what: "a function that a service may call for whomever",
    edit: permission({ principal: "events.amazonaws.com" }),
    found: OTHER,
  },
  {
    rule: "LAKE-LAM-06",
    what: "a function that is not traced",
    edit: set(...FUNCTION, "tracing_config", { mode: "PassThrough" }),
    found: FUNCTION,
  },
  {
    rule: "LAKE-LAM-06",
    what: "a function that events call without bound",
    edit: inOrder(
      calledByEvents,
      set(...FUNCTION, "reserved_concurrent_executions", undefined),
      added("prod-processing", "aws_lambda_function_event_invoke_config", "failures", {
        function_name: "basin-prod-table-migrator",
        destination_config: { on_failure: { destination: "arn:aws:sqs:eu-west-1:333333333333:failures" } },
      }),
    ),
    found: FUNCTION,
  },
];
