/** Text as Terraform takes it literally: it evaluates ${ and %{ in every string of its JSON. */
export function escapeTemplates(text: string): string {
  return text.replaceAll(/([$%])\{/g, "$1$1{");
}
