/** Folder in which stacks find the bundles that they upload, from where Terraform runs. */
export const BUNDLE_FOLDER = "bundles";

/** Name of a bundle's file: another one for other bytes. */
export function bundleFileName(name: string, sha256: string): string {
  return `${name}-${sha256.slice(0, 16)}.zip`;
}
