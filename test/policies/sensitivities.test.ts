import { SENSITIVITIES } from "../../domains/schema";
import { SENSITIVITIES as KNOWN } from "../../policies/lake-formation/contracts";

test("rules know the sensitivities of domains, in their order", () => {
  expect(KNOWN).toEqual(SENSITIVITIES);
});
