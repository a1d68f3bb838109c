import type { Environment } from "../../../environments/schema";
import { environments } from "../../fixtures/environments";
import { type Case, casesOf, type Resources } from "../../support/cases";

const KEYS: Resources = { aws_kms_key: { k: {} } };
const ENCRYPTED = { encryption_option: "SSE_KMS", kms_key_arn: "${aws_kms_key.k.arn}" };
const RESULTS = { encryption_configuration: ENCRYPTED, expected_bucket_owner: "333333333333" };
const LIMITED = { bytes_scanned_cutoff_per_query: 1_000_000_000 };

const workgroup = (configuration: object = {}): Resources => ({
  ...KEYS,
  aws_athena_workgroup: { w: { name: "analysts", configuration } },
});
const resulting = (results: object): Resources => workgroup({ result_configuration: { ...RESULTS, ...results } });

const limitedTo = (scanLimitBytes: number): { readonly environment: Partial<Environment> } => ({
  environment: { ...environments.prod, athena: { scanLimitBytes } },
});

/** Workgroups of Athena. */
export const ATHENA_CASES: readonly Case[] = [
  ...casesOf("LAKE-ATH-01", [
    { what: "nothing said", resources: workgroup(), outcome: "passed" },
    { what: "no configuration", resources: { aws_athena_workgroup: { w: { name: "w" } } }, outcome: "passed" },
    { what: "enforced", resources: workgroup({ enforce_workgroup_configuration: true }), outcome: "passed" },
    { what: "left to clients", resources: workgroup({ enforce_workgroup_configuration: false }), outcome: "failed" },
    {
      what: "what an apply says",
      resources: workgroup({ enforce_workgroup_configuration: "${var.enforce}" }),
      outcome: "unknown",
    },
  ]),
  ...casesOf("LAKE-ATH-02", [
    { what: "our key, in our account", resources: resulting({}), outcome: "passed" },
    {
      what: "every block a list",
      resources: {
        ...KEYS,
        aws_athena_workgroup: {
          w: { configuration: [{ result_configuration: [{ ...RESULTS, encryption_configuration: [ENCRYPTED] }] }] },
        },
      },
      outcome: "passed",
    },
    { what: "no configuration", resources: workgroup(), outcome: "failed" },
    {
      what: "keys of S3",
      resources: resulting({ encryption_configuration: { encryption_option: "SSE_S3" } }),
      outcome: "failed",
    },
    {
      what: "encryption by clients",
      resources: resulting({ encryption_configuration: { ...ENCRYPTED, encryption_option: "CSE_KMS" } }),
      outcome: "failed",
    },
    {
      what: "a key of AWS",
      resources: resulting({ encryption_configuration: { ...ENCRYPTED, kms_key_arn: "alias/aws/s3" } }),
      outcome: "failed",
    },
    {
      what: "a key that is looked up",
      resources: resulting({ encryption_configuration: { ...ENCRYPTED, kms_key_arn: "${data.aws_kms_key.k.arn}" } }),
      outcome: "unknown",
    },
    { what: "anybody's bucket", resources: resulting({ expected_bucket_owner: undefined }), outcome: "failed" },
    {
      what: "a bucket of another account",
      resources: resulting({ expected_bucket_owner: "444444444444" }),
      outcome: "failed",
    },
  ]),
  ...casesOf("LAKE-ATH-03", [
    { what: "a limit, and metrics by default", resources: workgroup(LIMITED), outcome: "passed" },
    {
      what: "no metrics",
      resources: workgroup({ ...LIMITED, publish_cloudwatch_metrics_enabled: false }),
      outcome: "failed",
    },
    { what: "no limit", resources: workgroup(), outcome: "failed" },
    {
      what: "a limit below what Athena takes",
      resources: workgroup({ bytes_scanned_cutoff_per_query: 10_485_759 }),
      outcome: "failed",
    },
    {
      what: "the least limit",
      resources: workgroup({ bytes_scanned_cutoff_per_query: 10_485_760 }),
      ...limitedTo(10_485_760),
      outcome: "passed",
    },
    {
      what: "a limit above that of the environment",
      resources: workgroup(LIMITED),
      ...limitedTo(999_999_999),
      outcome: "failed",
    },
    {
      what: "a limit that an apply says",
      resources: workgroup({ bytes_scanned_cutoff_per_query: "${var.limit}" }),
      outcome: "unknown",
    },
  ]),
];
