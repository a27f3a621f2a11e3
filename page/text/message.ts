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

/**
 * Takes a text apart. `{name}` gives the value, and `{count|one|many}` the word for that count, which may have names of its own.
 */
export function piecesOf(text: string, values: Message['values']): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open < 0) break;
    if (open > at) pieces.push({ words: text.slice(at, open) });
    const end = closingOf(text, open);
    const [name = '', ...words] = choicesIn(text.slice(open + 1, end));
    const value = values[name] ?? '';
    if (words.length === 0) pieces.push({ name, value });
    else pieces.push(...piecesOf((value === 1 ? words[0] : words.at(-1)) ?? '', values));
    at = end + 1;
  }
  if (at < text.length) pieces.push({ words: text.slice(at) });
  return pieces;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
}

/** The name and its words; names within the words are none of its bars. */
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
