import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { contractOf } from "../../domains/contract";
import { loadConfiguration } from "../../stacks/configuration";
import { callQuery, makeBucket, send, sendForHeaders } from "../emulator/client";
import { type Emulator, startEmulator } from "../emulator/emulator";
import {
  callFunction,
  callLambda,
  type EmulatedFunction,
  invoke,
  makeFunction,
  makeRole,
  zipFile,
  zipOf,
} from "../emulator/functions";
import { MIGRATOR_REQUIREMENTS, migratorPython } from "../emulator/migrator-python";
import { bundleFunction } from "../support/function-bundle";
import { TERRAFORM_TIMEOUT_MS } from "../support/terraform";

jest.setTimeout(TERRAFORM_TIMEOUT_MS);

const account = { accountId: "111122223333", region: "eu-west-1" };

let emulator: Emulator;
let role: string;

beforeAll(async () => {
  const lambdaPython = await migratorPython(new AbortController().signal);
  emulator = await startEmulator({ ...account, lambdaPython });
  role = await makeRole(emulator, "functions");
});

afterAll(() => emulator.stop());

async function make(props: Partial<EmulatedFunction> & Pick<EmulatedFunction, "name" | "code">): Promise<void> {
  const answer = await makeFunction(emulator, role, { runtime: "python3.13", handler: "index.handle", ...props });
  expect(answer).toMatchObject({ status: 201 });
}

const PYTHON = `
import os, sys, time

print("loaded")

def handle(event, context):
    print("printed", flush=True)
    os.write(1, b"written\\n")
    if event.get("do") == "raise":
        raise ValueError("no good")
    if event.get("do") == "sleep":
        time.sleep(8)
    if event.get("do") == "exit":
        sys.exit(3)
    if event.get("do") == "return a set":
        return {1}
    return {
        "event": event,
        "variable": os.environ["ANSWER"],
        "region": os.environ["AWS_REGION"],
        "function": [os.environ["AWS_LAMBDA_FUNCTION_NAME"], os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]],
        "context": [context.function_name, context.invoked_function_arn, len(context.aws_request_id)],
        "remaining": 0 < context.get_remaining_time_in_millis() <= 2000,
        "here": os.path.dirname(os.path.abspath(__file__)) == os.environ["LAMBDA_TASK_ROOT"],
    }
`;

