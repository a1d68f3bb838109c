import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import type { Statement } from "./policy";

const HOST = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

export interface GithubOidcProviderProps {
  /** "owner/name", as GitHub writes it in tokens: IAM tells upper from lower case. */
  readonly repository: string;
}

/**
 * Lets jobs of GitHub Actions assume roles without keys that stay. It exists once an account.
 *
 * It has no thumbprints: AWS verifies GitHub by its own list of certificate authorities.
 * Source: IAM API Reference, UpdateOpenIDConnectProviderThumbprint.
 */
export class GithubOidcProvider extends Construct {
  readonly providerArn: string;
  private readonly repository: string;

  constructor(scope: Construct, id: string, props: GithubOidcProviderProps) {
    super(scope, id);
    const { repository } = props;

    const provider = new IamOpenidConnectProvider(this, "provider", {
      url: `https://${HOST}`,
      clientIdList: [AUDIENCE],
    });

    this.providerArn = provider.arn;
    this.repository = repository;
  }

  /**
   * Trusts jobs of the repository, for roles.
   *
   * @param subjects what follows the repository in a token's subject, for example "environment:prod" or "pull_request"
   */
  trust(subjects: readonly string[]): Statement {
    return {
      Sid: "TrustRepository",
      Effect: "Allow",
      Principal: { Federated: this.providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${HOST}:aud`]: AUDIENCE,
          [`${HOST}:sub`]: subjects.map((subject) => `repo:${this.repository}:${subject}`),
        },
      },
    };
  }
}
