import { catalogues, Texts, type Language } from '../text/texts.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What a reader chose for this browser: the language, and light or dark. */
export class Settings {
  readonly #changed: () => void;
  #theme: Theme;
  #texts: Texts;

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#theme = themes.find((theme) => theme === read('theme')) ?? 'system';
    this.#texts = new Texts(languageOf(read('language')) ?? languageOf(navigator.language) ?? 'en');
    this.#show();
  }

  get theme(): Theme {
    return this.#theme;
  }

  get texts(): Texts {
    return this.#texts;
  }

  nextTheme(): void {
    this.#theme = themes[(themes.indexOf(this.#theme) + 1) % themes.length] ?? 'system';
    write('theme', this.#theme);
    this.#show();
  }

  nextLanguage(): void {
    const all = Object.keys(catalogues) as Language[];
    const language = all[(all.indexOf(this.#texts.language) + 1) % all.length] ?? 'en';
    this.#texts = new Texts(language);
    write('language', language);
    this.#show();
  }

  #show(): void {
    const { documentElement: root } = document;
    root.lang = this.#texts.language;
    if (this.#theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = this.#theme;
    this.#changed();
  }
}

function languageOf(text: string | undefined): Language | undefined {
  const name = text?.split('-')[0] ?? '';
  return Object.hasOwn(catalogues, name) ? (name as Language) : undefined;
}

/** A browser may forbid to keep anything: then it holds until the page is closed. */
function read(name: string): string | undefined {
  try {
    return localStorage.getItem(`sluice-${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`sluice-${name}`, value);
  } catch {
    // As above.
  }
}