describe("a function of Python", () => {
  beforeAll(() =>
    make({
      name: "python",
      code: zipFile({ "index.py": PYTHON }),
      settings: { Timeout: 2, MemorySize: 256, Environment: { Variables: { ANSWER: "42" } } },
    }),
  );

  test("is called with the event and what belongs to it, and what it prints is its log", async () => {
    const { log, ...answer } = await invoke(emulator, "python", { event: { some: "event" } });

    expect(answer).toEqual({
      status: 200,
      functionError: null,
      payload: {
        event: { some: "event" },
        variable: "42",
        region: "eu-west-1",
        function: ["python", "256"],
        context: ["python", "arn:aws:lambda:eu-west-1:111122223333:function:python", 36],
        remaining: true,
        here: true,
      },
    });
    expect(log).toMatch(/^START RequestId: \S+ Version: \$LATEST\nloaded\nprinted\nwritten\nEND RequestId: /);
  });

  test("answers with what it raises", async () => {
    expect(await invoke(emulator, "python", { event: { do: "raise" } })).toEqual({
      status: 200,
      functionError: "Unhandled",
      payload: {
        errorType: "ValueError",
        errorMessage: "no good",
        requestId: expect.any(String) as string,
        stackTrace: [expect.stringContaining('raise ValueError("no good")')],
      },
      log: expect.stringContaining("[ERROR] ValueError: no good\nTraceback") as string,
    });
  });

  test.each([
    ["when its time is up", "sleep", "Sandbox.Timedout", "Task timed out after 2.00 seconds"],
    ["that does not answer", "exit", "Runtime.ExitError", "Runtime exited with error: exit status 3"],
    ["that cannot be answered with", "return a set", "Runtime.MarshalError", "Object of type set is not JSON"],
  ])("is an error %s", async (_, what, errorType, message) => {
    expect(await invoke(emulator, "python", { event: { do: what } })).toMatchObject({
      status: 200,
      functionError: "Unhandled",
      payload: { errorType, errorMessage: expect.stringContaining(message) as string },
    });
  });

  test.each([
    ["is not there", "absent.handle", "Runtime.ImportModuleError", "No module named 'absent'"],
    ["has no such handler", "index.absent", "Runtime.HandlerNotFound", "Handler 'absent' missing on module 'index'"],
    ["needs what only this machine has", "needy.handle", "Runtime.ImportModuleError", "No module named 'pyiceberg'"],
  ])("is an error where its module %s", async (_, handler, errorType, message) => {
    const name = `python-${handler.replace(".", "-")}`;
    const files = { "index.py": "", "needy.py": "import boto3\nimport pyiceberg\ndef handle(event, context): pass\n" };
    await make({ name, handler, code: zipFile(files) });

    expect(await invoke(emulator, name)).toMatchObject({
      functionError: "Unhandled",
      payload: { errorType, errorMessage: expect.stringContaining(message) as string },
    });
  });

  test("is called several times at once", async () => {
    const texts = ["ein", "zwei", "drei ✓"];

    const answers = await Promise.all(texts.map((text) => invoke(emulator, "python", { event: { text } })));

    expect(answers.map(({ payload }) => payload)).toMatchObject(texts.map((text) => ({ event: { text } })));
  });

  test("acts as its role", async () => {
    const source =
      "import boto3\ndef handle(event, context):\n    return boto3.client('sts').get_caller_identity()['Arn']\n";
    await make({ name: "who", code: zipFile({ "index.py": source }), settings: { Timeout: 20 } });

    expect(await invoke(emulator, "who")).toMatchObject({
      payload: "arn:aws:sts::111122223333:assumed-role/functions/who",
    });
  });

  test("cannot act as a role that is gone", async () => {
    const arn = await makeRole(emulator, "passing");
    const code = zipFile({ "index.py": "def handle(event, context): pass\n" });
    await make({ name: "orphan", code, settings: { Role: arn } });
    await callQuery(emulator, "iam", { Action: "DeleteRole", Version: "2010-05-08", RoleName: "passing" });

    expect(await invoke(emulator, "orphan")).toMatchObject({
      status: 403,
      payload: { message: "The role defined for the function cannot be assumed by Lambda." },
    });
  });

  test("runs the code that it was updated to", async () => {
    const code = (text: string) => zipFile({ "index.py": `def handle(event, context):\n    return "${text}"\n` });
    await make({ name: "updated", code: code("old") });
    expect(await invoke(emulator, "updated")).toMatchObject({ payload: "old" });

    await callFunction(emulator, "updated", { method: "PUT", path: "code", input: code("new") });

    expect(await invoke(emulator, "updated")).toMatchObject({ payload: "new" });
  });
});

describe("code in S3", () => {
  const versions: string[] = [];
  const zips = ["first", "second"].map((text) =>
    zipOf({ "index.py": `def handle(event, context):\n    return "${text}"\n` }),
  );
  const at = (version: string) => ({ S3Bucket: "code", S3Key: "function.zip", S3ObjectVersion: version });

  beforeAll(async () => {
    await makeBucket(emulator, "code");
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await send(emulator, { service: "s3", method: "PUT", path: "/code?versioning", body });
    for (const zip of zips) {
      const request = { service: "s3", method: "PUT", path: "/code/function.zip", body: zip };
      versions.push((await sendForHeaders(emulator, request)).headers.get("x-amz-version-id") ?? "");
    }
  });

  test("is that of the version which is named, also when another one is named later", async () => {
    const [first = "", second = ""] = versions;
    const sha256 = async () => {
      const { text } = await callFunction(emulator, "versioned", { method: "GET", path: "configuration" });
      return (JSON.parse(text) as { CodeSha256: string }).CodeSha256;
    };
    const hashes = zips.map((zip) => createHash("sha256").update(zip).digest("base64"));

    await make({ name: "versioned", code: at(first) });
    expect(await invoke(emulator, "versioned")).toMatchObject({ payload: "first" });
    expect(await sha256()).toBe(hashes[0]);

    await callFunction(emulator, "versioned", { method: "PUT", path: "code", input: at(second) });
    expect(await invoke(emulator, "versioned")).toMatchObject({ payload: "second" });
    expect(await sha256()).toBe(hashes[1]);
  });

  test.each([
    ["version", at("absent"), "NoSuchVersion"],
    ["object", { S3Bucket: "code", S3Key: "absent.zip" }, "NoSuchKey"],
    ["bucket", { S3Bucket: "absent", S3Key: "function.zip" }, "NoSuchBucket"],
  ])("has to be there: the %s", async (_, code, reason) => {
    const props = { name: "absent", runtime: "python3.13", handler: "index.handle", code };

    expect(await makeFunction(emulator, role, props)).toMatchObject({
      status: 400,
      text: expect.stringContaining(`S3 Error Code: ${reason}`) as string,
    });
    expect(await invoke(emulator, "absent")).toMatchObject({ status: 404 });
  });
});

