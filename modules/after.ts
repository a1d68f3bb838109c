import { dependable, type TerraformResource, TerraformStack } from "cdktf";

/**
 * Orders `resource` behind `earlier` where no reference does it: by depends_on within a stack, by a stack dependency
 * between stacks, where a depends_on would name a resource that does not exist.
 */
export function after(resource: TerraformResource, ...earlier: readonly TerraformResource[]): void {
  for (const other of earlier) {
    const stack = TerraformStack.of(resource);
    const otherStack = TerraformStack.of(other);
    if (stack === otherStack) {
      resource.dependsOn = [...new Set([...(resource.dependsOn ?? []), dependable(other)])];
    } else {
      stack.addDependency(otherStack);
    }
  }
}
