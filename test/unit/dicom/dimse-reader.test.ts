import { describe, expect, it } from 'vitest';
import { encodeCommandSet } from '../../../src/dicom/command-set.ts';
import { echoRequest, storeRequest } from '../../../src/dicom/dimse.ts';
import { DimseReader } from '../../../src/dicom/dimse-reader.ts';
import { decodePData, encodePData, type Pdv } from '../../../src/dicom/p-data.ts';
import { sopClass } from '../../../src/dicom/uids.ts';

const store = storeRequest(1, sopClass.secondaryCaptureStorage, '1.2.3');
const storeBytes = encodeCommandSet(store);

function pdv(isCommand: boolean, data: Buffer, isLast: boolean, contextId = 1): Pdv {
  return { contextId, isCommand, isLast, data };
}

describe('DimseReader', () => {
  it('joins the fragments of a command and passes those of the data on', () => {
    const reader = new DimseReader();
    expect(reader.read(pdv(true, storeBytes.subarray(0, 10), false))).toBeUndefined();
    expect(reader.read(pdv(true, storeBytes.subarray(10), true))).toEqual({
      kind: 'command',
      contextId: 1,
      command: store,
    });
    const bytes = Buffer.from('ab');
    expect(reader.read(pdv(false, bytes, false))).toEqual({ kind: 'data', bytes, isLast: false });
    expect(reader.read(pdv(false, bytes, true))).toEqual({ kind: 'data', bytes, isLast: true });
    expect(reader.read(pdv(true, encodeCommandSet(echoRequest(2)), true, 3))).toMatchObject({ contextId: 3 });
  });

  it('takes one message after another without data', () => {
    const reader = new DimseReader();
    const echo = encodeCommandSet(echoRequest(1));
    expect(reader.read(pdv(true, echo, true))).toMatchObject({ kind: 'command' });
    expect(reader.read(pdv(true, echo, true))).toMatchObject({ kind: 'command' });
  });

  it('refuses what comes out of turn', () => {
    expect(new DimseReader().read(pdv(false, storeBytes, true))).toMatchObject({ code: 'unexpected' });
    const afterCommand = new DimseReader();
    afterCommand.read(pdv(true, storeBytes, true));
    expect(afterCommand.read(pdv(true, storeBytes, true))).toMatchObject({ code: 'unexpected' });
    const otherContext = new DimseReader();
    otherContext.read(pdv(true, storeBytes, true));
    expect(otherContext.read(pdv(false, storeBytes, true, 3))).toMatchObject({ code: 'unexpected' });
  });

  it('bounds a command that never ends', () => {
    const reader = new DimseReader();
    const outcomes = Array.from({ length: 5 }, () => reader.read(pdv(true, Buffer.alloc(4096), false)));
    expect(outcomes.at(-1)).toMatchObject({ code: 'too-long' });
  });
});

describe('P-DATA-TF', () => {
  it('is cut to the length that the receiver takes', () => {
    const bytes = encodePData(5, 'data', Buffer.alloc(300, 7), 128);
    expect(bytes.readUInt32BE(2)).toBe(128);
    expect(bytes).toHaveLength(300 + 3 * 12);
  });

  it.each([
    ['nothing', '', 'truncated'],
    ['half a fragment header', '0000000401', 'truncated'],
    ['a fragment without its own header', '000000010103', 'invalid'],
    ['a fragment of 4 GiB', 'ffffffff0103', 'truncated'],
    ['one good and one cut off', '000000020103' + '0000', 'truncated'],
  ])('of %s is a problem', (_name, hex, code) => {
    expect(decodePData(Buffer.from(hex, 'hex'))).toMatchObject({ code });
  });
});
