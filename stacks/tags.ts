import { Aspects, TerraformResource } from "cdktf";
import type { Construct, IConstruct } from "constructs";

type Tags = Readonly<Record<string, string>>;

/** A resource that takes tags: the provider's classes have both properties then. */
interface Taggable extends IConstruct {
  tags: Tags;
  readonly tagsInput?: Tags;
}

/** Puts tags on everything in a construct that takes tags; a resource's own tags of the same keys win. */
export function tagAll(scope: Construct, tags: Tags): void {
  Aspects.of(scope).add({
    visit: (node) => {
      if (isTaggable(node)) {
        node.tags = { ...tags, ...node.tagsInput };
      }
    },
  });
}

function isTaggable(node: IConstruct): node is Taggable {
  return node instanceof TerraformResource && "tags" in node && "tagsInput" in node;
}
