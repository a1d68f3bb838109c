import { type Dataset, type Domain, isStream, isTable } from "../domains/schema";
import { withSubject } from "../domains/validation/validate";
import type { PlatformSettings } from "../environments/platform";
import type { Environment } from "../environments/schema";
import { isPrivateBlock } from "../environments/validation/cidr";
import { type Finding, findingIf, isValid, problemOf, type Source } from "../validation/check";
import { valueAt } from "../validation/paths";
import type { Problem } from "../validation/problem";
import bundles from "../pipelines/bundles.json";
import { CONSUMER_BUNDLE } from "./bundle-file";
import { datasetName, MAX_DATASET_NAME, MAX_FUNCTION_NAME, namingContext } from "./naming";

/** A dataset of one domain as one environment would get it. */
interface Pairing {
  readonly environment: Environment;
  /** The environment's file. */
  readonly file: string;
  readonly domain: Domain;
  readonly dataset: Dataset;
}

/** A rule between a dataset and an environment. It runs only where all the fields it reads are valid by themselves. */
interface CrossCheck {
  /** "*" is every item of a list or an object. */
  readonly environmentReads: readonly string[];
  readonly datasetReads: readonly string[];
  /** Paths begin at the dataset. */
  readonly findings: (pairing: Pairing) => readonly Finding[];
}

const CONNECTION = ["source.kind", "source.connection"];

const CROSS_CHECKS: readonly CrossCheck[] = [
  { environmentReads: ["consumers.*.kind"], datasetReads: ["readers[*].consumer"], findings: consumerFindings },
  { environmentReads: ["consumers.*.kind"], datasetReads: ["readers[*].consumer"], findings: groupFindings },
  { environmentReads: ["connections.*.kind"], datasetReads: CONNECTION, findings: connectionFindings },
  { environmentReads: ["streaming"], datasetReads: ["source.kind", "source.engine"], findings: engineFindings },
  {
    environmentReads: [
      ...["kind", "reach", "port"].map((field) => `connections.*.${field}`),
      "network.nat.kind",
      "network.egressRules",
    ],
    datasetReads: CONNECTION,
    findings: egressFindings,
  },
  {
    environmentReads: [],
    datasetReads: ["quality[*].rule", "quality[*].dataset"],
    findings: disabledReferenceFindings,
  },
  { environmentReads: [], datasetReads: ["source.kind", "source.enrich"], findings: disabledEnrichmentFindings },
  {
    environmentReads: ["producers.*.kind"],
    datasetReads: ["source.kind", "source.producers"],
    findings: producerFindings,
  },
  {
    environmentReads: ["streaming.kinesis.retentionHours"],
    datasetReads: ["source.kind", "source.engine", "source.consumers[*].maximumAgeMinutes"],
    findings: maximumAgeFindings,
  },
  {
    environmentReads: ["streaming.kinesis.capacity"],
    datasetReads: ["source.kind", "source.engine", "expectedRecordsPerSecond"],
    findings: shardFindings,
  },
];

/**
 * The most that streams are resized to.
 *
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 */
const MAX_SHARDS = 10_000;

/** What environments and domains must satisfy together: every environment gets every dataset that it does not disable. */
export function crossProblems(
  platform: PlatformSettings | undefined,
  environments: readonly Source[],
  domains: readonly Source[],
): Problem[] {
  return [
    ...domains.flatMap(functionProblems),
    ...environments
      .filter(({ raw }) => isObject(valueAt(raw, ["disabledDatasets"])))
      .flatMap((environment) => [
        ...unknownDatasetProblems(environment, domains),
        ...domains.flatMap((domain) => pairProblems(platform, environment, domain)),
      ]),
  ];
}

/** Names of the code that consumers of streams may run. */
const CONSUMER_FUNCTIONS = Object.keys(bundles).flatMap((name) =>
  name.startsWith(CONSUMER_BUNDLE) ? [name.slice(CONSUMER_BUNDLE.length)] : [],
);

