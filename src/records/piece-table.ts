import { TextPiece } from '../base/text-piece.ts';

/** Texts that are kept at most. They are of names of the configuration, which may change for ever. */
const maxKept = 10_000;

/** What lines say of a few names together, such as that of a server and why it was picked: made once and kept. */
export class PieceTable {
  readonly #make: (first: string, second: string, third: string) => string;
  readonly #kept = new Map<string, Map<string, Map<string, TextPiece>>>();
  #count = 0;

  constructor(make: (first: string, second: string, third: string) => string) {
    this.#make = make;
  }

  /** Hot path. */
  get(first: string, second: string, third = ''): TextPiece {
    return this.#kept.get(first)?.get(second)?.get(third) ?? this.#add(first, second, third);
  }

  #add(first: string, second: string, third: string): TextPiece {
    if (this.#count === maxKept) {
      this.#kept.clear();
      this.#count = 0;
    }
    const piece = new TextPiece(this.#make(first, second, third));
    inside(inside(this.#kept, first), second).set(third, piece);
    this.#count += 1;
    return piece;
  }
}

/** The map of a name in another one. */
function inside<Value>(maps: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  const known = maps.get(name) ?? new Map<string, Value>();
  maps.set(name, known);
  return known;
}
