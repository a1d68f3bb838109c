import { TerraformOutput, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { SENSITIVITIES, TABLE_ZONES, type TableZone } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { Workgroup } from "../../modules/athena/workgroup";
import { CatalogEncryption } from "../../modules/glue/catalog-encryption";
import { CatalogPolicy } from "../../modules/glue/catalog-policy";
import { policyJson } from "../../modules/iam/policy";
import { everythingInCatalog, readingStatements } from "../../modules/lakeformation/consumer";
import { LfTag } from "../../modules/lakeformation/lf-tag";
import { Location } from "../../modules/lakeformation/location";
import { DataLakeSettings } from "../../modules/lakeformation/settings";
import { Bucket, type BucketProps } from "../../modules/s3/bucket";
import { denyForeignNetworks } from "../../modules/s3/bucket-statements";
import { consumerPolicyOutput, queryingConsumers } from "../access/consumers";
import { type LakeTags, ZONE_VALUES } from "../access/lake-tags";
import { accountOf } from "../account-of";
import { bootstrapNames } from "../bootstrap/names";
import { catalogArns, namePrefix, namingContext, physicalName } from "../naming";
import type { Foundation } from "./foundation";

/** Stages data passes through: files as they arrive, tables as received, cleaned, and offered to consumers. */
export type Zone = "landing" | TableZone;

export interface LakeProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
}

/**
 * Where data lives, and who decides about it: a bucket for each zone, those for artefacts and query results, the encrypted Data
 * Catalog, Lake Formation, and the workgroups of those who query.
 */
export class Lake extends Construct {
  readonly zones: Readonly<Record<Zone, Bucket>>;
  /** Code that jobs, functions and workflows run. */
  readonly artifacts: Bucket;
  readonly queryResults: Bucket;
  readonly catalogEncryption: CatalogEncryption;
  readonly catalogPolicy: CatalogPolicy;
  readonly settings: DataLakeSettings;
  readonly locations: Readonly<Record<TableZone, Location>>;
  readonly tags: LakeTags;
  /** What has to be there before the first database. */
  readonly governed: readonly TerraformResource[];
  private readonly props: LakeProps;

  constructor(scope: Construct, id: string, props: LakeProps) {
    super(scope, id);
    this.props = props;
    const { platform, environment, foundation } = props;
    const { lake } = environment;

    this.zones = {
      landing: this.zone("landing", { ageRules: lake.landing, objectLock: objectLock(lake.landing.objectLock) }),
      raw: this.zone("raw"),
      curated: this.zone("curated"),
      published: this.zone("published"),
    };
    this.artifacts = this.bucket("artifacts", "artifacts");
    this.queryResults = this.bucket("query-results", "query-results", {
      ageRules: { transitions: [], expirationDays: lake.queryResultsExpirationDays },
    });
    this.catalogEncryption = new CatalogEncryption(this, "catalog-encryption", {
      encryptionKey: foundation.keys.catalog,
      account: accountOf(environment),
      roleName: physicalName(namingContext(platform, environment), "role", "catalog-encryption"),
      permissionsBoundaryArn: bootstrapNames(platform, environment).boundaryArn,
    });
    const { apply, "break-glass": breakGlass } = bootstrapNames(platform, environment).roleArns;
    this.catalogPolicy = new CatalogPolicy(this, "catalog-policy", {
      account: accountOf(environment),
      ...(environment.destroyProtection && {
        kept: {
          resources: catalogArns(namingContext(platform, environment), accountOf(environment)),
          except: [apply, breakGlass],
        },
      }),
    });
    this.settings = this.govern();
    const location = (zone: TableZone) => this.location(zone);
    this.locations = { raw: location("raw"), curated: location("curated"), published: location("published") };
    this.tags = this.addTags();
    this.governed = [...this.settings.ready, ...this.letDeploy()];
    this.addConsumers();
  }

