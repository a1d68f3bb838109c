/** Where resources live. ARNs and policies are composed from it, because no data source may ask AWS during a plan. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  /** First part of every ARN, for example "aws" or "aws-us-gov". */
  readonly partition: string;
}
