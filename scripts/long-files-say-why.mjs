/** A rule of ESLint: a file of many lines says within its first lines why it is not two. */
const maxLines = 250;
const headLines = 5;
const reason = new RegExp(`^ ?Over ${maxLines} lines because \\S|^ ?eslint max-lines: .* -- \\S`);

/** @type {import('eslint').Rule.RuleModule} */
export const longFilesSayWhy = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program(node) {
      const { sourceCode } = context;
      const lineCount = sourceCode.text.trimEnd().split('\n').length;
      const saysWhy = sourceCode
        .getAllComments()
        .some(({ loc, value }) => loc.start.line <= headLines && reason.test(value));
      if (lineCount <= maxLines || saysWhy) return;
      const message = `${lineCount} lines: split the file, or begin it with "// Over ${maxLines} lines because …"`;
      context.report({ node, loc: { line: 1, column: 0 }, message });
    },
  }),
};
