import type { Environment } from "../../environments/schema";
import type { Collision, FirstApply, SettingChange } from "./first-apply";

/** What a first apply would do to what is there, as people read it. */
export function renderFirstApply(
  { settings, collisions, registered }: FirstApply,
  { name, accountId, region }: Pick<Environment, "name" | "accountId" | "region">,
): string {
  const lines = settings.flatMap(settingLines);
  return [
    `Lake Formation of account ${accountId} in ${region}, and what a first apply of ${name} would do to it:`,
    ...(settings.length === 0
      ? ["  The stacks set nothing of Lake Formation: settings stay as they are."]
      : lines.length === 0
        ? ["  There are no settings, and none are set."]
        : lines),
    ...(collisions.length + registered.length === 0 ? ["  No location that is registered is in the way."] : []),
    ...registered.map(({ arn }) => `  same              ${arn} is registered already`),
    ...collisions.flatMap(collisionLines),
  ].join("\n");
}

function settingLines({ setting, removed, added, same, unsaid }: SettingChange): string[] {
  const lines = [
    ...removed.map((text) => `    would be removed  ${text}`),
    ...added.map((text) => `    would be added    ${text}`),
    ...same.map((text) => `    same              ${text}`),
    ...unsaid.map((text) => `    not said          ${text}: AWS does not document whether it stays`),
  ];
  return lines.length === 0 ? [] : [`  ${setting}`, ...lines];
}

const CONSEQUENCES: Readonly<Record<Collision["relation"], string>> = {
  "the same path":
    "Terraform would take that registration for its own, with its role: deregister it, or say that role in the stacks",
  inside: "tables in it would be read with that role: deregister it, unless it is meant",
  above: "ours would count for tables in it, and that one for all others there",
};

function collisionLines({ present, declared, relation }: Collision): string[] {
  const where = relation === "the same path" ? "for" : relation;
  return [
    `  in the way        ${present.arn} is registered with ${present.roleArn},`,
    `                    ${where} ${declared.arn}, which is to be with ${declared.roleArn}`,
    `                    ${CONSEQUENCES[relation]}`,
  ];
}
