import { LakeformationLfTag } from "@cdktf/provider-aws/lib/lakeformation-lf-tag";
import { LakeformationResourceLfTags } from "@cdktf/provider-aws/lib/lakeformation-resource-lf-tags";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { DataLakeSettings } from "./settings";

// https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_LFTag.html; a colon would split the provider's id
const KEY = /^[a-z0-9_./=+@%-]{1,128}$/;
const VALUE = /^[a-z0-9_./=+@%-]{1,255}$/;
const MAX_VALUES = 1000;

/** The most values of one key that an expression takes. Source: the same page, "a single API call supports 50 values". */
const MAX_VALUES_IN_EXPRESSION = 50;

/** A tag with one of its values, as a resource has it. */
export interface TagValue {
  readonly tag: LfTag;
  readonly value: string;
}

/** A tag with some of its values, one of which a resource must have. */
export interface TagCondition {
  readonly tag: LfTag;
  readonly values: readonly string[];
}

export interface LfTagProps {
  /** 1 to 128 lower-case letters, digits and _ . / = + @ % -: Lake Formation lower-cases all others. */
  readonly key: string;
  /** 1 to 1000, of the same characters. */
  readonly values: readonly string[];
  readonly settings: DataLakeSettings;
}

/** A tag of Lake Formation: what is tagged is granted by what it is, not by its name. */
export class LfTag extends Construct {
  readonly key: string;
  readonly resource: TerraformResource;
  private readonly values: readonly string[];

  constructor(scope: Construct, id: string, props: LfTagProps) {
    super(scope, id);
    const { key, values, settings } = props;
    if (!KEY.test(key)) {
      throw new Error(`key of an LF-Tag must match ${KEY}, got "${key}"`);
    }
    const wrong = values.find((value) => !VALUE.test(value));
    if (wrong !== undefined || values.length === 0 || values.length > MAX_VALUES) {
      throw new Error(
        wrong === undefined
          ? `LF-Tag "${key}" must have 1 to ${MAX_VALUES} values, got ${values.length}`
          : `values of LF-Tag "${key}" must match ${VALUE}, got "${wrong}"`,
      );
    }
    if (new Set(values).size < values.length) {
      throw new Error(`LF-Tag "${key}" has a value twice: ${values.join(", ")}`);
    }

    const tag = new LakeformationLfTag(this, "tag", { key, values: [...values] });
    after(tag, ...settings.ready);

    this.key = tag.key;
    this.values = values;
    this.resource = tag;
  }

  /**
   * The tag with one of its values.
   *
   * @throws if it has no such value
   */
  is(value: string): TagValue {
    return { tag: this, value: this.checked(value) };
  }

  /**
   * The condition that a resource has one of some values.
   *
   * @throws if there are none or more than 50, or the tag does not have one of them
   */
  isOneOf(values: readonly string[]): TagCondition {
    if (values.length === 0 || values.length > MAX_VALUES_IN_EXPRESSION) {
      throw new Error(`an expression takes 1 to ${MAX_VALUES_IN_EXPRESSION} values of a key, got ${values.length}`);
    }
    return { tag: this, values: values.map((value) => this.checked(value)) };
  }

  private checked(value: string): string {
    if (!this.values.includes(value)) {
      throw new Error(`LF-Tag "${this.node.id}" has the values ${this.values.join(", ")}, not "${value}"`);
    }
    return value;
  }
}

/** What tags are put on. */
export type TagTarget =
  | { readonly database: { readonly name: string } }
  | { readonly table: { readonly databaseName: string; readonly name: string } }
  | {
      readonly tableWithColumns: {
        readonly databaseName: string;
        readonly name: string;
        readonly columnNames: string[];
      };
    };

/**
 * Puts tags on something. A change replaces the assignment, and without it the resource has the tags of what it is in.
 *
 * @throws if a tag is given twice
 */
export function assignTags(
  scope: Construct,
  id: string,
  target: TagTarget,
  tags: readonly TagValue[],
  earlier: readonly TerraformResource[],
): TerraformResource {
  if (new Set(tags.map(({ tag }) => tag)).size < tags.length) {
    throw new Error(`${id}: a resource has one value of each LF-Tag`);
  }
  const assignment = new LakeformationResourceLfTags(scope, id, {
    ...target,
    lfTag: tags.map(({ tag, value }) => ({ key: tag.key, value })),
  });
  after(assignment, ...tags.map(({ tag }) => tag.resource), ...earlier);
  return assignment;
}
