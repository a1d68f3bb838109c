/** What can be done where `prevent_destroy` keeps resources that a plan would destroy, a sentence each. */
export function renderRefusals(addresses: readonly string[]): string[] {
  return [
    ...addresses.map((address) => `prevent_destroy keeps ${address}, which the plan would destroy`),
    "no approval overrides that: put the code back (or add a moved block, where it was renamed); if it shall go, set " +
      "destroyProtection of the environment to false, deploy that, and plan again",
  ];
}
