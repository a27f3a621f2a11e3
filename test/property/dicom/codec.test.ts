import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAssociateAccept,
  decodeAssociateRequest,
  encodeAssociateAccept,
  encodeAssociateRequest,
} from '../../../src/dicom/associate.ts';
import { attribute } from '../../../src/dicom/attributes.ts';
import { decodeCommandSet, encodeCommandSet } from '../../../src/dicom/command-set.ts';
import { DataSet } from '../../../src/dicom/data-set.ts';
import { decodeDataSet } from '../../../src/dicom/data-set-decoder.ts';
import { encodeDataSet } from '../../../src/dicom/data-set-encoder.ts';
import { echoRequest, findRequest, storeRequest } from '../../../src/dicom/dimse.ts';
import { decodePData, encodePData } from '../../../src/dicom/p-data.ts';
import { encodePdu, encodeReleaseRequest, pduHeaderBytes, pduType } from '../../../src/dicom/pdu.ts';
import { PduReader } from '../../../src/dicom/pdu-reader.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';

const printable = (max: number): fc.Arbitrary<string> =>
  fc.stringMatching(/^[!-~]+$/, { size: '-1' }).map((text) => text.slice(0, max));
const uid = fc.array(fc.nat(99999), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('.'));
const contextId = fc.nat(127).map((half) => 2 * half + 1);
const proposed = fc.record({
  id: contextId,
  abstractSyntax: uid,
  transferSyntaxes: fc.array(uid, { maxLength: 4 }),
});
const answered = fc.record({ id: contextId, result: fc.nat(4), transferSyntax: uid });

const associate = <T>(contexts: fc.Arbitrary<T>) =>
  fc.record({
    protocolVersion: fc.constant(1),
    calledAe: printable(16),
    callingAe: printable(16),
    applicationContext: uid,
    maxPduBytes: fc.nat(2 ** 31),
    implementationClass: uid,
    implementationVersion: printable(16),
    contexts: fc.array(contexts, { maxLength: 6 }),
  });

const textAttributes = Object.values(attribute).filter(({ vr }) => vr !== 'SQ');
const flatDataSet = fc
  .array(fc.tuple(fc.constantFrom(...textAttributes), printable(40)), { maxLength: 8 })
  .map((entries) => entries.reduce((dataSet, [of, text]) => dataSet.setText(of, text), new DataSet()));
const dataSet = fc
  .tuple(flatDataSet, fc.array(flatDataSet, { maxLength: 3 }))
  .map(([outer, items]) => outer.setItems(attribute.scheduledProcedureStepSequence, items));

/** What a data set says, as plain data that can be compared. */
function told(of: DataSet): unknown {
  return of
    .elements()
    .map(({ tag, vr, value, items }) => [tag, vr, value?.toString('hex') ?? items?.map(told)]);
}

describe('what is encoded', () => {
  it('is decoded again: A-ASSOCIATE', () => {
    fc.assert(
      fc.property(associate(proposed), (request) => {
        expect(decodeAssociateRequest(encodeAssociateRequest(request).subarray(pduHeaderBytes))).toEqual(
          request,
        );
      }),
    );
    fc.assert(
      fc.property(associate(answered), (accept) => {
        expect(decodeAssociateAccept(encodeAssociateAccept(accept).subarray(pduHeaderBytes))).toEqual(accept);
      }),
    );
  });

  it('is decoded again: data sets in both encodings', () => {
    fc.assert(
      fc.property(
        dataSet,
        fc.constantFrom('implicit' as const, 'explicit' as const),
        (original, encoding) => {
          const decoded = decodeDataSet(encodeDataSet(original, encoding), encoding);
          expect(decoded instanceof DataSet && told(decoded)).toEqual(told(original));
        },
      ),
    );
  });

  it('is whole again after any fragmentation, and no fragment is longer than agreed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 128, max: 600 }),
        contextId,
        (bytes, max, id) => {
          const reader = new PduReader(max);
          reader.push(encodePData(id, 'data', Buffer.from(bytes), max));
          const fragments: Buffer[] = [];
          let lastFlags = '';
          for (let pdu = reader.next(); pdu !== undefined; pdu = reader.next()) {
            if (pdu instanceof DicomProblem) throw new Error(pdu.reason);
            const values = decodePData(pdu.body);
            if (values instanceof DicomProblem) throw new Error(values.reason);
            for (const value of values) {
              expect(value).toMatchObject({ contextId: id, isCommand: false });
              fragments.push(Buffer.from(value.data));
              lastFlags += value.isLast ? 'L' : '.';
            }
          }
          expect(Buffer.concat(fragments)).toEqual(Buffer.from(bytes));
          expect(lastFlags).toMatch(/^\.*L$/);
        },
      ),
    );
  });
});

