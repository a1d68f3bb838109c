/** `web-clickstream` as `WebClickstream`: identifiers of policy statements may hold letters and digits only. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
