/**
 * Refuses a number that AWS would refuse at apply.
 *
 * @throws if it is no whole number, or outside of the limits
 */
export function assertBetween(name: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new Error(`${name} must be a whole number between ${minimum} and ${maximum}, got ${value}`);
  }
}
