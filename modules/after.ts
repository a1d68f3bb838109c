import { dependable, type TerraformResource, TerraformStack } from "cdktf";

/** What cdktf writes for each resource: it makes a new token at every call, which hides that two are equal. */
const references = new WeakMap<TerraformResource, string>();

/**
 * Orders `resource` behind `earlier` where no reference does it: by depends_on within a stack, by a stack dependency
 * between stacks, where a depends_on would name a resource that does not exist.
 */
export function after(resource: TerraformResource, ...earlier: readonly TerraformResource[]): void {
  for (const other of earlier) {
    const stack = TerraformStack.of(resource);
    const otherStack = TerraformStack.of(other);
    if (stack === otherStack) {
      const reference = references.get(other) ?? dependable(other);
      references.set(other, reference);
      resource.dependsOn = [...new Set([...(resource.dependsOn ?? []), reference])];
    } else {
      stack.addDependency(otherStack);
    }
  }
}
