// Lints snippets of code as if they stood in the named files: [{ file, code }] on standard input, [[message]] on output.
import { text } from "node:stream/consumers";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const eslint = new ESLint({
  // the snippets are no files, so nothing is known of their types
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    {
      languageOptions: { parserOptions: { projectService: false } },
      rules: { "@typescript-eslint/no-unused-vars": "off" },
    },
  ],
});
const snippets = JSON.parse(await text(process.stdin));
const results = await Promise.all(
  snippets.map(async ({ file, code }) => {
    const [result] = await eslint.lintText(code, { filePath: file });
    return result.messages.map(({ message }) => message);
  }),
);
process.stdout.write(JSON.stringify(results));
