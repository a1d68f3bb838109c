import { account } from "../support/synth";
import { startEmulator } from "./emulator";

jest.mock("../../cli/python/environment", () => ({ preparePython: () => Promise.resolve("/absent/python") }));

test("a Python that cannot be started is an error that says so", async () => {
  await expect(startEmulator(account)).rejects.toThrow("The emulator did not start:\nspawn /absent/python ENOENT");
});
