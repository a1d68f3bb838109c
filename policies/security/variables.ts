/** What something is called that is a secret itself. */
const SECRET = /secret|passw(?:or)?d|passphrase|token|api_?key|private_?key|access_?key|credential/i;

/** What is behind it where a secret is only spoken of: its name, or how long it is good for. */
const ABOUT =
  /_(?:name|arn|id|path|prefix|url|uri|endpoint|header|field|column|table|bucket|ttl|seconds|minutes|days|age|limit|enabled|type)s?$/i;

/** Names of what looks random, and is no secret. */
const FINGERPRINT = /hash|digest|checksum|sha\d*|etag|version|fingerprint/i;

/** What a secret is called where it is kept, "basin/prod/kafka". */
const PATH = /^[a-z][a-z0-9._-]*(\/[a-z][a-z0-9._-]*)+$/;

/** Credentials of AWS, and private keys. */
const CREDENTIAL = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Bits a character from which on a text of letters and digits is taken for random; words have less. */
const ENTROPY = 4.25;

/** Names of the variables of a program that hold a secret, as far as can be seen. */
export function secretsIn(variables: object): string[] {
  return Object.entries(variables)
    .filter(([name, value]) => typeof value === "string" && isSecret(name, value))
    .map(([name]) => name);
}

function isSecret(name: string, value: string): boolean {
  const isElsewhere = value === "" || /(?<!\$)\$\{|^arn:/.test(value);
  const isPlain = /^(?:\d+|true|false)$/i.test(value) || PATH.test(value);
  return (
    CREDENTIAL.test(value) ||
    (!isElsewhere &&
      !isPlain &&
      ((SECRET.test(name) && !ABOUT.test(name)) || (!FINGERPRINT.test(name) && looksRandom(value))))
  );
}

/** Whether a text is one word of mixed letters and digits that no person would write. */
function looksRandom(value: string): boolean {
  return (
    /^[\w+/=-]{24,}$/.test(value) &&
    [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(value)) &&
    entropyOf(value) >= ENTROPY
  );
}

/** Shannon's entropy, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
