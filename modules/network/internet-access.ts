import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import { zoneLetter } from "./zone-letter";

const ANYWHERE = "0.0.0.0/0";

export type NatSettings =
  | { readonly kind: "none" }
  | {
      /** One gateway for all zones, or one in each, so that the failure of a zone stays in it. */
      readonly kind: "single" | "per-zone";
      /** Blocks of the gateways' subnets, one a zone. */
      readonly publicSubnets: readonly string[];
      /** Blocks of the private subnets that may reach the internet, one a zone. */
      readonly egressSubnets: readonly string[];
    };

export interface InternetAccessProps {
  readonly vpcId: string;
  readonly availabilityZones: readonly string[];
  readonly nat: Exclude<NatSettings, { kind: "none" }>;
  readonly name: string;
}

/** The way out of a VPC: NAT gateways, and private subnets whose traffic leaves through them. Nothing comes in. */
export class InternetAccess extends Construct {
  readonly egressSubnetIds: readonly string[];
  readonly egressRouteTableIds: readonly string[];
  /** What leads the private subnets' traffic out: whatever needs the internet while it is made comes after it. */
  readonly ready: readonly TerraformResource[];
  private readonly props: InternetAccessProps;

  constructor(scope: Construct, id: string, props: InternetAccessProps) {
    super(scope, id);
    this.props = props;
    const { availabilityZones, nat } = props;

    const gateways = this.natGateways(nat.kind === "single" ? availabilityZones.slice(0, 1) : availabilityZones);
    const egress = availabilityZones.map((zone, index) => {
      const { subnet, routeTable, association } = this.subnet("egress", zone, nat.egressSubnets[index]);
      const gateway = gateways[index] ?? gateways[0];
      const route = new Route(this, `egress-${zoneLetter(zone)}-default`, {
        routeTableId: routeTable.id,
        destinationCidrBlock: ANYWHERE,
        natGatewayId: gateway?.id,
      });
      return { subnet, routeTable, ready: [route, association] };
    });

    this.egressSubnetIds = egress.map(({ subnet }) => subnet.id);
    this.egressRouteTableIds = egress.map(({ routeTable }) => routeTable.id);
    this.ready = egress.flatMap(({ ready }) => ready);
  }

  private natGateways(zones: readonly string[]): NatGateway[] {
    const { vpcId, name, nat } = this.props;
    const internetGateway = new InternetGateway(this, "internet-gateway", { vpcId, tags: { Name: name } });
    return zones.map((zone, index) => {
      const letter = zoneLetter(zone);
      const { subnet, routeTable, association } = this.subnet("public", zone, nat.publicSubnets[index]);
      const route = new Route(this, `public-${letter}-default`, {
        routeTableId: routeTable.id,
        destinationCidrBlock: ANYWHERE,
        gatewayId: internetGateway.id,
      });
      const address = new Eip(this, `nat-${letter}-address`, {
        domain: "vpc",
        tags: { Name: `${name}-nat-${letter}` },
      });
      const gateway = new NatGateway(this, `nat-${letter}`, {
        subnetId: subnet.id,
        allocationId: address.id,
        tags: { Name: `${name}-${letter}` },
      });
      after(address, internetGateway);
      after(gateway, route, association);
      return gateway;
    });
  }

  private subnet(tier: "egress" | "public", zone: string, cidrBlock: string | undefined) {
    const { vpcId, name } = this.props;
    const id = `${tier}-${zoneLetter(zone)}`;
    const tags = { Name: `${name}-${id}` };
    const subnet = new Subnet(this, id, {
      vpcId,
      availabilityZone: zone,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      tags,
    });
    const routeTable = new RouteTable(this, `${id}-routes`, { vpcId, tags });
    const association = new RouteTableAssociation(this, `${id}-association`, {
      subnetId: subnet.id,
      routeTableId: routeTable.id,
    });
    return { subnet, routeTable, association };
  }
}
