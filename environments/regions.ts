const COMMERCIAL = [
  "af-south-1",
  "ap-east-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

const GOV_CLOUD = ["us-gov-east-1", "us-gov-west-1"];

/**
 * The regions Basin deploys to, with the partition their ARNs begin with.
 *
 * They are those that both the AWS provider 5.100.0 and the S3 backend of Terraform 1.11 accept (tried). The China and
 * the isolated partitions are left out: there, endpoints and service principals have other names.
 */
export const REGIONS: Readonly<Record<string, string>> = Object.fromEntries([
  ...COMMERCIAL.map((region) => [region, "aws"]),
  ...GOV_CLOUD.map((region) => [region, "aws-us-gov"]),
]) as Record<string, string>;
