import type { Attribute } from './attributes.ts';

/** One element: a value as bytes, or a sequence of items. */
export type DataElement =
  | { readonly tag: number; readonly vr: string; readonly value: Buffer; readonly items?: undefined }
  | {
      readonly tag: number;
      readonly vr: 'SQ';
      readonly items: readonly DataSet[];
      readonly value?: undefined;
    };

/**
 * A data set: elements by tag. A decoded one holds views of the bytes it came from and is valid as long as
 * they are. Text is taken byte for byte (Latin-1); other character sets pass through unread.
 */
export class DataSet {
  readonly #elements = new Map<number, DataElement>();

  /** The elements in ascending order of their tags. */
  elements(): readonly DataElement[] {
    return [...this.#elements.values()].sort((a, b) => a.tag - b.tag);
  }

  get(attribute: Pick<Attribute, 'tag'>): DataElement | undefined {
    return this.#elements.get(attribute.tag);
  }

  /** The text of a value without its padding; undefined where there is no such value. */
  text(attribute: Pick<Attribute, 'tag'>): string | undefined {
    const value = this.#elements.get(attribute.tag)?.value;
    if (value === undefined) return undefined;
    let end = value.length;
    while (end > 0 && (value[end - 1] === 0 || value[end - 1] === 0x20)) end--;
    return value.toString('latin1', 0, end);
  }

  /** The items of a sequence; none where there is no such sequence. */
  items(attribute: Pick<Attribute, 'tag'>): readonly DataSet[] {
    return this.#elements.get(attribute.tag)?.items ?? [];
  }

  set(element: DataElement): this {
    this.#elements.set(element.tag, element);
    return this;
  }

  /** Sets a text value, padded to an even length as its representation wants. */
  setText({ tag, vr }: Attribute, text: string): this {
    const padding = vr === 'UI' ? '\0' : ' ';
    return this.set({ tag, vr, value: Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1') });
  }

  setItems({ tag }: Attribute, items: readonly DataSet[]): this {
    return this.set({ tag, vr: 'SQ', items });
  }
}
