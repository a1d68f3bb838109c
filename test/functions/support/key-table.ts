import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { closeServer } from "./object-store";

type Item = Record<string, { S?: string; N?: string }>;

interface Operation {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ExpressionAttributeValues?: Item;
}

export interface KeyTable {
  readonly endpoint: string;
  readonly items: Map<string, Item>;
  /** Fails these operations until it is undefined again. */
  failOn(operation: string | undefined): void;
  close(): Promise<void>;
}

/** Answers on loopback as DynamoDB does to what Powertools asks of a table of idempotency records. */
export async function startKeyTable(): Promise<KeyTable> {
  const items = new Map<string, Item>();
  let failing: string | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      const [status, body] = answer(items, operation, (await json(request)) as Operation, failing);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    items,
    failOn: (operation) => {
      failing = operation;
    },
    close: () => closeServer(server),
  };
}

function answer(
  items: Map<string, Item>,
  operation: string,
  { Item, Key, ExpressionAttributeValues: values = {} }: Operation,
  failing: string | undefined,
): [number, object] {
  const id = (Item ?? Key)?.id?.S ?? "";
  const held = items.get(id);
  if (operation === failing) {
    return [400, { __type: "com.amazonaws.dynamodb.v20120810#ValidationException", message: "told to fail" }];
  }
  switch (operation) {
    case "PutItem":
      if (held !== undefined && !isFree(held, values)) {
        return [400, { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", Item: held }];
      }
      items.set(id, Item ?? {});
      return [200, {}];
    case "UpdateItem":
      items.set(id, { ...held, status: values[":status"] ?? {}, expiration: values[":expiry"] ?? {} });
      return [200, {}];
    case "DeleteItem":
      items.delete(id);
      return [200, {}];
    default:
      return [200, { Item: held }];
  }
}

/** The condition that Powertools puts with: expired, or under way for longer than its run may be. */
function isFree(held: Item, values: Item): boolean {
  const number = (value: { N?: string } | undefined) => Number(value?.N);
  const isStale = number(held.in_progress_expiration) < number(values[":now_in_millis"]);
  return number(held.expiration) < number(values[":now"]) || (held.status?.S === "INPROGRESS" && isStale);
}
