import type { DataElement, DataSet } from './data-set.ts';
import { delimiter, isLongForm, type DataSetEncoding } from './data-set-encoding.ts';

/**
 * Writes a data set, with defined lengths throughout.
 *
 * @throws RangeError where a value of a short representation has more than 65535 bytes
 */
export function encodeDataSet(dataSet: DataSet, encoding: DataSetEncoding): Buffer {
  return Buffer.concat(dataSet.elements().flatMap((element) => encodeElement(element, encoding)));
}

function encodeElement(element: DataElement, encoding: DataSetEncoding): Buffer[] {
  const value = element.value ?? Buffer.concat(element.items.flatMap((item) => encodeItem(item, encoding)));
  const header =
    encoding === 'implicit' ? implicitHeader(element.tag, value.length) : explicitHeader(element, value);
  return [header, value];
}

function encodeItem(item: DataSet, encoding: DataSetEncoding): Buffer[] {
  const value = encodeDataSet(item, encoding);
  return [implicitHeader(delimiter.item, value.length), value];
}

function implicitHeader(tag: number, length: number): Buffer {
  const header = Buffer.alloc(8);
  writeTag(header, tag);
  header.writeUInt32LE(length, 4);
  return header;
}

function explicitHeader({ tag, vr }: DataElement, value: Buffer): Buffer {
  const isLong = isLongForm(vr);
  const header = Buffer.alloc(isLong ? 12 : 8);
  writeTag(header, tag);
  header.write(vr, 4, 2, 'latin1');
  if (isLong) header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length, 6);
  return header;
}

function writeTag(header: Buffer, tag: number): void {
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
}
