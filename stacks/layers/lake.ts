import { Construct } from "constructs";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { CatalogEncryption } from "../../modules/glue/catalog-encryption";
import { CatalogPolicy } from "../../modules/glue/catalog-policy";
import { Bucket, type BucketProps } from "../../modules/s3/bucket";
import { denyForeignNetworks } from "../../modules/s3/bucket-statements";
import { accountOf } from "../account-of";
import { bootstrapNames } from "../bootstrap/names";
import { catalogArns, namePrefix, namingContext, physicalName } from "../naming";
import type { Foundation } from "./foundation";

/** Stages data passes through: files as they arrive, tables as received, cleaned, and offered to consumers. */
export type Zone = "landing" | "raw" | "curated" | "published";

export interface LakeProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
}

/** Where data lives: a bucket for each zone, those for artefacts and query results, and the encrypted Data Catalog. */
export class Lake extends Construct {
  readonly zones: Readonly<Record<Zone, Bucket>>;
  /** Code that jobs, functions and workflows run. */
  readonly artifacts: Bucket;
  readonly queryResults: Bucket;
  readonly catalogEncryption: CatalogEncryption;
  readonly catalogPolicy: CatalogPolicy;
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