describe("compiled modules", () => {
  // of another machine than this one, whichever it is; 183 stands for arm64 in a library, 62 for x86-64
  const [architecture, machineName, ofThere, ofHere] =
    process.arch === "arm64" ? (["x86_64", "x86_64", 62, 183] as const) : (["arm64", "aarch64", 183, 62] as const);
  const MODULE = `mmh3.cpython-313-${machineName}-linux-gnu.so`;
  const [, LOCKED = ""] = /^mmh3==(\S+)/m.exec(readFileSync(MIGRATOR_REQUIREMENTS, "utf8")) ?? [];
  const HANDLER = 'import mmh3\ndef handle(event, context):\n    return mmh3.hash("foo")\n';
  /** The beginning of a library, which says what machine it is for. */
  const library = (machine: number) =>
    Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, ...Array<number>(14).fill(0), machine, 0]);
  const files = (version: string, machine: number = ofThere): Record<string, string | Uint8Array<ArrayBuffer>> => ({
    "index.py": HANDLER,
    [MODULE]: library(machine),
    [`mmh3-${version}.dist-info/METADATA`]: `Metadata-Version: 2.4\nName: mmh3\nVersion: ${version}\n`,
  });
  const settings = { Architectures: [architecture], Timeout: 20 };

  test("come from the same packages of this machine", async () => {
    await make({ name: "compiled", code: zipFile(files(LOCKED)), settings });

    expect(await invoke(emulator, "compiled")).toMatchObject({ functionError: null, payload: -156908512 });
  });

  test("are not found where Lambda could not load them", async () => {
    await make({ name: "foreign", code: zipFile(files(LOCKED, ofHere)), settings });

    expect(await invoke(emulator, "foreign")).toMatchObject({
      functionError: "Unhandled",
      payload: { errorMessage: "Unable to import module 'index': No module named 'mmh3'" },
    });
  });

  test("are not taken from another version of their package, nor from one that nobody names", async () => {
    await make({ name: "older", code: zipFile(files("5.0.0")), settings });
    await make({ name: "nameless", code: zipFile({ "index.py": HANDLER, [MODULE]: library(ofThere) }), settings });

    expect(await invoke(emulator, "older")).toMatchObject({
      status: 501,
      payload: {
        message: expect.stringMatching(new RegExp(`mmh3 is of mmh3 5\\.0\\.0, and .+ has ${LOCKED}`)) as string,
      },
    });
    expect(await invoke(emulator, "nameless")).toMatchObject({
      status: 501,
      payload: { message: expect.stringContaining("nobody can tell which package mmh3 belongs to") as string },
    });
  });

  test("keep a function from running where nobody has said which Python has them", async () => {
    const other = await startEmulator(account);
    try {
      const props = { name: "compiled", runtime: "python3.13", handler: "index.handle" };
      const made = await makeRole(other, "functions");
      await makeFunction(other, made, { ...props, code: zipFile(files(LOCKED)), settings });

      expect(await invoke(other, "compiled")).toMatchObject({
        status: 501,
        payload: { message: expect.stringContaining("start the emulator with lambdaPython") as string },
      });
    } finally {
      await other.stop();
    }
  });
});