/** Consumers of streams run code that is there, in whatever environment. */
function functionProblems(domain: Source): Problem[] {
  const datasets = valueAt(domain.raw, ["datasets"]);
  return (Array.isArray(datasets) ? datasets : []).flatMap((dataset: unknown, index) => {
    // what else a source may be has no consumers, which its schema reports
    const kind = valueAt(dataset, ["source", "kind"]);
    const consumers = kind === "stream" ? valueAt(dataset, ["source", "consumers"]) : [];
    return (Array.isArray(consumers) ? consumers : []).flatMap((consumer: unknown, position) => {
      const name = valueAt(consumer, ["function"]);
      const path = `datasets[${index}].source.consumers[${position}].function`;
      return isValid(domain, path) && typeof name === "string" && !CONSUMER_FUNCTIONS.includes(name)
        ? [
            withSubject(
              problemOf(domain, {
                path,
                limit: `code that pipelines/bundles.json locks: ${CONSUMER_FUNCTIONS.length === 0 ? "it has none" : CONSUMER_FUNCTIONS.join(", ")}`,
                remedy: `correct the name, or write pipelines/functions/consumers/${name}.ts and run "npm run bundle -- --lock"`,
              }),
              [domain],
            ),
          ]
        : [];
    });
  });
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pairProblems(platform: PlatformSettings | undefined, environment: Source, domain: Source): Problem[] {
  const { datasets } = (domain.raw ?? {}) as Partial<Domain>;
  if (!isValid(domain, "name") || !Array.isArray(datasets)) {
    return [];
  }
  return datasets.flatMap((dataset, index) => {
    const path = `datasets[${index}]`;
    const pairing: Pairing = {
      environment: environment.raw as Environment,
      file: environment.file,
      domain: domain.raw as Domain,
      dataset,
    };
    if (!isValid(domain, `${path}.name`) || isDisabled(pairing.environment, pairing.domain.name, dataset.name)) {
      return [];
    }
    return [nameCheck(platform), consumerNameCheck(platform), ...CROSS_CHECKS]
      .filter(
        ({ environmentReads, datasetReads }) =>
          environmentReads.every((field) => isValid(environment, field)) &&
          datasetReads.every((field) => isValid(domain, `${path}.${field}`)),
      )
      .flatMap(({ findings }) => findings(pairing))
      .map((finding) => withSubject(problemOf(domain, { ...finding, path: `${path}.${finding.path}` }), [domain]));
  });
}

/** Whether an environment goes without a dataset. */
export function isDisabled({ disabledDatasets }: Environment, domainName: string, dataset: string): boolean {
  return Object.hasOwn(disabledDatasets, `${domainName}.${dataset}`);
}

function unknownDatasetProblems(environment: Source, domains: readonly Source[]): Problem[] {
  if (!domains.every((domain) => isValid(domain, "name") && isValid(domain, "datasets[*].name"))) {
    return [];
  }
  const known = domains.flatMap(({ raw }) => {
    const { name, datasets } = raw as Domain;
    return datasets.map((dataset) => `${name}.${dataset.name}`);
  });
  return Object.keys((environment.raw as Environment).disabledDatasets)
    .filter((name) => !known.includes(name))
    .map((name) =>
      problemOf(environment, {
        path: `disabledDatasets.${name}`,
        limit: 'a dataset that one of the domains declares, as "domain.dataset"',
        remedy: "correct the name, or remove the entry",
      }),
    );
}

function consumerFindings({ environment, file, dataset }: Pairing): Finding[] {
  const known = Object.keys(environment.consumers);
  return dataset.readers.flatMap(({ consumer }, index) =>
    findingIf(!known.includes(consumer), {
      path: `readers[${index}].consumer`,
      limit: `a consumer that ${file} declares: ${known.length === 0 ? "it has none" : known.join(", ")}`,
      remedy: 'correct the name, or declare the consumer there, as kind "none" with a reason where nobody is meant',
    }),
  );
}

/**
 * Provider 5 grants something to a group of Identity Center, does not find it when it reads it back, and forgets it: it would
 * stay for ever.
 *
 * Source: https://github.com/hashicorp/terraform-provider-aws/issues/44574, mended in version 6.19
 */
function groupFindings({ environment, file, dataset }: Pairing): Finding[] {
  return isTable(dataset)
    ? dataset.readers.flatMap(({ consumer }, index) =>
        findingIf(environment.consumers[consumer]?.kind === "identity-center-group", {
          path: `readers[${index}].consumer`,
          limit: `a consumer that Terraform can grant a table; ${file} says it is a group of Identity Center, which the AWS provider can from version 6.19 on, and this is 5.100`,
          remedy: "name there the IAM role that the group's people assume, such as that of their permission set",
        }),
      )
    : [];
}

function connectionFindings({ environment, file, dataset: { source } }: Pairing): Finding[] {
  if (source.kind !== "database" && source.kind !== "api") {
    return [];
  }
  const known = Object.entries(environment.connections)
    .filter(([, { kind }]) => kind === source.kind)
    .map(([name]) => name);
  return findingIf(!known.includes(source.connection), {
    path: "source.connection",
    limit: `a connection of kind ${source.kind} that ${file} declares: ${known.length === 0 ? "it has none" : known.join(", ")}`,
    remedy: "correct the name, or declare the connection there",
  });
}

/** Settings of streaming.kafka.kind with which an environment has no Kafka. */
const WITHOUT_KAFKA: readonly string[] = ["none"];

function engineFindings({ environment, file, domain, dataset }: Pairing): Finding[] {
  const { source } = dataset;
  return findingIf(
    source.kind === "stream" && source.engine === "kafka" && WITHOUT_KAFKA.includes(environment.streaming.kafka.kind),
    {
      path: "source.engine",
      limit: `an engine that every environment has; ${file} has none for Kafka (streaming.kafka.kind)`,
      remedy: `use kinesis, or list "${domain.name}.${dataset.name}" there under disabledDatasets, with the reason`,
    },
  );
}

/** Nothing reaches the internet without NAT; nothing leaves a workload but to ports that an egress rule names. */
function egressFindings({ environment, file, domain, dataset: { name, source } }: Pairing): Finding[] {
  if (source.kind !== "database" && source.kind !== "api") {
    return [];
  }
  const connection = environment.connections[source.connection];
  if (connection?.kind !== source.kind) {
    return [];
  }
  const isPrivate = connection.kind === "database" && connection.reach === "private";
  const { nat, egressRules } = environment.network;
  const disable = `list "${domain.name}.${name}" there under disabledDatasets, with the reason`;
  if (nat.kind === "none" && !isPrivate) {
    const limit = `a connection that can be reached: it is on the internet, and ${file} has no egress (network.nat.kind)`;
    return [{ path: "source.connection", limit, remedy: `give that network NAT, or ${disable}` }];
  }
  // which address a name of the private network has nobody knows here; on the internet it is no private one
  const opens = ({ port, cidr }: (typeof egressRules)[number]) =>
    port === connection.port && (isPrivate || !isPrivateBlock(cidr));
  return findingIf(!egressRules.some(opens), {
    path: "source.connection",
    limit: `a connection whose port ${connection.port} one of network.egressRules of ${file} opens${isPrivate ? "" : " towards the internet"}`,
    remedy: `add a rule for it there, or ${disable}`,
  });
}

function producerFindings({ environment, file, dataset: { source } }: Pairing): Finding[] {
  const known = Object.keys(environment.producers);
  return (source.kind === "stream" ? source.producers : []).flatMap((producer, index) =>
    findingIf(!known.includes(producer), {
      path: `source.producers[${index}]`,
      limit: `a producer that ${file} declares: ${known.length === 0 ? "it has none" : known.join(", ")}`,
      remedy: 'correct the name, or declare the producer there, as kind "none" with a reason where nobody is meant',
    }),
  );
}

/** What a stream no longer keeps cannot be tried again, nor be found by who looks into what was given up. */
function maximumAgeFindings({ environment, file, dataset: { source } }: Pairing): Finding[] {
  const { retentionHours } = environment.streaming.kinesis;
  const consumers = source.kind === "stream" && source.engine === "kinesis" ? (source.consumers ?? []) : [];
  return consumers.flatMap(({ maximumAgeMinutes }, index) =>
    findingIf(maximumAgeMinutes >= retentionHours * 60, {
      path: `source.consumers[${index}].maximumAgeMinutes`,
      limit: `less than the ${retentionHours * 60} minutes for which streams keep records by ${file} (streaming.kinesis.retentionHours)`,
      remedy: "give up earlier, or have streams keep records for longer there",
    }),
  );
}

function shardFindings({ environment, file, dataset }: Pairing): Finding[] {
  const { capacity } = environment.streaming.kinesis;
  if (
    capacity.kind !== "provisioned" ||
    !isTable(dataset) ||
    !isStream(dataset) ||
    dataset.source.engine !== "kinesis"
  ) {
    return [];
  }
  const most = MAX_SHARDS * capacity.recordsPerShard;
  return findingIf(dataset.expectedRecordsPerSecond > most, {
    path: "expectedRecordsPerSecond",
    limit: `at most ${most}, what the ${MAX_SHARDS} shards of a stream take that ${file} gives ${capacity.recordsPerShard} a second each (streaming.kinesis.capacity)`,
    remedy: "have a shard take more there, use on-demand capacity, or divide the stream",
  });
}

/** Whether names are short enough, for which all that they are made of has to be known. */
function nameCheck(platform: PlatformSettings | undefined): CrossCheck {
  return {
    environmentReads: ["name"],
    datasetReads: ["name"],
    findings: (pairing) => (platform === undefined ? [] : nameFindings(platform, pairing)),
  };
}

function consumerNameCheck(platform: PlatformSettings | undefined): CrossCheck {
  return {
    environmentReads: ["name"],
    datasetReads: ["name", "source.kind", "source.consumers[*].name"],
    findings: (pairing) => (platform === undefined ? [] : consumerNameFindings(platform, pairing)),
  };
}

/** Functions and roles are called like the dataset and the consumer; a dataset whose own name is too long is reported. */
function consumerNameFindings(
  platform: PlatformSettings,
  { environment, domain, dataset: { name, source } }: Pairing,
): Finding[] {
  const context = namingContext(platform, environment);
  const isLong = datasetName(context, domain.name, name).length > MAX_DATASET_NAME;
  const consumers = source.kind === "stream" && !isLong ? (source.consumers ?? []) : [];
  return consumers.flatMap((consumer, index) => {
    const full = datasetName(context, domain.name, name, consumer.name);
    return findingIf(full.length > MAX_FUNCTION_NAME, {
      path: `source.consumers[${index}].name`,
      limit: `at most ${MAX_FUNCTION_NAME} characters as part of the name of its function; "${full}" has ${full.length}`,
      remedy: "shorten the name of the consumer",
    });
  });
}

function nameFindings(platform: PlatformSettings, { environment, domain, dataset }: Pairing): Finding[] {
  const name = datasetName(namingContext(platform, environment), domain.name, dataset.name);
  return findingIf(name.length > MAX_DATASET_NAME, {
    path: "name",
    limit: `at most ${MAX_DATASET_NAME} characters as part of the names of its resources; "${name}" has ${name.length}`,
    remedy: "shorten the name of the dataset, the domain or the platform, whichever is not deployed yet",
  });
}

function disabledEnrichmentFindings({ environment, file, dataset: { source } }: Pairing): Finding[] {
  const enrichments = source.kind === "stream" ? (source.enrich ?? []) : [];
  return enrichments.flatMap(({ dataset }, index) =>
    findingIf(Object.hasOwn(environment.disabledDatasets, dataset), {
      path: `source.enrich[${index}].dataset`,
      limit: `a dataset that every environment has; ${file} lists it under disabledDatasets`,
      remedy: "disable this dataset there too, or leave out the enrichment",
    }),
  );
}

function disabledReferenceFindings({ environment, file, dataset }: Pairing): Finding[] {
  return isTable(dataset)
    ? dataset.quality.flatMap((rule, index) =>
        findingIf(rule.rule === "references" && Object.hasOwn(environment.disabledDatasets, rule.dataset), {
          path: `quality[${index}].dataset`,
          limit: `a dataset that every environment has; ${file} lists it under disabledDatasets`,
          remedy: "disable this dataset there too, or drop the rule",
        }),
      )
    : [];
}
