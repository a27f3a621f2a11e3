/** What a configuration file may be made of. A file beyond it is refused before its values are looked at. */
export interface FileLimits {
  /** Size of the file. @default 2 MiB */
  readonly maxBytes: number;
  /** Lists and maps inside each other. @default 64 */
  readonly maxDepth: number;
  /**
   * Values, each counted as often as aliases repeat it: few lines with aliases of aliases can stand for billions.
   * @default 200_000, some ten times what five services of a thousand servers need
   */
  readonly maxValues: number;
  /** Services. Rules compare each with each. @default 1_000 */
  readonly maxServices: number;
  /** Problems that are told. Of more, the first in the file are told, and how many there are. @default 1_000 */
  readonly maxProblems: number;
  /** Size of a file that holds a secret. @default 64 KiB */
  readonly maxSecretBytes: number;
}

export const fileLimits: FileLimits = {
  maxBytes: 2 * 2 ** 20,
  maxDepth: 64,
  maxValues: 200_000,
  maxServices: 1_000,
  maxProblems: 1_000,
  maxSecretBytes: 64 * 2 ** 10,
};
