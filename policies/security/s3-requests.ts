import { conditionsOn, covers, speaksOf, type Statement } from "../iam-document";
import type { Graph, Resource } from "../graph";
import { at, failedIf, type Rule, type RuleContext, type Verdict } from "../rule";
import { type KnownRequest, refusalOf } from "../aws/requests";
import { keyOf } from "../aws/keys";
import { textOf } from "../aws/values";
import { judgePolicy, policyOf } from "./policies";
import { settingOf } from "./s3";

/** Conditions on where a call comes from, those aside of which WIRE-S3-07 judges whom they hit. */
const NETWORK = ["aws:sourceip", "aws:vpcsourceip"];

const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_ALGORITHM = "s3:x-amz-server-side-encryption-customer-algorithm";

/** Which calls bucket policies refuse, as AWS would judge them. */
export const S3_REQUEST_RULES: readonly Rule[] = [
  {
    id: "LAKE-S3-09",
    title: "No bucket policy keeps everybody from changing it",
    severity: "high",
    level: "warning",
    types: ["aws_s3_bucket"],
    external: { checkov: ["CKV_AWS_93"] },
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html"],
    remedy: "deny object actions alone, or leave out roles by aws:PrincipalArn; else only the root user gets in again",
    judge: (bucket, { graph }) =>
      judgeOwnPolicy(bucket, graph, (statements) =>
        statements.flatMap((statement) =>
          failedIf(
            locksOut(statement, graph.arnOf(bucket)),
            `${statement.sid ?? "a statement"} of its policy denies s3:PutBucketPolicy to everybody`,
          ),
        ),
      ),
  },
  {
    id: "LAKE-S3-12",
    title: "Every bucket with a key of ours refuses uploads with another one, and takes those with its own",
    severity: "medium",
    level: "warning",
    stages: ["staging", "production"],
    types: ["aws_s3_bucket"],
    sources: [
      "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
      "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
    ],
    remedy: "make the bucket with modules/s3/bucket.ts, whose policy does",
    judge: (bucket, { graph, environment }) => {
      const own = ownEncryption(bucket, graph);
      if (own === undefined) {
        return [];
      }
      return judgeOwnPolicy(bucket, graph, (statements) => {
        const isRefused = refuses(bucket, statements, { graph, environment });
        const upload = (algorithm?: string, key?: string, customerAlgorithm?: string) =>
          isRefused("s3:PutObject", { [ALGORITHM]: algorithm, [KEY]: key, [CUSTOMER_ALGORITHM]: customerAlgorithm });
        return [
          ...failedIf(!upload("AES256"), "its policy does not refuse uploads with S3's own key"),
          ...failedIf(!upload("aws:kms"), "its policy does not refuse uploads with the account's key of S3"),
          ...failedIf(!upload("aws:kms", "another"), "its policy does not refuse uploads with another key"),
          ...failedIf(
            !upload(undefined, undefined, "AES256"),
            "its policy does not refuse uploads with a key of the caller's",
          ),
          ...failedIf(upload(own.algorithm, own.key), "its policy refuses uploads with the key it is encrypted with"),
        ];
      });
    },
  },
  {
    id: "LAKE-S3-15",
    title:
      "In production objects of the lake are for callers from our endpoints, AWS services and the platform's roles",
    severity: "high",
    level: "error",
    stages: ["production"],
    types: ["aws_s3_bucket"],
    sources: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html"],
    remedy: "make the bucket with modules/s3/bucket.ts and give it the endpoint of S3",
    judge: (bucket, { graph, environment }) => {
      if (!/-lake-[a-z]+-\d{12}$/.test(nameOf(bucket.values.bucket, graph) ?? "")) {
        return [];
      }
      return judgeOwnPolicy(bucket, graph, (statements) => {
        const isRefused = refuses(bucket, statements, { graph, environment });
        const open = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"].filter(
          (action) => !ELSEWHERE.every((facts) => isRefused(action, facts)),
        );
        return failedIf(open.length > 0, `its policy lets others through from any network: ${open.join(", ")}`);
      });
    },
  },
];

/** Calls by a person or program, from the internet and from somebody's VPC. */
const ELSEWHERE: readonly KnownRequest["facts"][] = [
  { "aws:sourcevpce": undefined, "aws:sourcevpc": undefined },
  { "aws:sourcevpce": "vpce-elsewhere", "aws:sourcevpc": "vpc-elsewhere" },
].map((network) => ({ ...network, "aws:principalisawsservice": "false", "aws:viaawsservice": "false" }));

/** The statements of a bucket's policy. What AWS makes up, the id of a key for example, has a name of its own in them. */
export function readableStatements(bucket: Resource, graph: Graph): readonly Statement[] {
  return policyOf(nameOf(settingOf("aws_s3_bucket_policy", bucket, graph)?.values.policy, graph));
}

/** Judges a bucket's policy, where it is written out. */
function judgeOwnPolicy(
  bucket: Resource,
  graph: Graph,
  judge: (statements: readonly Statement[]) => readonly Verdict[],
): readonly Verdict[] {
  const { policy } = settingOf("aws_s3_bucket_policy", bucket, graph)?.values ?? {};
  return judgePolicy(policy, () => judge(readableStatements(bucket, graph)));
}

function nameOf(value: unknown, graph: Graph): string | undefined {
  return textOf(value, graph)?.replaceAll("${", "{");
}

/** Whether a bucket's policy refuses a call on its objects, by a role that is none of the platform's. */
function refuses(
  bucket: Resource,
  statements: readonly Statement[],
  { graph, environment }: Pick<RuleContext, "graph" | "environment">,
) {
  const stranger = `arn:aws:iam::${environment.accountId}:role/stranger`;
  return (action: string, facts: KnownRequest["facts"]): boolean =>
    refusalOf(statements, {
      principal: { kind: "AWS", name: stranger },
      action,
      resource: `${graph.arnOf(bucket)}/any/object`,
      facts: { ...facts, "aws:principalarn": stranger },
    }) !== undefined;
}

/** What a bucket is encrypted with, where that is a key of ours. */
function ownEncryption(bucket: Resource, graph: Graph): { algorithm: string; key: string } | undefined {
  const setting = settingOf("aws_s3_bucket_server_side_encryption_configuration", bucket, graph);
  const byDefault = at(setting?.values, "rule", "apply_server_side_encryption_by_default");
  const { kms_master_key_id: key, sse_algorithm: algorithm } = (byDefault ?? {}) as Record<string, unknown>;
  const own = keyOf(key, graph);
  const name = nameOf(graph.reference(key)?.resource === own ? key : `\${${own?.address ?? ""}.arn}`, graph);
  return own === undefined || name === undefined ? undefined : { algorithm: String(algorithm), key: name };
}

/** Whether nobody can mend the policy any more, or nobody who is elsewhere than it says. */
function locksOut(statement: Statement, bucketArn: string): boolean {
  const ofNetwork = NETWORK.flatMap((key) => conditionsOn(statement, key));
  return (
    statement.effect === "Deny" &&
    statement.principals?.AWS?.includes("*") === true &&
    speaksOf(statement, "s3:PutBucketPolicy") &&
    covers(statement, bucketArn) &&
    statement.conditions.length === ofNetwork.length
  );
}
