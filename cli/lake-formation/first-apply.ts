import { type LakeFormation, type Location, type Setting, SETTINGS, type Settings } from "./settings";

/** What becomes of one setting. */
export interface SettingChange {
  readonly setting: Setting;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly same: readonly string[];
  /** Parameters that are there and that nothing sets: AWS does not say whether they stay. */
  readonly unsaid: readonly string[];
}

/** A location that is registered, and one of ours that it is in the way of. */
export interface Collision {
  readonly present: Location;
  readonly declared: Location;
  /** Where the one that is registered is. */
  readonly relation: "the same path" | "inside" | "above";
}

/** What a first apply would do to what is there. */
export interface FirstApply {
  /** None where the stacks set nothing. */
  readonly settings: readonly SettingChange[];
  readonly collisions: readonly Collision[];
  /** Locations that are registered as they are declared. */
  readonly registered: readonly Location[];
}

/** Settings are put as a whole: what they do not name goes. */
export function firstApply(
  declared: LakeFormation,
  present: LakeFormation & { readonly settings: Settings },
): FirstApply {
  const { settings } = declared;
  const pairs = declared.locations.flatMap((ours) => present.locations.map((theirs) => ({ ours, theirs })));
  return {
    settings:
      settings === undefined
        ? []
        : SETTINGS.map((setting) => changeOf(setting, settings[setting], present.settings[setting])),
    collisions: pairs.flatMap(({ ours, theirs }) => collisionOf(ours, theirs)),
    registered: pairs.filter(({ ours, theirs }) => isSame(ours, theirs)).map(({ ours }) => ours),
  };
}

function changeOf(setting: Setting, declared: readonly string[], present: readonly string[]): SettingChange {
  const gone = present.filter((text) => !declared.includes(text));
  const keys = declared.map(keyOf);
  const isUnsaid = (text: string) => setting === "parameters" && !keys.includes(keyOf(text));
  return {
    setting,
    removed: gone.filter((text) => !isUnsaid(text)).sort(),
    added: declared.filter((text) => !present.includes(text)).sort(),
    same: declared.filter((text) => present.includes(text)).sort(),
    unsaid: gone.filter(isUnsaid).sort(),
  };
}

function keyOf(parameter: string): string {
  return parameter.replace(/=.*/s, "");
}

function pathOf({ arn }: Location): string {
  return arn.replace(/\/+\*?$/, "");
}

function isSame(one: Location, other: Location): boolean {
  return pathOf(one) === pathOf(other) && one.roleArn === other.roleArn;
}

function collisionOf(declared: Location, present: Location): Collision[] {
  const [ours, theirs] = [pathOf(declared), pathOf(present)];
  if (isSame(declared, present)) {
    return [];
  }
  const relation =
    ours === theirs
      ? "the same path"
      : theirs.startsWith(`${ours}/`)
        ? "inside"
        : ours.startsWith(`${theirs}/`)
          ? "above"
          : undefined;
  return relation === undefined ? [] : [{ present, declared, relation }];
}
