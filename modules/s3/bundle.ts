import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { after } from "../after";
import type { Bucket } from "./bucket";

export interface BundleProps {
  /** Keeps versions: what runs one goes on with it until it is given the next. */
  readonly bucket: Bucket;
  /** Name of the file within the bucket, folders included. */
  readonly key: string;
  /** Where the file is on the machine that deploys, from the folder of the stack. It need not be there for a plan. */
  readonly file: string;
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
}

/**
 * A zip with code, as it was built and locked.
 *
 * Its key stays the same when its content changes, for Terraform would delete every version of a file whose key changes.
 * Who runs it is given the version.
 */
export class Bundle extends Construct {
  readonly bucketName: string;
  readonly key: string;
  /** SHA-256 of the file as Lambda tells it: in Base64. */
  readonly sha256Base64: string;
  private readonly object: S3Object;

  constructor(scope: Construct, id: string, props: BundleProps) {
    super(scope, id);
    const { bucket, key, file, sha256 } = props;

    this.object = new S3Object(this, "object", {
      bucket: bucket.bucketName,
      key,
      source: file,
      sourceHash: sha256,
      contentType: "application/zip",
      // an object takes 10 tags, and an environment may have more
      overrideProvider: { defaultTags: { tags: {} } },
    });
    after(this.object, ...bucket.ready);

    this.bucketName = this.object.bucket;
    this.key = this.object.key;
    this.sha256Base64 = Buffer.from(sha256, "hex").toString("base64");
  }

  /** The version with this content. Known after apply. */
  get versionId(): string {
    return this.object.versionId;
  }
}