  private govern(): DataLakeSettings {
    const { platform, environment } = this.props;
    const { apply, "break-glass": breakGlass, drift, plan } = bootstrapNames(platform, environment).roleArns;
    return new DataLakeSettings(this, "lake-formation", {
      admins: [apply, breakGlass],
      // without it Lake Formation shows them nothing, and a plan would make everything again
      readOnlyAdmins: [drift, plan],
    });
  }

  private location(zone: TableZone): Location {
    const { platform, environment } = this.props;
    return new Location(this, `${zone}-location`, {
      bucket: this.zones[zone],
      roleName: physicalName(namingContext(platform, environment), "role", `lake-${zone}`),
      account: accountOf(environment),
      permissionsBoundaryArn: bootstrapNames(platform, environment).boundaryArn,
      hybridAccess: environment.lake.hybridAccess.kind !== "none",
      settings: this.settings,
    });
  }

  private addTags(): LakeTags {
    const { settings } = this;
    return {
      zone: new LfTag(this, "zone", { key: "zone", values: ZONE_VALUES, settings }),
      sensitivity: new LfTag(this, "sensitivity", { key: "sensitivity", values: SENSITIVITIES, settings }),
    };
  }

  /** Databases lie in registered locations, which not even an administrator may use without a grant. */
  private letDeploy(): TerraformResource[] {
    const { platform, environment } = this.props;
    const { apply, "break-glass": breakGlass } = bootstrapNames(platform, environment).roleArns;
    return Object.entries({ apply, "break-glass": breakGlass }).flatMap(([name, principal]) =>
      TABLE_ZONES.map((zone) => this.locations[zone].grantUse(this, `${name}-uses-${zone}`, principal)),
    );
  }

  private addConsumers(): void {
    const { platform, environment, foundation } = this.props;
    const account = accountOf(environment);
    queryingConsumers(environment).forEach(({ name, scanLimitBytes }) => {
      const workgroup = new Workgroup(this, `workgroup-${name}`, {
        workgroupName: `${namePrefix(namingContext(platform, environment))}${name}`,
        description: `Queries of ${name}`,
        results: this.queryResults,
        folder: name,
        encryptionKey: foundation.keys.data,
        scanLimitBytes,
        account,
        destroyProtection: environment.destroyProtection,
      });
      const policy = new TerraformOutput(this, `${name}-policy`, {
        description: `What the role of ${name} has to be allowed in IAM to query what is granted to it`,
        value: policyJson([...readingStatements(everythingInCatalog(account)), ...workgroup.statements()]),
      });
      policy.overrideLogicalId(consumerPolicyOutput(name));
    });
  }

  private zone(zone: Zone, options: Partial<BucketProps> = {}): Bucket {
    const { platform, environment, foundation } = this.props;
    const access = {
      vpcEndpointId: foundation.endpoints.s3EndpointId,
      roleNamePrefix: namePrefix(namingContext(platform, environment)),
    };
    return this.bucket(zone, `lake-${zone}`, {
      ...options,
      statements: (bucketArn) =>
        environment.lake.restrictObjectAccess ? [denyForeignNetworks(bucketArn, accountOf(environment), access)] : [],
    });
  }

  private bucket(id: string, suffix: BucketSuffix, options: Partial<BucketProps> = {}): Bucket {
    const { platform, environment, foundation } = this.props;
    const { destroyProtection, lake } = environment;
    return new Bucket(this, id, {
      purpose: id,
      bucketName: physicalName(namingContext(platform, environment), "bucket", suffix),
      encryption: foundation.keys.data,
      accessLogs: foundation.logBucket,
      destroyProtection,
      noncurrentVersionDays: lake.noncurrentVersionDays,
      ...options,
    });
  }
}

type BucketSuffix = `lake-${Zone}` | "artifacts" | "query-results";

function objectLock(setting: Environment["lake"]["landing"]["objectLock"]): NonNullable<BucketProps["objectLock"]> {
  // the lock itself is there in every environment: it cannot be added to a bucket that exists
  return setting.kind === "none" ? {} : { retention: { mode: setting.mode, days: setting.days } };
}
