import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { App, TerraformStack, Testing } from "cdktf";
import { after } from "../../modules/after";
import { resource, synth } from "../support/synth";

const topic = (stack: TerraformStack, id: string) => new SnsTopic(stack, id, { name: id });

function twoStacks() {
  const app = new App({ skipValidation: true });
  return { upstream: new TerraformStack(app, "upstream"), downstream: new TerraformStack(app, "downstream") };
}

test("within a stack, a resource depends on the earlier ones, in the order given", () => {
  const json = synth((stack) => {
    after(topic(stack, "last"), topic(stack, "second"), topic(stack, "first"));
  });

  expect(resource(json, "aws_sns_topic", "last").depends_on).toEqual(["aws_sns_topic.second", "aws_sns_topic.first"]);
});

test("only the later resource waits", () => {
  const json = synth((stack) => {
    after(topic(stack, "last"), topic(stack, "first"));
  });

  expect(Object.keys(resource(json, "aws_sns_topic", "first"))).toEqual(["name"]);
});

test("what a resource depends on already stays", () => {
  const json = synth((stack) => {
    const first = topic(stack, "first");
    const last = new SnsTopic(stack, "last", { name: "last", dependsOn: [first] });
    after(last, topic(stack, "second"));
    after(last, topic(stack, "third"));
  });

  expect(resource(json, "aws_sns_topic", "last").depends_on).toEqual([
    "aws_sns_topic.first",
    "aws_sns_topic.second",
    "aws_sns_topic.third",
  ]);
});

test("the same order asked for again changes nothing", () => {
  const json = synth((stack) => {
    const [first, second, last] = [topic(stack, "first"), topic(stack, "second"), topic(stack, "last")];
    after(last, first, first);
    after(last, second, first);
  });

  expect(resource(json, "aws_sns_topic", "last").depends_on).toEqual(["aws_sns_topic.first", "aws_sns_topic.second"]);
});

test("without earlier resources nothing is added", () => {
  const json = synth((stack) => {
    after(topic(stack, "last"));
  });

  expect(Object.keys(resource(json, "aws_sns_topic", "last"))).toEqual(["name"]);
});

test("across stacks, the stack waits for the other and the resource names nothing foreign", () => {
  const { upstream, downstream } = twoStacks();

  after(topic(downstream, "last"), topic(upstream, "first"));

  expect(downstream.dependsOn(upstream)).toBe(true);
  expect(upstream.dependsOn(downstream)).toBe(false);
  expect(Testing.synth(downstream)).not.toContain("depends_on");
  expect(Testing.synth(upstream)).not.toContain("depends_on");
});

test("earlier resources of both kinds are each ordered in their own way", () => {
  const { upstream, downstream } = twoStacks();

  after(topic(downstream, "last"), topic(upstream, "foreign"), topic(downstream, "own"));

  expect(downstream.dependsOn(upstream)).toBe(true);
  expect(resource(Testing.synth(downstream), "aws_sns_topic", "last").depends_on).toEqual(["aws_sns_topic.own"]);
});

test("within a stack, no stack waits for another", () => {
  const { upstream, downstream } = twoStacks();

  after(topic(downstream, "last"), topic(downstream, "first"));

  expect(downstream.dependsOn(upstream)).toBe(false);
});

test("stacks that would wait for each other are refused", () => {
  const { upstream, downstream } = twoStacks();
  after(topic(downstream, "last"), topic(upstream, "first"));

  expect(() => {
    after(topic(upstream, "other"), topic(downstream, "another"));
  }).toThrow(/upstream.*downstream|downstream.*upstream/);
});