describe("a function of Node", () => {
  const node = { runtime: "nodejs22.x", handler: "index.handler" };
  const VERSIONED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

  test.each([
    ["CommonJS", "index.js", "exports.handler ="],
    ["an ES module", "index.mjs", 'import "node:fs";\nexport const handler ='],
  ])("is called and answers with what it throws: %s", async (form, file, declaration) => {
    const name = form.replaceAll(" ", "-");
    const source = `${declaration} async (event, context) => {
      console.log("printed");
      if (event.fail) throw new RangeError("no good");
      const left = context.getRemainingTimeInMillis();
      return { event, remaining: left > 0 && left <= 2000, id: context.awsRequestId.length, name: context.functionName };
    };`;
    await make({ ...node, name, code: zipFile({ [file]: source }), settings: { Timeout: 2 } });

    expect(await invoke(emulator, name, { event: { some: "event" } })).toEqual({
      status: 200,
      functionError: null,
      payload: { event: { some: "event" }, remaining: true, id: 36, name },
      log: expect.stringContaining("printed\n") as string,
    });
    expect(await invoke(emulator, name, { event: { fail: true } })).toMatchObject({
      status: 200,
      functionError: "Unhandled",
      payload: {
        errorType: "RangeError",
        errorMessage: "no good",
        trace: expect.arrayContaining(["RangeError: no good"]) as string[],
      },
    });
  });

  test("is one of ours as it is bundled, and reads from the emulator with the SDK that is in it", async () => {
    const contracts = loadConfiguration().domains.flatMap((domain) =>
      domain.datasets.map((dataset) => contractOf(domain, dataset)),
    );
    const body = JSON.stringify(contracts.find(({ domain, name }) => domain === "web" && name === "clickstream"));
    await makeBucket(emulator, "contracts");
    await send(emulator, { service: "s3", method: "PUT", path: "/contracts?versioning", body: VERSIONED });
    const put = await sendForHeaders(emulator, { service: "s3", method: "PUT", path: "/contracts/web.json", body });
    const Variables = {
      CONTRACT_BUCKET: "contracts",
      CONTRACT_KEY: "web.json",
      CONTRACT_VERSION: put.headers.get("x-amz-version-id") ?? "",
      SNAPSHOT_BUCKET: "contracts",
      DATABASE: "web_raw",
      TABLE: "clickstream",
      QUARANTINE_TABLE: "clickstream_quarantine",
      POWERTOOLS_SERVICE_NAME: "transform",
    };
    const code = zipFile({ "index.js": readFileSync(bundleFunction("pipelines/functions/transform/index.ts")) });
    await make({ ...node, name: "transform", code, settings: { Timeout: 30, Environment: { Variables } } });
    const approximateArrivalTimestamp = Date.parse("2026-11-20T12:00:00Z");
    const click = { event_id: "1", occurred_at: "2026-11-20T11:59:00Z", event_type: "view" };
    const records = [click, { ...click, event_type: "unheard of" }].map((record, index) => ({
      ...{ recordId: String(index), approximateArrivalTimestamp },
      data: Buffer.from(JSON.stringify(record)).toString("base64"),
    }));

    const { payload, functionError } = await invoke(emulator, "transform", { event: { records } });

    expect(functionError).toBeNull();
    const to = (destinationTableName: string) => ({
      metadata: { otfMetadata: { destinationTableName } },
      result: "Ok",
    });
    expect(payload).toMatchObject({ records: [to("clickstream"), to("clickstream_quarantine")] });
  });

  test("is an error where it never answers", async () => {
    const source = "exports.handler = () => new Promise(() => undefined);";
    await make({ ...node, name: "never", code: zipFile({ "index.js": source }) });

    expect(await invoke(emulator, "never")).toMatchObject({
      functionError: "Unhandled",
      payload: { errorMessage: expect.stringContaining("Runtime exited with error: exit status 13") as string },
    });
  });
});

