import { z } from "zod";
import { limited } from "../validation/limited";

export const platformSchema = z.strictObject({
  /** First part of every physical name, bucket names included, which are unique in all of AWS. */
  name: limited(
    z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      .min(2)
      .max(20),
    {
      limit: "2 to 20 lower-case letters, digits and single hyphens, beginning with a letter",
      remedy: 'choose a short name such as "basin"; it stands in every bucket name, where 63 characters are the limit',
    },
  ),
  /** Attempts of the provider at one AWS call before it gives up, with exponential backoff (provider argument max_retries). */
  providerMaxRetries: limited(z.int().min(1).max(100), {
    limit: "a whole number from 1 to 100",
    remedy: "use 25, the provider's own default",
  }),
  /** Terraform versions that may plan and apply: native state locking (use_lockfile) needs 1.11. */
  terraformVersion: limited(z.string().regex(/^~> 1\.(1[1-9]|[2-9]\d|[1-9]\d{2,})$/), {
    limit:
      'a pessimistic constraint of the form "~> 1.N" with N of 11 or more, so that neither a version without state locking nor a new major version applies by accident',
    remedy: 'use "~> 1.11"',
  }),
});

export type PlatformSettings = z.infer<typeof platformSchema>;

/** What is the same in every environment. */
export const platform: PlatformSettings = {
  name: "basin",
  providerMaxRetries: 25,
  terraformVersion: "~> 1.11",
};
