import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { type Endpoints, HTTPS } from "./endpoints";
import type { Network } from "./network";

export interface EgressRule {
  /** Why it is needed: up to 255 ASCII characters. */
  readonly description: string;
  /** Who may be reached: an IPv4 block. */
  readonly cidr: string;
  /** The one TCP port, 1 to 65535. */
  readonly port: number;
}

export interface WorkloadSecurityGroupProps {
  readonly network: Network;
  readonly endpoints: Endpoints;
  readonly securityGroupName: string;
  /** What workloads may connect to beyond AWS services. */
  readonly egressRules: readonly EgressRule[];
}

/** The group of whatever handles data in the network: it accepts nothing and reaches endpoints and configured targets. */
export class WorkloadSecurityGroup extends Construct {
  readonly securityGroupId: string;
  /** The ways out: whatever needs them while it is made comes after them. */
  readonly ready: readonly TerraformResource[];

  constructor(scope: Construct, id: string, props: WorkloadSecurityGroupProps) {
    super(scope, id);
    const { network, endpoints, securityGroupName, egressRules } = props;

    const group = new SecurityGroup(this, "security-group", {
      name: securityGroupName,
      description: "Workloads that handle data: no way in, listed ways out",
      vpcId: network.vpcId,
      tags: { Name: securityGroupName },
    });
    const allow = (ruleId: string, description: string, port: number, target: Target) =>
      new VpcSecurityGroupEgressRule(this, ruleId, {
        securityGroupId: group.id,
        description,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        ...target,
      });
    this.ready = [
      allow("endpoints", "AWS services through interface endpoints", HTTPS, {
        referencedSecurityGroupId: endpoints.securityGroupId,
      }),
      allow("s3", "S3 through its gateway endpoint", HTTPS, { prefixListId: endpoints.gatewayPrefixListIds.s3 }),
      allow("dynamodb", "DynamoDB through its gateway endpoint", HTTPS, {
        prefixListId: endpoints.gatewayPrefixListIds.dynamodb,
      }),
      // blocks and ports as ids: a rule keeps its address when others come and go
      ...egressRules.map(({ description, cidr, port }) =>
        allow(`to-${cidr.replaceAll(/[./]/g, "-")}-${port}`, description, port, { cidrIpv4: cidr }),
      ),
    ];

    this.securityGroupId = group.id;
  }
}

type Target = { referencedSecurityGroupId: string } | { prefixListId: string } | { cidrIpv4: string };