describe("a call is refused", () => {
  const code = zipFile({
    "index.py": "def handle(event, context): pass\n",
    "index.js": "exports.handler = (e, c, done) => done();",
  });

  beforeAll(() => make({ name: "plain", code }));

  test("that nobody waits for", async () => {
    expect(await invoke(emulator, "plain", { type: "Event" })).toMatchObject({
      status: 501,
      payload: { message: expect.stringContaining("nobody would run the function later") as string },
    });
  });

  test.each([
    ["of a runtime that is not here", { runtime: "java21", handler: "Index::handle" }, "no java21 is on this machine"],
    ["of a handler with a callback", { runtime: "nodejs22.x", handler: "index.handler" }, "takes a callback"],
  ])("%s", async (_, props, message) => {
    const name = props.runtime.replace(".", "-");
    await make({ name, code, ...props });

    expect(await invoke(emulator, name)).toMatchObject({
      status: 501,
      payload: { message: expect.stringContaining(message) as string },
    });
  });

  test("with what is no JSON", async () => {
    expect(await invoke(emulator, "plain", { event: "{" })).toMatchObject({ status: 400 });
  });

  test("while the function is switched off", async () => {
    const path = "/2017-10-31/functions/plain/concurrency";
    const allow = (calls: number) =>
      callLambda(emulator, { method: "PUT", path, input: { ReservedConcurrentExecutions: calls } });
    await allow(0);
    expect(await invoke(emulator, "plain")).toMatchObject({ status: 429 });

    await allow(1);
    expect(await invoke(emulator, "plain")).toMatchObject({ status: 200, payload: null });
  });

  test("and a dry run does not run anything", async () => {
    expect(await invoke(emulator, "plain", { type: "DryRun" })).toMatchObject({ status: 204, log: "" });
    expect(await invoke(emulator, "absent", { type: "DryRun" })).toMatchObject({ status: 404 });
  });
});

test("a function in a VPC is known to buckets by the endpoint of its subnet", async () => {
  const ec2 = async (parameters: { Action: string; [name: string]: string }, element: string) => {
    const { text } = await callQuery(emulator, "ec2", { Version: "2016-11-15", ...parameters });
    const [, found] = new RegExp(`<${element}>([^<]+)<`).exec(text) ?? [];
    return found ?? text;
  };
  const VpcId = await ec2({ Action: "CreateVpc", CidrBlock: "10.0.0.0/16" }, "vpcId");
  const subnet = await ec2({ Action: "CreateSubnet", VpcId, CidrBlock: "10.0.1.0/24" }, "subnetId");
  const group = await ec2({ Action: "CreateSecurityGroup", VpcId, GroupName: "g", GroupDescription: "g" }, "groupId");
  const filter = { "Filter.1.Name": "vpc-id", "Filter.1.Value.1": VpcId };
  const table = await ec2({ Action: "DescribeRouteTables", ...filter }, "routeTableId");
  const ServiceName = "com.amazonaws.eu-west-1.s3";
  const endpoint = await ec2({ Action: "CreateVpcEndpoint", VpcId, ServiceName }, "vpcEndpointId");
  await makeBucket(emulator, "private");
  await send(emulator, { service: "s3", method: "PUT", path: "/private/file", body: "content" });
  const Condition = { StringNotEquals: { "aws:SourceVpce": endpoint } };
  const deny = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::private/*",
    Condition,
  };
  const body = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
  await send(emulator, { service: "s3", method: "PUT", path: "/private?policy", body });
  const source = `import boto3
def handle(event, context):
    return boto3.client("s3").get_object(Bucket="private", Key="file")["Body"].read().decode()
`;
  const VpcConfig = { SubnetIds: [subnet], SecurityGroupIds: [group] };
  await make({ name: "inside", code: zipFile({ "index.py": source }), settings: { VpcConfig, Timeout: 20 } });

  expect(await invoke(emulator, "inside")).toMatchObject({
    functionError: "Unhandled",
    payload: {
      errorMessage: expect.stringContaining("role/functions is not authorized to perform: s3:GetObject") as string,
    },
  });

  await ec2({ Action: "ModifyVpcEndpoint", VpcEndpointId: endpoint, "AddRouteTableId.1": table }, "return");
  expect(await invoke(emulator, "inside")).toMatchObject({ functionError: null, payload: "content" });
});
