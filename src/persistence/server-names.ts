/** Names by number; entries of a table hold the number. Number 0 is none. */
export class ServerNames {
  #names: string[] = [''];
  readonly #numbers = new Map<string, number>();

  /** The name of a number; an empty one for 0. Hot path. */
  name(number: number): string | undefined {
    return this.#names[number];
  }

  /** The number of a name; a new one where it has none. Hot path. */
  number(name: string): number {
    return this.#numbers.get(name) ?? this.add(name);
  }

  /** The number of a name; 0 where it has none. */
  known(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  /** Forgets all. */
  clear(): void {
    this.#names = [''];
    this.#numbers.clear();
  }

  /** The highest number. */
  protected get last(): number {
    return this.#names.length - 1;
  }

  protected add(name: string): number {
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}
