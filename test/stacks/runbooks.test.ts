import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/checkout";
import { namedEnvironments, synthesize } from "../support/environments";

describe.each(namedEnvironments)("in %s", (_name, environment) => {
  const alarms = [...synthesize(environment, "single").values()].flatMap(({ resource }) =>
    Object.values(resource.aws_cloudwatch_metric_alarm ?? {}),
  );

  test.each(alarms.map((alarm) => [String(alarm.alarm_name), String(alarm.alarm_description)]))(
    "the runbook of the alarm %s is there, and has something to say about it",
    (name, description) => {
      const [, file = ""] = / Runbook: (\S+)$/.exec(description) ?? [];
      const path = join(repository, file);

      expect(file).not.toBe("");
      expect(existsSync(path)).toBe(true);
      // an alarm is named after what it watches, and for it there is a section
      expect(readFileSync(path, "utf8").toLowerCase()).toContain(`\n## ${name.split("-").at(-1) ?? ""}\n`);
    },
  );

  test("there are alarms", () => {
    expect(alarms.length).toBeGreaterThan(0);
  });
});
