import { serviceEventNames, type ServiceEvents } from '../../src/index.ts';
import { Condition } from '../contract/engine/condition.ts';

interface Observable {
  on<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): unknown;
}

/** Everything that a service or a balancer has published since this was made. */
export class FactRecord {
  /** The names of all facts, in order. */
  readonly names: string[] = [];
  readonly #facts: { readonly name: string; readonly fact: unknown }[] = [];
  readonly #condition = new Condition();

  constructor(source: Observable) {
    for (const name of serviceEventNames) {
      source.on(name, (fact) => {
        this.names.push(name);
        this.#facts.push({ name, fact });
        this.#condition.changed();
      });
    }
  }

  of<Name extends keyof ServiceEvents>(name: Name): readonly ServiceEvents[Name][] {
    return this.#facts.filter((entry) => entry.name === name).map(({ fact }) => fact as ServiceEvents[Name]);
  }

  /** The first fact of that name which fits, past ones included. */
  async first<Name extends keyof ServiceEvents>(
    name: Name,
    fits: (fact: ServiceEvents[Name]) => boolean = () => true,
  ): Promise<ServiceEvents[Name]> {
    await this.#condition.until(() => this.of(name).some(fits));
    return this.of(name).find(fits)!;
  }

  /** Until there are so many facts of that name. */
  async count(name: keyof ServiceEvents, count: number): Promise<void> {
    await this.#condition.until(() => this.of(name).length >= count);
  }
}
