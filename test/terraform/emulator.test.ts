import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Terraform } from "../../cli/terraform/terraform";
import type { Statement } from "../../modules/iam/policy";
import { denyForeignNetworks, denyOtherEncryption, denyPlainTransport } from "../../modules/s3/bucket-statements";
import { callJson, callQuery, type EmulatedAnswer, type EmulatedRequest, send } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import { repository, temporaryFolder } from "../support/checkout";
import { describeTerraform, TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1", partition: "aws" };
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/0";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator(account);
});

afterAll(() => emulator.stop());

const s3 = (method: string, path: string, request: Partial<EmulatedRequest> = {}): Promise<EmulatedAnswer> =>
  send(emulator, { service: "s3", method, path, ...request });

async function makeBucket(name: string): Promise<string> {
  const body =
    "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
  expect(await s3("PUT", `/${name}`, { body })).toMatchObject({ status: 200 });
  return `arn:aws:s3:::${name}`;
}

function setPolicy(name: string, statements: readonly object[]): Promise<EmulatedAnswer> {
  return s3("PUT", `/${name}?policy`, { body: JSON.stringify({ Version: "2012-10-17", Statement: statements }) });
}

describe("the emulator", () => {
  test("is the account it was started for, whatever the caller's own variables say", async () => {
    const answer = await callQuery(emulator, "sts", { Action: "GetCallerIdentity", Version: "2011-06-15" });

    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("<Account>111122223333<") as string });
  });

  test.each([
    ["a service that does not exist", { service: "no-such-service" }, 501],
    ["to run a function later", { service: "lambda", path: "/2014-11-13/functions/f/invoke-async", body: "{}" }, 501],
    ["a path that no operation has", { service: "lambda", method: "GET", path: "/2015-03-31/nonsense" }, 501],
    ["an unknown subresource of a bucket", { service: "s3", method: "GET", path: "/honest?policyStatus" }, 501],
    ["its deletion", { service: "s3", method: "DELETE", path: "/honest?metadataTable" }, 501],
    ["an unknown parameter", { service: "s3", method: "GET", path: "/honest?shape=round" }, 501],
    ["an unknown subresource of an object", { service: "s3", method: "GET", path: "/honest/file?torrent" }, 501],
  ])("refuses %s", async (_, request, status) => {
    const buckets = await s3("GET", "/");
    if (!buckets.text.includes("<Name>honest<")) {
      await makeBucket("honest");
      await s3("PUT", "/honest/file", { body: "content" });
    }

    expect(await send(emulator, request)).toMatchObject({ status });
    expect((await s3("GET", "/honest/file")).text).toBe("content");
  });

  test.each([
    ["glue", "AWSGlue.NoSuchOperation"],
    ["glue", "AWSGlue.StartJobRun"],
    ["glue", "AWSGlue.StartCrawler"],
    ["athena", "AmazonAthena.StartQueryExecution"],
    ["kafka", "Kafka.CreateCluster"],
    ["states", "AWSStepFunctions.StartExecution"],
  ])("refuses work that it would not do: %s, %s", async (service, target) => {
    expect(await callJson(emulator, { service, target, input: {} })).toMatchObject({
      status: 501,
      text: expect.stringContaining("NotImplemented") as string,
    });
  });

  test("refuses an unknown action of a service that takes forms", async () => {
    expect(await callQuery(emulator, "ec2", { Action: "NoSuchAction", Version: "2016-11-15" })).toMatchObject({
      status: 501,
      text: expect.stringContaining("<Code>NotImplemented</Code>") as string,
    });
  });

  test("refuses requests that nobody has signed", async () => {
    const response = await fetch(emulator.endpoint);

    expect(response.status).toBe(403);
  });

  test("ends when it is told to, and gives its ports back", async () => {
    const other = await startEmulator(account);
    await other.stop();

    expect(await listens(other.endpoint)).toBe(false);
    expect(await listens(other.plainEndpoint)).toBe(false);
  });

  test("tells a person's shell how to use it, and does not outlive who started it", async () => {
    await withShellEmulator(async ({ child, printed, endpoint }) => {
      expect(printed).toMatch(/^unset AWS_PROFILE AWS_SESSION_TOKEN\nexport AWS_ACCESS_KEY_ID=emulator\n/);
      expect(await listens(endpoint)).toBe(true);

      child.kill("SIGKILL");
      for (let waits = 0; waits < 50 && (await listens(endpoint)); waits += 1) {
        await sleep(100);
      }
      expect(await listens(endpoint)).toBe(false);
    });
  });

  test("ends the command that a person has started, with a message, when it dies", async () => {
    await withShellEmulator(async ({ child, errors }) => {
      const ended = once(child, "close");
      process.kill(serverOf(child), "SIGKILL");

      expect(await ended).toEqual([1, null]);
      expect(errors()).toContain("The emulator has ended, nobody told it to.");
    });
  });
});

