import { at, failedIf, judgeKnown, type Rule } from "../rule";
import { judgeOurKey } from "./keys";

const TYPES = ["aws_athena_workgroup"];
const REFERENCE = "https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html";

/** The least that Athena lets a query be limited to, in bytes. Source: API_WorkGroupConfiguration. */
const LEAST_CUTOFF = 10_485_760;

/** Whether queries are measured, limited and encrypted, whatever clients ask for. */
export const ATHENA_RULES: readonly Rule[] = [
  {
    id: "LAKE-ATH-01",
    title: "Workgroups do not let clients overrule their settings",
    severity: "high",
    level: "error",
    types: TYPES,
    external: { checkov: ["CKV_AWS_82"], trivy: ["AVD-AWS-0007"] },
    sources: ["https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html"],
    remedy: "leave enforce_workgroup_configuration out, or true",
    judge: ({ values }) =>
      // the provider enforces where nothing is said
      judgeKnown(at(values.configuration, "enforce_workgroup_configuration") ?? true, "enforcement", (isEnforced) =>
        failedIf(
          isEnforced !== true,
          "clients choose where results go, and whether they are encrypted",
          "configuration.enforce_workgroup_configuration",
        ),
      ),
  },
  {
    id: "LAKE-ATH-02",
    title: "Results are encrypted with a key of ours, and belong to our account",
    severity: "high",
    level: "error",
    types: TYPES,
    external: { checkov: ["CKV_AWS_159"], trivy: ["AVD-AWS-0006"], securityHub: ["Athena.1"] },
    sources: [
      "https://docs.aws.amazon.com/athena/latest/ug/encrypting-query-results-stored-in-s3.html",
      "https://docs.aws.amazon.com/athena/latest/APIReference/API_ResultConfiguration.html",
    ],
    remedy: "encrypt by SSE_KMS with a key of the foundation, and name the account as expected_bucket_owner",
    judge: ({ values }, { graph, environment }) => {
      const results = at(values.configuration, "result_configuration");
      const encryption = at(results, "encryption_configuration");
      const path = "configuration.result_configuration";
      return [
        ...judgeKnown(at(encryption, "encryption_option"), "encryption_option", (option) =>
          failedIf(
            option !== "SSE_KMS",
            "its results are not encrypted by S3 with KMS",
            `${path}.encryption_configuration`,
          ),
        ),
        ...judgeOurKey(
          at(encryption, "kms_key_arn"),
          graph,
          "its results are encrypted with no key of ours",
          `${path}.encryption_configuration.kms_key_arn`,
        ),
        ...judgeKnown(at(results, "expected_bucket_owner"), "expected_bucket_owner", (owner) =>
          failedIf(
            owner !== environment.accountId,
            "its results may go to a bucket of another account",
            `${path}.expected_bucket_owner`,
          ),
        ),
      ];
    },
  },
  {
    id: "LAKE-ATH-03",
    title: "Queries are measured, and end when they read too much",
    severity: "medium",
    level: "error",
    types: TYPES,
    external: { securityHub: ["Athena.4"] },
    sources: [
      REFERENCE,
      "https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html",
    ],
    remedy: "leave metrics on, and set bytes_scanned_cutoff_per_query within athena.scanLimitBytes of the environment",
    judge: ({ values }, { environment }) => {
      const limit = at(environment, "athena", "scanLimitBytes");
      const most = typeof limit === "number" ? limit : Infinity;
      const { configuration } = values;
      return [
        // the provider publishes them where nothing is said
        ...judgeKnown(at(configuration, "publish_cloudwatch_metrics_enabled") ?? true, "metrics", (isOn) =>
          failedIf(
            isOn !== true,
            "nobody can see what its queries read",
            "configuration.publish_cloudwatch_metrics_enabled",
          ),
        ),
        ...judgeKnown(at(configuration, "bytes_scanned_cutoff_per_query"), "the cutoff", (cutoff) =>
          failedIf(
            typeof cutoff !== "number" || cutoff < LEAST_CUTOFF || cutoff > most,
            cutoff === undefined
              ? "its queries read without end"
              : `its queries end at ${JSON.stringify(cutoff)} bytes, and not between ${LEAST_CUTOFF} and ${most}`,
            "configuration.bytes_scanned_cutoff_per_query",
          ),
        ),
      ];
    },
  },
];
