/** The environment that a file may refer to. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables put in. */
export interface ExpandedText {
  readonly text: string;
  /** Whether there was any variable. */
  readonly isExpanded: boolean;
  /** What is wrong with its variables, each as the end of "expected … , got …". */
  readonly problems: readonly { readonly expected: string; readonly actual: string }[];
}

/** `$${`, or a variable; where only `${` is matched, what follows is none. */
const references = /\$\$\{|\$\{(?:(?<name>[A-Za-z_]\w*)(?<rest>:-(?<otherwise>[^}]*))?\})?/gu;
/** The same where no bracket follows, so that nobody looks for it from each place to the end of the text. */
const openReferences = /\$\$\{|\$\{/gu;

/**
 * Puts the values of environment variables in place of `${NAME}`, and of `${NAME:-default}`, whose default also stands
 * in for an empty value, as in a shell. `$${` is a literal `${`. What is put in is not looked at again.
 */
export function expandVariables(text: string, environment: Environment): ExpandedText {
  const problems: { readonly expected: string; readonly actual: string }[] = [];
  let isExpanded = false;
  const replace = (reference: string, ...matched: readonly unknown[]): string => {
    if (reference === '$${') return '${';
    isExpanded = true;
    if (reference === '${') {
      problems.push({
        expected: "a variable such as ${NAME} or ${NAME:-default}, or '$${' for a literal '${'",
        actual: "'${'",
      });
      return '';
    }
    const groups = matched.at(-1) as Readonly<Record<string, string | undefined>>;
    const { name = '', rest, otherwise } = groups;
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (rest !== undefined) return value === undefined || value === '' ? (otherwise ?? '') : value;
    if (value === undefined) {
      problems.push({
        expected: `an environment variable ${name}, or a default: \${${name}:-default}`,
        actual: 'none',
      });
    }
    return value ?? '';
  };
  const end = text.lastIndexOf('}') + 1;
  const closed = text.slice(0, end).replaceAll(references, replace);
  const expanded = closed + text.slice(end).replaceAll(openReferences, replace);
  return { text: expanded, isExpanded, problems };
}
