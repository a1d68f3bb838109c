/** Folder in which stacks find the bundles that they upload, from where Terraform runs. */
export const BUNDLE_FOLDER = "bundles";

/** How bundles of consumers of streams are called, before the name of their code. */
export const CONSUMER_BUNDLE = "consumer-";

/** Name of a bundle's file: another one for other bytes. */
export function bundleFileName(name: string, sha256: string): string {
  return `${name}-${sha256.slice(0, 16)}.zip`;
}
