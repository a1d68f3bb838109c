import { type Check, type Finding, findingIf, repetitions } from "../../validation/check";
import { LAKE_CHECKS } from "./lake-checks";
import { NETWORK_CHECKS } from "./network-checks";
import { OUTSIDE_CHECKS } from "./outside-checks";
import { REGIONS } from "../regions";
import { type Environment, MAX_OWN_TAGS, RESERVED_TAG_KEYS, TAG_OF_AWS, TAG_TEXT } from "../schema";

/** Every rule over several fields of one environment. */
export const CHECKS: readonly Check<Environment>[] = [
  ...NETWORK_CHECKS,
  ...LAKE_CHECKS,
  ...OUTSIDE_CHECKS,
  {
    reads: ["alerts.emails"],
    findings: ({ alerts: { emails } }) =>
      repetitions(
        emails.map((email) => email.toLowerCase()),
        (index) => ({
          path: `alerts.emails[${index}]`,
          limit: "each address once: SNS keeps one subscription for it",
          remedy: "remove the repetition",
        }),
      ),
  },
  {
    reads: ["region", "state.region"],
    findings: ({ region, state }) =>
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: an account is scoped to one partition
      findingIf(REGIONS[state.region] !== REGIONS[region], {
        path: "state.region",
        limit: `a region of the partition that ${region} is in: an account exists in one partition only`,
        remedy: "use the region of the environment",
      }),
  },
  { reads: ["tags"], findings: ({ tags }) => tagFindings(tags) },
];

function tagFindings(tags: Environment["tags"]): Finding[] {
  const keys = Object.keys(tags);
  const lowerCaseKeys = keys.map((key) => key.toLowerCase());
  return [
    ...findingIf(keys.length > MAX_OWN_TAGS, {
      path: "tags",
      limit: `at most ${MAX_OWN_TAGS} tags: a resource takes 50, of which Basin keeps 10 for its own`,
      remedy: "drop the tags nobody evaluates",
    }),
    ...keys.flatMap((key, index) => {
      const refusal = tagKeyRefusal(key, lowerCaseKeys.slice(0, index));
      return refusal === undefined ? [] : [{ path: `tags.${key}`, ...refusal }];
    }),
  ];
}

/** Why a key cannot be a tag of ours; undefined where it can. */
function tagKeyRefusal(key: string, earlierKeys: readonly string[]): Pick<Finding, "limit" | "remedy"> | undefined {
  if (TAG_OF_AWS.test(key)) {
    return { limit: "no key that begins with aws:, which AWS keeps for itself", remedy: "rename the key" };
  }
  if (key.length > 128 || !TAG_TEXT.test(key)) {
    return {
      limit: "a key of 1 to 128 letters, digits, spaces and _ . : / = + - @",
      remedy: "shorten the key or replace the characters that tags do not allow",
    };
  }
  if (RESERVED_TAG_KEYS.some((reserved) => reserved.toLowerCase() === key.toLowerCase())) {
    return {
      limit: `none of the keys that Basin sets itself: ${RESERVED_TAG_KEYS.join(", ")}`,
      remedy: "remove the tag or rename it",
    };
  }
  if (earlierKeys.includes(key.toLowerCase())) {
    return {
      limit: "keys that differ in more than upper and lower case: IAM takes such keys for one",
      remedy: "keep one of them",
    };
  }
  return undefined;
}
