import { english, type TextKey } from './english.ts';
import { korean } from './korean.ts';
import { message, piecesOf, type Message, type MessageValue } from './message.ts';
import { formatCount } from './numbers.ts';
import { Times } from './times.ts';

/** Every language of the page. A further one is a catalogue and a line here. */
export const catalogues = { en: english, ko: korean } as const satisfies Record<
  string,
  Readonly<Record<TextKey, string>>
>;

export type Language = keyof typeof catalogues;

/** Says messages in one language, and times as its readers write them. */
export class Texts {
  readonly language: Language;
  readonly times: Times;

  /** @param timeZone of the reader. @default the system's */
  constructor(language: Language, timeZone?: string) {
    this.language = language;
    this.times = new Times(language === 'en' ? 'en-GB' : language, timeZone);
  }

  say(key: TextKey, values: Message['values'] = {}): string {
    return this.write(message(key, values));
  }

  /** A whole message as one text. */
  write({ key, values }: Message): string {
    const pieces = piecesOf(catalogues[this.language][key], values);
    return pieces.map((piece) => ('words' in piece ? piece.words : this.writeValue(piece.value))).join('');
  }

  writeValue(value: MessageValue): string {
    if (typeof value === 'number') return formatCount(value);
    if (typeof value === 'string') return value;
    return 'key' in value ? this.write(value) : value.map((each) => this.write(each)).join(', ');
  }
}
