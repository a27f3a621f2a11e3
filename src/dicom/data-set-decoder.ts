import { representationOf } from './attributes.ts';
import { DataSet } from './data-set.ts';
import { delimiter, isLongForm, undefinedLength, type DataSetEncoding } from './data-set-encoding.ts';
import { DicomProblem } from './problem.ts';

/** Sequences within sequences: real data sets have three or four levels. */
const maxDepth = 8;

/** How to decode. */
export interface DecodeDataSetOptions {
  /** Stops before the first element of this tag or a higher one: the head of an image without its pixels. */
  readonly beforeTag?: number;
}

/** The elements of a data set, as views of `bytes`. */
export function decodeDataSet(
  bytes: Buffer,
  encoding: DataSetEncoding,
  options: DecodeDataSetOptions = {},
): DataSet | DicomProblem {
  const decoder = new Decoder(bytes, options.beforeTag ?? Infinity);
  return decoder.readElements(encoding, { end: bytes.length, isDelimited: false }, 0);
}

/** The room of a data set or a sequence: up to `end`, or up to a delimiter before `end`. */
interface Extent {
  readonly end: number;
  readonly isDelimited: boolean;
}

interface ElementHeader {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
}

class Decoder {
  readonly #bytes: Buffer;
  readonly #beforeTag: number;
  #offset = 0;

  constructor(bytes: Buffer, beforeTag: number) {
    this.#bytes = bytes;
    this.#beforeTag = beforeTag;
  }

  readElements(encoding: DataSetEncoding, extent: Extent, depth: number): DataSet | DicomProblem {
    const dataSet = new DataSet();
    while (this.#offset < extent.end) {
      const header = this.#readHeader(encoding, extent.end);
      if (header instanceof DicomProblem) return header;
      if (header.tag === delimiter.itemEnd && extent.isDelimited) return dataSet;
      if (header.tag >= delimiter.item)
        return new DicomProblem('invalid', 'data set: a delimiter out of place');
      if (depth === 0 && header.tag >= this.#beforeTag) return dataSet;
      const problem = this.#readValue(dataSet, header, encoding, extent.end, depth);
      if (problem !== undefined) return problem;
    }
    if (extent.isDelimited) return this.#truncated('an item has no end');
    return dataSet;
  }

  #readValue(
    dataSet: DataSet,
    { tag, vr, length }: ElementHeader,
    encoding: DataSetEncoding,
    end: number,
    depth: number,
  ): DicomProblem | undefined {
    if (vr === 'SQ' || (vr === 'UN' && length === undefinedLength)) {
      // A sequence of unknown representation is encoded implicitly (PS3.5 §6.2.2 note 2).
      const inner = vr === 'SQ' ? encoding : 'implicit';
      const extent = this.#extentOf(length, end);
      if (extent instanceof DicomProblem) return extent;
      const items = this.#readItems(inner, extent, depth + 1);
      if (items instanceof DicomProblem) return items;
      dataSet.set({ tag, vr: 'SQ', items });
      return undefined;
    }
    if (length > end - this.#offset) return this.#truncated('a value is longer than its container');
    dataSet.set({ tag, vr, value: this.#bytes.subarray(this.#offset, this.#offset + length) });
    this.#offset += length;
    return undefined;
  }

  #readItems(encoding: DataSetEncoding, extent: Extent, depth: number): DataSet[] | DicomProblem {
    if (depth > maxDepth)
      return new DicomProblem('too-long', `data set: more than ${maxDepth} levels of sequences`);
    const items: DataSet[] = [];
    while (this.#offset < extent.end) {
      const header = this.#readHeader('implicit', extent.end);
      if (header instanceof DicomProblem) return header;
      if (header.tag === delimiter.sequenceEnd && extent.isDelimited) return items;
      if (header.tag !== delimiter.item)
        return new DicomProblem('invalid', 'data set: a sequence without items');
      const itemExtent = this.#extentOf(header.length, extent.end);
      if (itemExtent instanceof DicomProblem) return itemExtent;
      const item = this.readElements(encoding, itemExtent, depth);
      if (item instanceof DicomProblem) return item;
      items.push(item);
    }
    if (extent.isDelimited) return this.#truncated('a sequence has no end');
    return items;
  }

  /** Reads tag, representation and length; the offset is then at the value. */
  #readHeader(encoding: DataSetEncoding, end: number): ElementHeader | DicomProblem {
    const bytes = this.#bytes;
    const start = this.#offset;
    if (end - start < 8) return this.#truncated('an element header is cut off');
    const tag = bytes.readUInt16LE(start) * 0x1_0000 + bytes.readUInt16LE(start + 2);
    this.#offset = start + 8;
    if (encoding === 'implicit' || tag >= delimiter.item) {
      return { tag, vr: representationOf(tag), length: bytes.readUInt32LE(start + 4) };
    }
    const vr = bytes.toString('latin1', start + 4, start + 6);
    if (!/^[A-Z]{2}$/.test(vr))
      return new DicomProblem('invalid', 'data set: a value representation is missing');
    if (!isLongForm(vr)) return { tag, vr, length: bytes.readUInt16LE(start + 6) };
    if (end - start < 12) return this.#truncated('an element header is cut off');
    this.#offset = start + 12;
    return { tag, vr, length: bytes.readUInt32LE(start + 8) };
  }

  #extentOf(length: number, end: number): Extent | DicomProblem {
    if (length === undefinedLength) return { end, isDelimited: true };
    if (length > end - this.#offset) return this.#truncated('a sequence is longer than its container');
    return { end: this.#offset + length, isDelimited: false };
  }

  #truncated(what: string): DicomProblem {
    return new DicomProblem('truncated', `data set: ${what} (byte ${this.#offset})`);
  }
}
