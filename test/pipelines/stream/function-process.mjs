// Runs a Node function for the tests: reads a JSON command a line from standard input, and answers each with a line. The
// argument is the bundled file. An answer is {"result": {"response": what Lambda would send back, "log": lines}}, or
// {"error": type, "message": text} for what the function threw.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const answer = process.stdout.write.bind(process.stdout);
let log = "";

// the function's log goes where Lambda keeps it, not among the answers
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text, ...rest) => {
    log += String(text);
    rest.findLast((one) => typeof one === "function")?.();
    return true;
  };
}

async function call(handler, event) {
  log = "";
  try {
    const response = JSON.stringify(await handler(event, { awsRequestId: event.invocationId }));
    return { result: { response, log: log.split("\n").filter((line) => line !== "") } };
  } catch (error) {
    return { error: error?.name ?? "Error", message: `${error?.stack ?? error}\n${log}` };
  }
}

const module = await import(pathToFileURL(process.argv[2]).href);
for await (const line of createInterface({ input: process.stdin })) {
  const [, event] = JSON.parse(line);
  answer(`${JSON.stringify(await call(module.handler ?? module.default.handler, event))}\n`);
}
