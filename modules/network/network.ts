import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { after } from "../after";
import type { LogBucket } from "../s3/log-bucket";
import { InternetAccess, type NatSettings } from "./internet-access";
import { zoneLetter } from "./zone-letter";

export interface NetworkProps {
  /** IPv4 block of the VPC (/16 to /28). */
  readonly cidr: string;
  /** Zones to spread over: each list of subnets has one block for each, in this order. */
  readonly availabilityZones: readonly string[];
  /** Blocks of the isolated subnets for everything that handles data. */
  readonly dataSubnets: readonly string[];
  readonly nat: NatSettings;
  /** Receives the flow logs. */
  readonly logBucket: LogBucket;
  /** Value of the tag Name of the VPC, the beginning of those of its parts. */
  readonly name: string;
}

/** A VPC with isolated subnets for data and, where NAT is configured, private ones that reach the internet. */
export class Network extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  /** One a zone, without a route out of the VPC. */
  readonly dataSubnetIds: readonly string[];
  /** One a zone, behind NAT; empty without NAT. */
  readonly egressSubnetIds: readonly string[];
  /** What makes the private subnets usable: whatever needs the network while it is made comes after it. */
  readonly ready: readonly TerraformResource[];
  /** Of every private subnet: gateway endpoints have to be in all of them. */
  readonly privateRouteTableIds: readonly string[];

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { cidr, availabilityZones, dataSubnets, nat, logBucket, name } = props;

    const vpc = new Vpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    // without blocks Terraform removes the rules AWS put there: nothing may rely on the default group
    new DefaultSecurityGroup(this, "default-security-group", { vpcId: vpc.id, tags: { Name: `${name}-unused` } });
    const flowLog = new FlowLog(this, "flow-log", {
      vpcId: vpc.id,
      trafficType: "ALL",
      logDestinationType: "s3",
      logDestination: logBucket.flowLogDestination,
      destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: false, perHourPartition: true },
      tags: { Name: name },
    });
    after(flowLog, logBucket.policy);

    const routeTable = new RouteTable(this, "data-routes", { vpcId: vpc.id, tags: { Name: `${name}-data` } });
    const subnets = availabilityZones.map((zone, index) => {
      const subnet = new Subnet(this, `data-${zoneLetter(zone)}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: dataSubnets[index],
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-data-${zoneLetter(zone)}` },
      });
      const association = new RouteTableAssociation(this, `data-${zoneLetter(zone)}-routes`, {
        subnetId: subnet.id,
        routeTableId: routeTable.id,
      });
      return { subnet, association };
    });
    const internet =
      nat.kind === "none"
        ? undefined
        : new InternetAccess(this, "internet", { vpcId: vpc.id, availabilityZones, nat, name });

    this.vpcId = vpc.id;
    this.cidr = cidr;
    this.dataSubnetIds = subnets.map(({ subnet }) => subnet.id);
    this.egressSubnetIds = internet?.egressSubnetIds ?? [];
    this.ready = [...subnets.map(({ association }) => association), ...(internet?.ready ?? [])];
    this.privateRouteTableIds = [routeTable.id, ...(internet?.egressRouteTableIds ?? [])];
  }
}
