type Numbers = Int16Array | Int32Array | Uint16Array | Uint32Array | Float64Array;

/** A longer array with the same numbers at its beginning; what follows is 0. */
export function grown<T extends Numbers>(numbers: T, length: number): T {
  const LongerArray = numbers.constructor as new (length: number) => T;
  const longer = new LongerArray(length);
  longer.set(numbers);
  return longer;
}
