import { type Check, type Finding, findingIf } from "../../validation/check";
import { type Environment, STORAGE_CLASSES } from "../schema";

type AgeRules = Environment["lake"]["logs"];
type Transition = AgeRules["transitions"][number];

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
const MIN_DAYS_BEFORE_INFREQUENT_ACCESS = 30;
const MIN_DAYS_IN_CLASS: Partial<Record<Transition["storageClass"], number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
};

/** What the age rules and the lock of the lake's buckets must satisfy together. */
export const LAKE_CHECKS: readonly Check<Environment>[] = [
  { reads: ["lake.landing"], findings: ({ lake }) => ageFindings("lake.landing", lake.landing) },
  { reads: ["lake.logs"], findings: ({ lake }) => ageFindings("lake.logs", lake.logs) },
  {
    reads: ["lake.landing"],
    findings: ({ lake: { landing } }) =>
      findingIf(landing.objectLock.kind === "retain" && landing.objectLock.days > landing.expirationDays, {
        path: "lake.landing.objectLock.days",
        limit: `at most lake.landing.expirationDays (${landing.expirationDays}): nothing may expire while it is locked`,
        remedy: "shorten the lock or keep the files longer",
      }),
  },
  {
    reads: ["destroyProtection", "lake.landing.objectLock"],
    findings: ({ destroyProtection, lake: { landing } }) =>
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
      findingIf(
        !destroyProtection && landing.objectLock.kind === "retain" && landing.objectLock.mode === "COMPLIANCE",
        {
          level: "warning",
          path: "lake.landing.objectLock.mode",
          limit:
            "GOVERNANCE without destroyProtection: what COMPLIANCE locks nobody can delete, not even the root user",
          remedy: "use GOVERNANCE, or accept that the environment cannot be destroyed before the locks end",
        },
      ),
  },
];

function ageFindings(path: string, { transitions, expirationDays }: AgeRules): Finding[] {
  const lastTransition = Math.max(-1, ...transitions.map(({ days }) => days));
  return [
    ...transitions.flatMap((transition, index) =>
      transitionFindings(`${path}.transitions[${index}]`, transitions[index - 1], transition),
    ),
    ...findingIf(expirationDays <= lastTransition, {
      path: `${path}.expirationDays`,
      limit: `later than the last transition, which is at ${lastTransition}`,
      remedy: "raise it, or drop the transitions that would come after it",
    }),
  ];
}

function transitionFindings(path: string, previous: Transition | undefined, next: Transition): Finding[] {
  const { storageClass, days } = next;
  const infrequentAccess = storageClass === "STANDARD_IA" || storageClass === "ONEZONE_IA";
  if (infrequentAccess && days < MIN_DAYS_BEFORE_INFREQUENT_ACCESS) {
    return [
      {
        path: `${path}.days`,
        limit: `at least ${MIN_DAYS_BEFORE_INFREQUENT_ACCESS} days before ${storageClass}`,
        remedy: `write ${MIN_DAYS_BEFORE_INFREQUENT_ACCESS} or more`,
      },
    ];
  }
  if (previous === undefined) {
    return [];
  }
  if (!leadsTo(previous, next)) {
    return [
      {
        path: `${path}.storageClass`,
        limit: `a class that S3 can move ${previous.storageClass} objects to`,
        remedy: `put the transitions in the order ${STORAGE_CLASSES.join(", ")}; ONEZONE_IA does not lead to GLACIER_IR`,
      },
    ];
  }
  const minimum = MIN_DAYS_IN_CLASS[previous.storageClass] ?? 1;
  const earliest = previous.days + minimum;
  return findingIf(days < earliest, {
    path: `${path}.days`,
    limit: `at least ${earliest}: ${previous.storageClass} begins at ${previous.days} and keeps objects ${minimum} days or more`,
    remedy: `write ${earliest} or more`,
  });
}

function leadsTo(previous: Transition, next: Transition): boolean {
  const isColder = STORAGE_CLASSES.indexOf(next.storageClass) > STORAGE_CLASSES.indexOf(previous.storageClass);
  return isColder && !(previous.storageClass === "ONEZONE_IA" && next.storageClass === "GLACIER_IR");
}
