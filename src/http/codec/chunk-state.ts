/** Where a chunk decoder stands: what the next byte must be. */
export const chunkState = {
  size: 0,
  /** White space behind a size or a whole extension. */
  blank: 1,
  extensionName: 2,
  /** White space behind the name of an extension. */
  nameBlank: 3,
  extensionValue: 4,
  extensionToken: 5,
  quoted: 6,
  quotedPair: 7,
  afterQuoted: 8,
  sizeLineFeed: 9,
  data: 10,
  dataReturn: 11,
  dataLineFeed: 12,
  trailerStart: 13,
  trailerName: 14,
  trailerValue: 15,
  trailerLineFeed: 16,
  endLineFeed: 17,
  ended: 18,
  failed: 19,
} as const;

export type ChunkState = (typeof chunkState)[keyof typeof chunkState];
