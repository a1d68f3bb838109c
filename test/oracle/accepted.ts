import type { Suppression } from "../../policies/suppress";

/** Why checkov and our rules may differ, who decided so, and until when. */
export type Acceptance = Omit<Suppression, "rule">;

/** A finding of checkov in an environment that is right as it is. */
export interface AcceptedFinding extends Acceptance {
  /** Id of checkov's check. */
  readonly check: string;
  /** Addresses of the resources it is accepted for. */
  readonly addresses: RegExp;
}

/** One that is expired or not needed fails the comparison. */
export const ACCEPTED: readonly AcceptedFinding[] = [
  {
    check: "CKV_AWS_94",
    addresses: /^aws_glue_data_catalog_encryption_settings\.lake_catalog-encryption_/,
    reason:
      "The catalog is encrypted with our key in the mode SSE-KMS-WITH-SERVICE-ROLE, which checkov does not know; LAKE-GLUE-01 judges it.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_145",
    addresses: /^aws_s3_bucket\.foundation_log-bucket_/,
    reason: "S3 delivers server access logs only to buckets that are encrypted with its own keys.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_144",
    addresses: /^aws_s3_bucket\./,
    reason:
      "An environment and its data stay in one region; versions and object lock guard against loss, not copies elsewhere.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV2_AWS_62",
    addresses: /^aws_s3_bucket\./,
    reason: "Notifications serve what processes objects and guard nothing; a bucket that nobody listens to needs none.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  ...["CKV_AWS_286", "CKV_AWS_287", "CKV_AWS_288", "CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355"].map((check) => ({
    check,
    addresses: /^aws_iam_policy\.bootstrap_boundary_/,
    reason: "A permissions boundary allows nothing: it ends what the policies of a role may allow.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  })),
  {
    check: "CKV_AWS_355",
    addresses: /^aws_iam_policy\.bootstrap_read-configuration_/,
    reason: "Describing networks, and what else has no name before it is made, AWS allows on everything alone.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_61",
    addresses: /^aws_iam_role\.bootstrap_break-glass_/,
    reason: "People of the account assume it, with a second factor that is an hour old at most.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_290",
    addresses: /^aws_iam_role_policy\.(processing_table-migrator|domain-\w+_(transform|consumer-\w+)_)/,
    reason:
      "Lambda connects functions by network interfaces that have no name before they are made, and traces have none at all; " +
      "the code itself is denied the former.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_338",
    addresses: /^aws_cloudwatch_log_group\.(processing|domain-\w+)_/,
    reason: "Outside of production nobody asks months later what a function or a delivery has done.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_116",
    addresses: /^aws_lambda_function\.processing_table-migrator_/,
    reason:
      "Terraform calls it and waits: what fails is the deployment's failure, and nothing is called without an answer.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_116",
    addresses: /^aws_lambda_function\.domain-\w+_(transform|consumer-[\w-]+)_/,
    reason:
      "What it fails at is kept by who calls it: Firehose writes it to where failures go, an event source mapping to the dead letters.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_115",
    addresses: /^aws_lambda_function\.domain-\w+_(transform|consumer-[\w-]+)_/,
    reason: "The shards of its stream bound it; who declares a consumer may reserve less, or more.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_115",
    addresses: /^aws_lambda_function\.processing_table-migrator_/,
    reason: "Terraform calls it once for each dataset; no event does, so that nothing can make it run without bound.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
  {
    check: "CKV_AWS_272",
    addresses: /^aws_lambda_function\./,
    reason:
      "Its code is built from this repository and named by version and hash; who deploys would sign it themselves.",
    owner: "data-platform@example.com",
    expires: "2027-11-30",
  },
];
