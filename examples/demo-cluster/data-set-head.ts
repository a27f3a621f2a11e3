import { DataSet } from '../../src/dicom/data-set.ts';
import { decodeDataSet } from '../../src/dicom/data-set-decoder.ts';
import { encodingOf } from '../../src/dicom/data-set-encoding.ts';
import type { MessageContext } from './dicom-operation.ts';

/** As much of a data set as is kept to be read: queries, and images up to their pixels. */
const maxHeadBytes = 64 * 1024;

/** Keeps the beginning of a data set, and counts all of it. */
export class DataSetHead {
  readonly #pieces: Buffer[] = [];
  bytes = 0;

  add(bytes: Buffer): void {
    const room = maxHeadBytes - Math.min(this.bytes, maxHeadBytes);
    this.bytes += bytes.length;
    // A copy: the fragment is a view of memory that is reused.
    if (room > 0 && bytes.length > 0) this.#pieces.push(Buffer.from(bytes.subarray(0, room)));
  }

  /** @returns undefined where it cannot be read */
  decode(context: MessageContext, beforeTag?: number): DataSet | undefined {
    const encoding = encodingOf(context.transferSyntax);
    if (encoding === undefined) return undefined;
    const options = beforeTag === undefined ? {} : { beforeTag };
    const decoded = decodeDataSet(Buffer.concat(this.#pieces), encoding, options);
    return decoded instanceof DataSet ? decoded : undefined;
  }
}
