import { transferSyntax } from './uids.ts';

/** How elements are written: with their value representation or without. Both little endian. */
export type DataSetEncoding = 'implicit' | 'explicit';

/**
 * The encoding of a transfer syntax. Compressed ones encode everything but pixel data explicitly.
 *
 * @returns undefined for big endian and deflated data sets, which are not read here
 */
export function encodingOf(transferSyntaxUid: string): DataSetEncoding | undefined {
  if (transferSyntaxUid === transferSyntax.implicitVrLittleEndian) return 'implicit';
  const unread = ['1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99'];
  if (unread.includes(transferSyntaxUid)) return undefined;
  return transferSyntaxUid.startsWith(transferSyntax.implicitVrLittleEndian) ? 'explicit' : undefined;
}

/** Delimiters of sequences and items: they carry no representation in either encoding (PS3.5 §7.5). */
export const delimiter = {
  item: 0xfffe_e000,
  itemEnd: 0xfffe_e00d,
  sequenceEnd: 0xfffe_e0dd,
} as const;

/** Stands for the length of what ends with a delimiter instead. */
export const undefinedLength = 0xffff_ffff;

const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** True for representations with a 32-bit length after two reserved bytes (PS3.5 §7.1.2). */
export function isLongForm(vr: string): boolean {
  return longForms.has(vr);
}
