import type { TextKey } from './english.ts';

/** What stands in the place of a name: a text, a number, another message, or a list of them. */
export type MessageValue = string | number | Message | readonly Message[];

/** A text of the catalogue with what it is about. What comes from outside stays a value: text, never markup. */
export interface Message {
  readonly key: TextKey;
  readonly values: Readonly<Record<string, MessageValue>>;
}

export function message(key: TextKey, values: Readonly<Record<string, MessageValue>> = {}): Message {
  return { key, values };
}

/** A piece of a text: words of the catalogue, or the value of a name. */
export type Piece = { readonly words: string } | { readonly name: string; readonly value: MessageValue };

/** A text that was taken apart: words, names, and words that depend on a count. */
type Part =
  { readonly words: string } | { readonly name: string; readonly choices: readonly (readonly Part[])[] };

/** Texts are few, and said a thousand times a second. */
const known = new Map<string, readonly Part[]>();

/**
 * Fills a text. `{name}` gives the value, and `{count|one|many}` the words for that count, which may have names of their own.
 */
export function piecesOf(text: string, values: Message['values']): readonly Piece[] {
  let parts = known.get(text);
  if (parts === undefined) {
    parts = partsOf(text);
    known.set(text, parts);
  }
  return filled(parts, values);
}

function filled(parts: readonly Part[], values: Message['values']): readonly Piece[] {
  return parts.flatMap((part) => {
    if ('words' in part) return part;
    const { name, choices } = part;
    const value = values[name] ?? '';
    if (choices.length === 0) return { name, value };
    return filled((value === 1 ? choices[0] : choices.at(-1)) ?? [], values);
  });
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const end = open < 0 ? text.length : closingOf(text, open);
    const words = text.slice(at, open < 0 ? end : open);
    if (words !== '') parts.push({ words });
    if (open >= 0) {
      const [name = '', ...choices] = choicesIn(text.slice(open + 1, end));
      parts.push({ name, choices: choices.map(partsOf) });
    }
    at = end + 1;
  }
  return parts;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
}

/** The name and its choices; bars within the choices' own names part nothing. */
function choicesIn(inner: string): readonly string[] {
  const choices: string[] = [];
  let [choice, depth] = ['', 0];
  for (const letter of inner) {
    if (letter === '{') depth += 1;
    else if (letter === '}') depth -= 1;
    if (letter === '|' && depth === 0) {
      choices.push(choice);
      choice = '';
    } else choice += letter;
  }
  return [...choices, choice];
}
