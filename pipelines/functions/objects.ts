import { GetObjectCommand, type GetObjectCommandInput, S3Client, S3ServiceException } from "@aws-sdk/client-s3";

/** How long an object may take to arrive in all, in milliseconds: objects read here are small, and records wait. */
const PATIENCE_MILLISECONDS = 5000;

// buckets are no host names of an endpoint that somebody sets, such as an emulator
const isElsewhere = process.env.AWS_ENDPOINT_URL_S3 !== undefined || process.env.AWS_ENDPOINT_URL !== undefined;

const client = new S3Client({
  forcePathStyle: isElsewhere,
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, socketTimeout: 3000 },
});

export interface StoredText {
  readonly text: string;
  readonly etag: string | undefined;
}

/** Reads an object. Undefined where it is still the one with the ETag that was asked for. */
export async function readObject(
  input: Pick<GetObjectCommandInput, "Bucket" | "Key" | "VersionId" | "IfNoneMatch">,
): Promise<StoredText | undefined> {
  const abortSignal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  try {
    const { Body, ETag } = await client.send(new GetObjectCommand(input), { abortSignal });
    return { text: (await Body?.transformToString("utf-8")) ?? "", etag: ETag };
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304) {
      return undefined;
    }
    throw error;
  }
}
