/** An inclusive range of numbers. */
export interface Range<T> {
  readonly min: number;
  readonly max: number;
  readonly default?: T;
}

/** How a nested object is read. */
export interface ChildRule {
  /** What a problem says where it is no object. @default 'an object' */
  readonly expected?: string;
  /** What is read where it is absent. @default {} */
  readonly default?: object;
  /** Whether it must be there. @default false */
  readonly isRequired?: boolean;
}

/** How an array is read. */
export interface ListRule<T> {
  /** How many there must be at least. @default 0 */
  readonly min?: number;
  /** @default whether there must be any */
  readonly isRequired?: boolean;
  /** What a problem says where it is no array of that length. @default `an array of at least` so many */
  readonly expected?: string;
  /** What an absent one counts as. @default [] */
  readonly default?: readonly T[];
}

/** What services and servers may be called. */
export const nameRule = {
  pattern: /^[A-Za-z0-9._-]{1,64}$/,
  expected: "1 to 64 letters, digits, '.', '_' or '-'",
} as const;
