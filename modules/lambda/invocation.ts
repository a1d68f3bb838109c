import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { LambdaFunction } from "./function";

export interface InvocationProps {
  readonly function: LambdaFunction;
  /** What the function is given, as JSON. */
  readonly input: unknown;
  /** When any of it changes, the function is called again. */
  readonly triggers: Readonly<Record<string, string>>;
  /** What has to be there when it is called. */
  readonly after: readonly TerraformResource[];
}

/**
 * A call of a function while Terraform applies. An error of the function fails the apply, and the next one calls again.
 *
 * It is replaced to be called again, never updated: the provider keeps what an update was given although the call failed,
 * so that the next plan would see nothing to do.
 *
 * Source: terraform-provider-aws 5.100.0, internal/service/lambda/invocation.go.
 */
export class Invocation extends Construct {
  /** What needs the outcome of the call comes after it. */
  readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, props: InvocationProps) {
    super(scope, id);
    const { function: called, input, triggers, after: earlier } = props;

    this.resource = new LambdaInvocation(this, "invocation", {
      functionName: called.functionName,
      input: JSON.stringify(input),
      triggers: { ...triggers },
    });
    after(this.resource, called.resource, ...earlier);
  }
}
