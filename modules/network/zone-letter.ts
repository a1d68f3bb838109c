/** The letter that tells a zone from the others of its region: an id that survives a change of their order. */
export function zoneLetter(availabilityZone: string): string {
  return availabilityZone.slice(-1);
}
