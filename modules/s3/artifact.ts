import { createHash } from "node:crypto";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { after } from "../after";
import type { Bucket } from "./bucket";

export interface ArtifactProps {
  readonly bucket: Bucket;
  /** Folder within the bucket, without slashes at its ends. */
  readonly folder: string;
  /** The file itself, as text. */
  readonly content: string;
  /** Ending of its name, without the dot, for example "json". */
  readonly extension: string;
  /** For example "application/json". */
  readonly contentType: string;
}

/**
 * A text file in a bucket whose name is made of its content, so that what was started with one version goes on with it.
 */
export class Artifact extends Construct {
  /** Where the file is, as an S3 URI. */
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ArtifactProps) {
    super(scope, id);
    const { bucket, folder, content, extension, contentType } = props;
    const hash = createHash("sha256").update(content).digest("hex");
    const key = `${folder}/${hash.slice(0, 16)}.${extension}`;

    const object = new S3Object(this, "object", {
      bucket: bucket.bucketName,
      key,
      content: escapeTemplates(content),
      contentType,
      // an object takes 10 tags, and an environment may have more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
      overrideProvider: { defaultTags: { tags: {} } },
    });
    after(object, ...bucket.ready);

    this.uri = `s3://${bucket.bucketName}/${key}`;
  }
}

/** Terraform evaluates ${ and %{ in every string of its JSON. */
function escapeTemplates(text: string): string {
  return text.replaceAll(/([$%])\{/g, "$1$1{");
}
