import { readContract, type StreamContract } from "./contract";
import { variable } from "./environment";
import { readObject } from "./objects";

/** Reads the version of the contract that the function was deployed with, whichever is the newest by now. */
export async function loadContract(): Promise<StreamContract> {
  const [Bucket, Key] = [variable("CONTRACT_BUCKET"), variable("CONTRACT_KEY")];
  const found = await readObject({ Bucket, Key, VersionId: variable("CONTRACT_VERSION") });
  if (found === undefined) {
    throw new Error(`the contract s3://${Bucket}/${Key} was not sent`);
  }
  return readContract(found.text);
}
