import { Construct } from "constructs";
import { type Domain, isTable, mostSensitive, sensitivityOf, type TableZone } from "../../domains/schema";
import type { PlatformSettings } from "../../environments/platform";
import type { Environment } from "../../environments/schema";
import { Database } from "../../modules/glue/database";
import { LfTag } from "../../modules/lakeformation/lf-tag";
import { MOST_SENSITIVE } from "../access/lake-tags";
import { consumerNamed } from "../access/consumers";
import { isDisabled } from "../cross-checks";
import { Dataset } from "../dataset/dataset";
import { DomainStreams, kinesisStreams } from "../dataset/domain-streams";
import { databaseName, namingContext } from "../naming";
import { tagAll } from "../tags";
import type { Foundation } from "./foundation";
import type { Lake } from "./lake";
import type { Processing } from "./processing";

export interface DomainLayerProps {
  readonly platform: PlatformSettings;
  readonly environment: Environment;
  readonly foundation: Foundation;
  readonly lake: Lake;
  readonly processing: Processing;
  readonly domain: Domain;
}

/** What a business area declares: a database for each zone, and all that its datasets become. */
export class DomainLayer extends Construct {
  constructor(scope: Construct, id: string, props: DomainLayerProps) {
    super(scope, id);
    const { platform, environment, lake, domain } = props;
    const datasets = domain.datasets.filter(({ name }) => !isDisabled(environment, domain.name, name));
    tagAll(this, { Domain: domain.name });

    const database = (zone: TableZone) =>
      new Database(this, `database-${zone}`, {
        databaseName: databaseName(namingContext(platform, environment), domain.name, zone),
        description: `${domain.description} (${zone})`,
        bucket: lake.zones[zone],
        folder: domain.name,
        catalogEncryption: lake.catalogEncryption,
        catalogPolicy: lake.catalogPolicy,
        destroyProtection: environment.destroyProtection,
        // a table is closed before it has tags of its own: no consumer reads what is of no dataset
        lfTags: [lake.tags.zone.is(zone), lake.tags.sensitivity.is(MOST_SENSITIVE)],
        after: lake.governed,
        tags: { DataClassification: mostSensitive(datasets.filter(isTable).map(sensitivityOf)) },
      });
    const databases = { raw: database("raw"), curated: database("curated"), published: database("published") };
    const tables = datasets.filter(isTable);
    const domainTag =
      tables.length === 0
        ? undefined
        : new LfTag(this, "tag", {
            key: `domain-${domain.name}`,
            values: tables.map(({ name }) => name),
            settings: lake.settings,
          });
    const ownStreams = kinesisStreams(datasets);
    const streams =
      ownStreams.length === 0 ? undefined : new DomainStreams(this, "streams", { ...props, streams: ownStreams });
    datasets.forEach(
      (declaration) => new Dataset(this, declaration.name, { ...props, databases, domainTag, streams, declaration }),
    );
    if (environment.lake.hybridAccess.kind === "migration") {
      Object.values(databases).forEach((each) => {
        each.leaveToIam();
      });
    }
    const readers = new Set(tables.flatMap((table) => table.readers.map(({ consumer }) => consumer)));
    readers.forEach((name) => {
      const consumer = consumerNamed(name, environment);
      if (consumer !== undefined) {
        databases.published.grantDescribe(consumer);
      }
    });
  }
}