interface ShellEmulator {
  readonly child: ChildProcess;
  readonly printed: string;
  readonly errors: () => string;
  readonly endpoint: string;
}

/** Starts the emulator as a person does, and leaves nothing of it running. */
async function withShellEmulator(use: (started: ShellEmulator) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "test/emulator/start.ts", "dev"], { cwd: repository });
  try {
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    let printed = "";
    for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += String(data);
      if (printed.includes("BASIN_STATE")) {
        break;
      }
    }
    const [, endpoint] = /^export AWS_ENDPOINT_URL=(\S+)$/m.exec(printed) ?? [];
    if (endpoint === undefined) {
      throw new Error(`it printed no endpoint: ${printed}${errors}`);
    }
    await use({ child, printed, errors: () => errors, endpoint });
  } finally {
    child.kill("SIGKILL");
  }
}

/** The process id of the server that a process has started. */
function serverOf({ pid }: ChildProcess): number {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" });
  const [, server] = new RegExp(String.raw`^\s*(\d+)\s+${pid ?? ""}\s.*emulator\.py$`, "m").exec(processes) ?? [];
  if (server === undefined) {
    throw new Error(`${pid ?? "it"} has started no server:\n${processes}`);
  }
  return Number(server);
}

function listens(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

describe("a bucket's policy", () => {
  const encrypted = (algorithm: string, key?: string) => ({
    "x-amz-server-side-encryption": algorithm,
    ...(key === undefined ? {} : { "x-amz-server-side-encryption-aws-kms-key-id": key }),
  });
  const network = { vpcEndpointId: "vpce-1", roleNamePrefix: "basin-test-" };
  const foreign = (arn: string) => [denyForeignNetworks(arn, account, network)];
  const fromRoot: Statement = {
    Sid: "DenyRoot",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::policy-12/*",
    Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } },
  };
  const cases: [string, (arn: string) => readonly Statement[], Partial<EmulatedRequest>, number][] = [
    ["lets TLS pass", denyPlainTransport, {}, 200],
    ["denies plain transport", denyPlainTransport, { transport: "plain" }, 403],
    ["denies old TLS", denyPlainTransport, { headers: { "x-emulator-tls-version": "1.1" } }, 403],
    ["lets TLS 1.2 pass", denyPlainTransport, { headers: { "x-emulator-tls-version": "1.2" } }, 200],
    [
      "lets uploads without encryption headers pass",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT" },
      200,
    ],
    [
      "lets uploads with its own key pass",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT", headers: encrypted("aws:kms", KEY_ARN) },
      200,
    ],
    [
      "denies another algorithm",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT", headers: encrypted("AES256") },
      403,
    ],
    [
      "denies KMS without a key",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT", headers: encrypted("aws:kms") },
      403,
    ],
    [
      "denies another key",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT", headers: encrypted("aws:kms", `${KEY_ARN}1`) },
      403,
    ],
    [
      "denies a customer's key",
      (arn) => denyOtherEncryption(arn, KEY_ARN),
      { method: "PUT", headers: { "x-amz-server-side-encryption-customer-algorithm": "AES256" } },
      403,
    ],
    ["denies foreign networks", foreign, {}, 403],
    ["lets its own endpoint pass", foreign, { headers: { "x-emulator-source-vpce": "vpce-1" } }, 200],
    ["denies an ARN by its pattern", () => [fromRoot], {}, 403],
  ];

  test.each(cases.map((one, index): [string, number, ...typeof one] => [one[0], index, ...one]))(
    "%s",
    async (_, index, __, statements, request, status) => {
      const name = `policy-${index}`;
      const arn = await makeBucket(name);
      await s3("PUT", `/${name}/file`, { body: "content" });
      expect(await setPolicy(name, statements(arn))).toMatchObject({ status: 200 });

      const answer = await s3("GET", `/${name}/file`, { ...request, ...(request.method === "PUT" && { body: "new" }) });

      expect({ status: answer.status }).toEqual({ status });
      expect(answer.text.includes("<Code>AccessDenied</Code>")).toBe(status === 403);
    },
  );

  test("is evaluated for buckets, copies and deletions of many objects", async () => {
    const arn = await makeBucket("many");
    await s3("PUT", "/many/file", { body: "content" });
    const deny = { Sid: "No", Effect: "Deny", Principal: "*", Resource: [arn, `${arn}/*`] };
    const Action = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket"];
    await setPolicy("many", [{ ...deny, Action }]);
    await makeBucket("target");

    const body = "<Delete><Object><Key>file</Key></Object></Delete>";
    const answers = [
      await s3("GET", "/many?list-type=2"),
      await s3("HEAD", "/many"),
      await s3("POST", "/many?delete", { body }),
      await s3("PUT", "/target/file", { headers: { "x-amz-copy-source": "/many/file" }, body: "" }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(await s3("GET", "/many?versioning")).toMatchObject({ status: 200 });
  });

  test.each([
    ["an operator", { DateLessThan: { "aws:SourceArn": "2030-01-01" } }, "condition operator DateLessThan"],
    ["a key", { StringEquals: { "s3:signatureversion": "x" } }, "condition key s3:signatureversion"],
    ["a variable", { StringEquals: { "aws:PrincipalArn": "${aws:username}" } }, "policy variables"],
  ])("is refused with %s that would not be evaluated", async (_, Condition, reason) => {
    await s3("DELETE", "/unknown");
    const arn = await makeBucket("unknown");
    const statement = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: arn, Condition };

    expect(await setPolicy("unknown", [statement])).toMatchObject({
      status: 501,
      text: expect.stringContaining(reason) as string,
    });
  });
});

test("a bucket's policy is refused where it is no JSON", async () => {
  await makeBucket("malformed");

  expect(await s3("PUT", "/malformed?policy", { body: "{" })).toMatchObject({ status: 400 });
  expect(await s3("GET", "/malformed?policy")).toMatchObject({ status: 404 });
});

describe("what moto loses", () => {
  const configurations: [string, string][] = [
    [
      "analytics",
      "<AnalyticsConfiguration><Id>all</Id><StorageClassAnalysis></StorageClassAnalysis></AnalyticsConfiguration>",
    ],
    [
      "intelligent-tiering",
      "<IntelligentTieringConfiguration><Id>all</Id><Status>Enabled</Status><Tiering><Days>90</Days>" +
        "<AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>",
    ],
    ["inventory", inventory()],
    [
      "metrics",
      '<MetricsConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Id>all</Id></MetricsConfiguration>',
    ],
  ];

  test.each(configurations)("is kept: a bucket and its %s configuration", async (kind, body) => {
    await makeReportBucket();
    await makeBucket(`kept-${kind}`);
    const path = `/kept-${kind}?${kind}&id=all`;

    expect(await s3("GET", path)).toMatchObject({ status: 404 });
    expect(await s3("PUT", path, { body })).toEqual({ status: 200, text: "" });
    expect(await s3("GET", path)).toEqual({ status: 200, text: body });
    expect((await s3("GET", `/kept-${kind}?${kind}`)).text).toContain(body);
    expect(await s3("DELETE", path)).toMatchObject({ status: 204 });
    expect(await s3("GET", path)).toMatchObject({ status: 404 });
    expect(await s3("HEAD", `/kept-${kind}`)).toMatchObject({ status: 200 });
  });

  test("is kept: who pays for requests", async () => {
    await makeBucket("payer");
    const body = "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";

    expect(await s3("PUT", "/payer?requestPayment", { body })).toMatchObject({ status: 200 });
    expect(await s3("GET", "/payer?requestPayment")).toEqual({ status: 200, text: body });
  });

  test("is kept: the rotation period of a key", async () => {
    const kms = async (operation: string, input: object) => {
      const answer = await callJson(emulator, { service: "kms", target: `TrentService.${operation}`, input });
      return JSON.parse(answer.text) as Record<string, unknown>;
    };
    const { KeyMetadata: key } = (await kms("CreateKey", {})) as { KeyMetadata: { KeyId: string } };
    await kms("EnableKeyRotation", { KeyId: key.KeyId, RotationPeriodInDays: 120 });

    expect(await kms("GetKeyRotationStatus", { KeyId: key.KeyId })).toMatchObject({ RotationPeriodInDays: 120 });
  });
});

describe("a bucket's configuration that AWS would not take", () => {
  const metrics = "<MetricsConfiguration><Id>all</Id></MetricsConfiguration>";

  beforeAll(async () => {
    await makeReportBucket();
    await makeBucket("refused");
  });

  test.each([
    ["an empty body", "metrics", ""],
    ["a body that is no XML", "metrics", "all"],
    ["another root element", "metrics", "<Configuration><Id>all</Id></Configuration>"],
    ["the document of another kind", "analytics", metrics],
    ["the document of another namespace", "metrics", metrics.replace(">", ' xmlns="urn:x">')],
    ["no id", "metrics", "<MetricsConfiguration></MetricsConfiguration>"],
    ["an element too many", "metrics", metrics.replace("</Id>", "</Id><Nonsense/>")],
    ["an element twice", "metrics", metrics.replace("</Id>", "</Id><Id>all</Id>")],
    ["no analysis", "analytics", "<AnalyticsConfiguration><Id>all</Id></AnalyticsConfiguration>"],
    [
      "no tiers",
      "intelligent-tiering",
      "<IntelligentTieringConfiguration><Id>all</Id><Status>Enabled</Status></IntelligentTieringConfiguration>",
    ],
    ["no schedule", "inventory", inventory().replace(/<Schedule>.*<.Schedule>/, "")],
    ["an unknown format", "inventory", inventory().replace("CSV", "XLS")],
    ["a switch that is none", "inventory", inventory().replace("true", "perhaps")],
    ["an unknown field", "inventory", inventory().replace("Size", "Colour")],
    ["no payer", "requestPayment", "<RequestPaymentConfiguration></RequestPaymentConfiguration>"],
    [
      "an unknown payer",
      "requestPayment",
      "<RequestPaymentConfiguration><Payer>Me</Payer></RequestPaymentConfiguration>",
    ],
  ])("is refused as malformed: %s", async (_, kind, body) => {
    const list = `/refused?${kind}`;
    const path = kind === "requestPayment" ? list : `${list}&id=all`;
    const before = await s3("GET", list);

    expect(await s3("PUT", path, { body })).toMatchObject({
      status: 400,
      text: expect.stringContaining("<Code>MalformedXML</Code>") as string,
    });
    expect(await s3("GET", list)).toEqual(before);
  });

  test.each([
    ["another id than the request's", "&id=other", metrics],
    ["a request without id", "", metrics],
  ])("is refused with %s", async (_, id, body) => {
    expect(await s3("PUT", `/refused?metrics${id}`, { body })).toMatchObject({
      status: 400,
      text: expect.stringContaining("<Code>InvalidArgument</Code>") as string,
    });
  });

  test.each([
    ["to a bucket that does not exist", { bucket: "absent" }, "There is no bucket arn:aws:s3:::absent."],
    ["to a bucket of another account", { owner: "444455556666" }, "does not belong to 444455556666"],
    [
      "to a folder that the bucket's policy does not open",
      { prefix: "elsewhere" },
      "does not let s3.amazonaws.com put",
    ],
    ["to a bucket without a policy", { bucket: "refused" }, "does not let s3.amazonaws.com put"],
    ["with a key that does not exist", { key: KEY_ARN }, `There is no key ${KEY_ARN}`],
  ])("is refused: an inventory %s", async (_, destination, reason) => {
    const answer = await s3("PUT", "/refused?inventory&id=all", { body: inventory(destination) });

    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(reason) as string });
    expect(answer.text).toContain("<Code>InvalidS3DestinationBucket</Code>");
    expect(await s3("GET", "/refused?inventory&id=all")).toMatchObject({ status: 404 });
  });

  test("is taken: an inventory with a key that exists", async () => {
    const created = await callJson(emulator, { service: "kms", target: "TrentService.CreateKey" });
    const { KeyMetadata: key } = JSON.parse(created.text) as { KeyMetadata: { Arn: string } };

    const body = inventory({ key: key.Arn });
    expect(await s3("PUT", "/refused?inventory&id=all", { body })).toEqual({ status: 200, text: "" });
  });
});

/** A bucket that takes inventories in its folder "inventory". */
async function makeReportBucket(): Promise<void> {
  if ((await s3("HEAD", "/reports")).status === 200) {
    return;
  }
  const arn = await makeBucket("reports");
  const statement = {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${arn}/inventory/*`,
    Condition: {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" },
      StringEquals: { "aws:SourceAccount": account.accountId, "s3:x-amz-acl": "bucket-owner-full-control" },
    },
  };
  expect(await setPolicy("reports", [statement])).toMatchObject({ status: 200 });
}

interface Destination {
  readonly bucket?: string;
  readonly owner?: string;
  readonly prefix?: string;
  readonly key?: string;
}

/** An inventory whose reports the bucket of makeReportBucket takes, unless the destination says otherwise. */
function inventory(destination: Destination = {}): string {
  const { bucket = "reports", owner = account.accountId, prefix = "inventory", key } = destination;
  const encryption = key === undefined ? "" : `<Encryption><SSE-KMS><KeyId>${key}</KeyId></SSE-KMS></Encryption>`;
  return (
    "<InventoryConfiguration><Id>all</Id><IsEnabled>true</IsEnabled>" +
    "<IncludedObjectVersions>Current</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule>" +
    "<OptionalFields><Field>Size</Field></OptionalFields>" +
    `<Destination><S3BucketDestination><AccountId>${owner}</AccountId><Bucket>arn:aws:s3:::${bucket}</Bucket>` +
    `<Format>CSV</Format><Prefix>${prefix}</Prefix>${encryption}</S3BucketDestination></Destination>` +
    "</InventoryConfiguration>"
  );
}

describeTerraform("Terraform's S3 backend, with a bucket that refuses plain transport", () => {
  test("keeps and locks its state through TLS, and is refused without", async () => {
    const { signal } = new AbortController();
    const arn = await makeBucket("state");
    await setPolicy("state", denyPlainTransport(arn));
    const directory = join(temporaryFolder(), "root");
    mkdirSync(directory);
    const settings = { bucket: "state", key: "root.tfstate", region: "eu-west-1", use_lockfile: true };
    // an address has no names for buckets below it
    const backend = { s3: { ...settings, use_path_style: true } };
    const resource = { terraform_data: { anything: { input: "content" } } };
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify({ terraform: { backend }, resource }));
    const terraform = await Terraform.find(process.env, signal);
    const run = (endpoint: string, ...args: string[]) =>
      terraform.run([...args, "-no-color"], {
        cwd: directory,
        variables: { ...emulator.variables, AWS_ENDPOINT_URL_S3: endpoint },
        signal,
      });

    expect(await run(emulator.endpoint, "init")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await run(emulator.endpoint, "apply", "-auto-approve")).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await s3("GET", "/state/root.tfstate")).text).toContain("terraform_data");
    expect((await s3("GET", "/state?list-type=2")).text).not.toContain("tflock");

    await s3("PUT", "/state/root.tfstate.tflock", { body: '{"ID":"1","Who":"somebody else"}' });
    const locked = await run(emulator.endpoint, "apply", "-auto-approve");
    expect(locked.stderr).toContain("Error acquiring the state lock");
    expect(locked.stderr).toContain("somebody else");
    await s3("DELETE", "/state/root.tfstate.tflock");

    const plain = await run(emulator.plainEndpoint, "apply", "-auto-approve");
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toContain("(DenyPlainTransport)");
  });
});