describe('PduReader', () => {
  it('finds the same PDUs wherever the stream was split', () => {
    const stream = Buffer.concat([
      encodePData(1, 'command', encodeCommandSet(echoRequest(1)), 0),
      encodeReleaseRequest(),
      encodePData(3, 'data', Buffer.alloc(700, 1), 256),
    ]);
    const whole = pdusOf([stream]);
    expect(whole).toHaveLength(5);
    for (let split = 1; split < stream.length; split++) {
      expect(pdusOf([stream.subarray(0, split), stream.subarray(split)])).toEqual(whole);
    }
    expect(pdusOf(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('never holds more than its limit, once the complete PDUs were taken', () => {
    const bodies = fc.array(fc.nat(200), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 300 }), (lengths, chunkBytes) => {
        const stream = Buffer.concat(lengths.map((length) => encodePdu(pduType.data, Buffer.alloc(length))));
        const reader = new PduReader(200);
        let taken = 0;
        for (let start = 0; start < stream.length; start += chunkBytes) {
          reader.push(stream, start, Math.min(start + chunkBytes, stream.length));
          while (taken <= lengths.length && reader.next() !== undefined) taken++;
          expect(reader.pendingBytes).toBeLessThan(200 + pduHeaderBytes);
        }
        expect(taken).toBe(lengths.length);
      }),
    );
  });
});

describe('a decoder', () => {
  const request = encodeAssociateRequest({
    calledAe: 'PACS',
    callingAe: 'CT01',
    maxPduBytes: 16384,
    implementationClass: '1.2.3',
    implementationVersion: 'TEST',
    contexts: [{ id: 1, abstractSyntax: '1.2', transferSyntaxes: ['1.2.840.10008.1.2'] }],
  }).subarray(pduHeaderBytes);
  const find = encodeCommandSet(findRequest(1, '1.2.840.10008.5.1.4.31'));
  const item = new DataSet().setText(attribute.modality, 'CT');
  const query = new DataSet()
    .setText(attribute.patientName, 'A*')
    .setItems(attribute.scheduledProcedureStepSequence, [item]);
  const decoders: readonly [string, Buffer, (bytes: Buffer) => unknown][] = [
    ['A-ASSOCIATE-RQ', request, decodeAssociateRequest],
    ['A-ASSOCIATE-AC', request, decodeAssociateAccept],
    ['P-DATA-TF', encodePData(1, 'command', find, 0).subarray(pduHeaderBytes), decodePData],
    ['command set', encodeCommandSet(storeRequest(1, '1.2', '1.2.3')), decodeCommandSet],
    ['implicit data set', encodeDataSet(query, 'implicit'), (bytes) => decodeDataSet(bytes, 'implicit')],
    ['explicit data set', encodeDataSet(query, 'explicit'), (bytes) => decodeDataSet(bytes, 'explicit')],
  ];
  const mutation = fc.record({ at: fc.nat(1000), byte: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xfe, 0xff) });

  it.each(decoders)('of %s never throws, whatever was changed or cut', (_name, bytes, decode) => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.nat(1000), (mutations, length) => {
        const mutated = Buffer.from(bytes.subarray(0, length % (bytes.length + 1)));
        for (const { at, byte } of mutations) if (mutated.length > 0) mutated[at % mutated.length] = byte;
        expect(decode(mutated)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each(decoders)('of %s never throws on bytes that are nothing', (_name, _bytes, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decode(Buffer.from(bytes))).toBeDefined();
      }),
    );
  });
});

function pdusOf(chunks: readonly Buffer[]): string[] {
  const reader = new PduReader();
  const found: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let pdu = reader.next(); pdu !== undefined; pdu = reader.next()) {
      found.push(pdu instanceof DicomProblem ? pdu.reason : `${pdu.type} ${pdu.body.toString('hex')}`);
    }
  }
  return found;
}
