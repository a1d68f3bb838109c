import { createHash } from "node:crypto";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import { escapeTemplates } from "../escape-templates";
import type { Bucket } from "./bucket";

export interface ArtifactProps {
  /** Keeps versions: what was started with one goes on with it. */
  readonly bucket: Bucket;
  /** Name of the file within the bucket, folders included. */
  readonly key: string;
  /** The file itself, as text. */
  readonly content: string;
  /** For example "application/json". */
  readonly contentType: string;
  /**
   * What has to be done before the content changes.
   *
   * @default - nothing but that the bucket is ready
   */
  readonly after?: readonly TerraformResource[];
}

/**
 * A text file in a bucket that code reads at run time.
 *
 * Its key stays the same when its content changes, for Terraform would delete every version of a file whose key changes.
 * Who has to stay with one content is given the version.
 */
export class Artifact extends Construct {
  /** SHA-256 of the content in hexadecimal. Known at synth. */
  readonly hash: string;
  readonly resource: TerraformResource;
  private readonly object: S3Object;

  constructor(scope: Construct, id: string, props: ArtifactProps) {
    super(scope, id);
    const { bucket, key, content, contentType, after: earlier = [] } = props;

    this.object = new S3Object(this, "object", {
      bucket: bucket.bucketName,
      key,
      content: escapeTemplates(content),
      contentType,
      // an object takes 10 tags, and an environment may have more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
      overrideProvider: { defaultTags: { tags: {} } },
    });
    after(this.object, ...bucket.ready, ...earlier);
    this.resource = this.object;

    this.hash = createHash("sha256").update(content).digest("hex");
  }

  /** The version with this content. Known after apply. */
  get versionId(): string {
    // asked for when it is needed: cdktf keeps every reference it has ever made, and a dataset may have many files
    return this.object.versionId;
  }
}
