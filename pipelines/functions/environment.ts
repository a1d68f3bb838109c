/**
 * A variable of the function's environment.
 *
 * @throws Error if it is not set
 */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`the environment variable ${name} is not set`);
  }
  return value;
}
