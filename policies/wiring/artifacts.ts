import { bucketOf, isOpen, textOf } from "../aws/values";
import type { Graph, Resource } from "../graph";
import { at, failedIf, type Verdict, unknown, warnIf } from "../rule";

/** A file that a resource names, and that AWS reads when it is made or run. */
interface Named {
  readonly attribute: string;
  readonly bucket: unknown;
  readonly key: unknown;
  /** Which version of it, where the resource can say so. */
  readonly version?: unknown;
  /** Whether it should. */
  readonly isVersioned?: boolean;
}

const S3_URL = /^s3:\/\/([^/]+)\/(.+)$/;

const FILES: Readonly<Record<string, (values: Resource["values"], graph: Graph) => readonly Named[]>> = {
  aws_glue_job: ({ command, default_arguments: given }, graph) => [
    ...byUrl("command.script_location", at(command, "script_location"), graph),
    ...["--extra-jars", "--extra-py-files"].flatMap((name) =>
      (textOf(at(given, name), graph) ?? "")
        .split(",")
        .flatMap((url) => byUrl(`default_arguments.${name}`, url.trim(), graph)),
    ),
  ],
  aws_lambda_function: ({ s3_bucket: bucket, s3_key: key, s3_object_version: version }) =>
    key === undefined ? [] : [{ attribute: "s3_key", bucket, key, version, isVersioned: true }],
  aws_mwaa_environment: (values) =>
    ["plugins", "requirements", "startup_script"].flatMap((name) => {
      const key = values[`${name}_s3_path`];
      const version = values[`${name}_s3_object_version`];
      const arn = String(values.source_bucket_arn);
      return key === undefined ? [] : [{ attribute: `${name}_s3_path`, bucket: arn, key, version, isVersioned: true }];
    }),
};

export const FILE_TYPES = Object.keys(FILES);

function byUrl(attribute: string, url: unknown, graph: Graph): Named[] {
  const [, bucket, key] = S3_URL.exec(textOf(url, graph) ?? "") ?? [];
  return bucket === undefined ? [] : [{ attribute, bucket, key }];
}

/** Whether the files that a resource names are uploaded before it, in the version that it names. */
export function judgeFiles(resource: Resource, graph: Graph): Verdict[] {
  return (FILES[resource.type]?.(resource.values, graph) ?? []).flatMap((named) => judgeFile(resource, named, graph));
}

function judgeFile(resource: Resource, named: Named, graph: Graph): Verdict[] {
  const { attribute, version, isVersioned = false } = named;
  const bucket = bucketOf(named.bucket, graph);
  const key = textOf(named.key, graph) ?? "";
  const where = `${textOf(named.bucket, graph) ?? ""}/${key}`;
  const ours = graph.ofType("aws_s3_object").filter(({ values }) => isSame(values.bucket, named.bucket, graph));
  const upload = ours.find(({ values }) => textOf(values.key, graph) === key) ?? uploadOf(named.key, graph);
  if (upload !== undefined) {
    const isItsVersion = graph.reference(version)?.resource === upload;
    return [
      ...failedIf(!graph.isBefore(upload, resource), `${upload.address} may be uploaded after it`, attribute),
      ...warnIf(
        isVersioned && !isItsVersion,
        `it does not name the version of ${upload.address}, and stays with the one it has`,
        attribute,
      ),
    ];
  }
  if (isOpen(key)) {
    return unknown("which file it names is not known before an apply", attribute);
  }
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const isManaged = bucket !== undefined && ours.some(({ values }) => textOf(values.key, graph)?.startsWith(folder));
  const verdict = isManaged ? failedIf : warnIf;
  return verdict(true, `nothing here uploads ${where}`, attribute);
}

/** The upload that a key is taken from. */
function uploadOf(key: unknown, graph: Graph): Resource | undefined {
  const referred = graph.reference(key)?.resource;
  return referred?.type === "aws_s3_object" ? referred : undefined;
}

function isSame(one: unknown, other: unknown, graph: Graph): boolean {
  const bucket = bucketOf(one, graph);
  return bucket === undefined ? textOf(one, graph) === textOf(other, graph) : bucket === bucketOf(other, graph);
}
