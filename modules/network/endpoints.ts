import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Account } from "../account";
import { policyJson, type Statement } from "../iam/policy";
import type { Network } from "./network";

export const HTTPS = 443;

/** Services whose gateway endpoints are free, so every network has them. */
type GatewayService = "s3" | "dynamodb";

export interface EndpointsProps {
  readonly network: Network;
  readonly account: Account;
  /** Services to reach through interface endpoints, by the suffix of the endpoint's service name. */
  readonly interfaceServices: readonly string[];
  readonly securityGroupName: string;
  readonly name: string;
}

/** Private ways to AWS services. They serve principals of our account only. */
export class Endpoints extends Construct {
  /** Accepts HTTPS from the whole VPC. */
  readonly securityGroupId: string;
  readonly s3EndpointId: string;
  /** Every endpoint and the rule that lets clients in: whatever calls AWS while it is made comes after them. */
  readonly ready: readonly TerraformResource[];
  /** Address ranges behind the gateway endpoints: security groups have to let traffic out to them. */
  readonly gatewayPrefixListIds: Readonly<Record<GatewayService, string>>;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { network, account, interfaceServices, securityGroupName, name } = props;

    const gateway = (service: GatewayService, statements: readonly Statement[]) =>
      new VpcEndpoint(this, service, {
        vpcId: network.vpcId,
        serviceName: serviceName(account, service),
        vpcEndpointType: "Gateway",
        routeTableIds: [...network.privateRouteTableIds],
        policy: policyJson(statements),
        tags: { Name: `${name}-${service}` },
      });
    const s3 = gateway("s3", s3Statements(account));
    const dynamodb = gateway("dynamodb", [ownPrincipalsOwnResources(account)]);

    const group = new SecurityGroup(this, "security-group", {
      name: securityGroupName,
      description: "Interface endpoints: HTTPS from inside the VPC",
      vpcId: network.vpcId,
      tags: { Name: securityGroupName },
    });
    const ingress = new VpcSecurityGroupIngressRule(this, "https", {
      securityGroupId: group.id,
      description: "HTTPS from inside the VPC",
      cidrIpv4: network.cidr,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
    });
    const interfaces = interfaceServices.map(
      (service) =>
        new VpcEndpoint(this, service.replaceAll(".", "-"), {
          vpcId: network.vpcId,
          serviceName: serviceName(account, service),
          vpcEndpointType: "Interface",
          subnetIds: [...network.dataSubnetIds],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy: policyJson([ownPrincipals(account)]),
          tags: { Name: `${name}-${service}` },
        }),
    );

    this.securityGroupId = group.id;
    this.s3EndpointId = s3.id;
    this.ready = [s3, dynamodb, ingress, ...interfaces];
    this.gatewayPrefixListIds = { s3: s3.prefixListId, dynamodb: dynamodb.prefixListId };
  }
}

function serviceName({ region }: Account, service: string): string {
  return `com.amazonaws.${region}.${service}`;
}

function ownPrincipals({ accountId }: Account): Statement {
  return {
    Sid: "AllowOwnPrincipals",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
  };
}

/** Data can be carried to resources of our account only, even with permissions for somebody else's. */
function ownPrincipalsOwnResources({ accountId }: Account): Statement {
  return {
    Sid: "AllowOwnPrincipalsOwnResources",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } },
  };
}

/** Writing stays in our account; reading reaches further, because AWS keeps images and libraries in buckets of its own. */
function s3Statements(account: Account): Statement[] {
  const read = { Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"] } as const;
  return [
    ownPrincipalsOwnResources(account),
    {
      ...read,
      Sid: "AllowOwnPrincipalsReading",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": account.accountId } },
    },
    // ECR signs these requests itself: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    {
      ...read,
      Sid: "AllowImageLayers",
      Action: "s3:GetObject",
      Resource: `arn:${account.partition}:s3:::prod-${account.region}-starport-layer-bucket/*`,
    },
  ];
}
