import { join } from "node:path";
import { fakeCommand, temporaryFolder } from "../support/checkout";
import { preparePython } from "../../cli/python/environment";

/** Prepares an environment with nothing but a folder's programs on PATH. */
function prepare(folder: string): Promise<string> {
  const { signal } = new AbortController();
  const requirements = join(__dirname, "..", "emulator", "requirements.txt");
  return preparePython({ name: "test", requirements, signal, variables: { PATH: folder } });
}

describe("making a Python environment", () => {
  test("says what is needed where there is no Python", async () => {
    await expect(prepare(temporaryFolder())).rejects.toThrow(
      "Basin needs Python 3.10 or later as python3 on PATH, which cannot be started: spawn python3 ENOENT",
    );
  });

  test("says what is needed where Python is too old", async () => {
    const folder = temporaryFolder();
    fakeCommand(folder, "python3", "echo /usr/bin/python3\necho 3.9.18");

    await expect(prepare(folder)).rejects.toThrow(
      "Basin needs Python 3.10 or later as python3 on PATH; /usr/bin/python3 is 3.9.18.",
    );
  });
});
