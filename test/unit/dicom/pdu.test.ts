import { describe, expect, it } from 'vitest';
import {
  abortFor,
  decodeAbort,
  decodeAssociateReject,
  encodeAbort,
  encodeAssociateReject,
  encodeReleaseRequest,
  encodeReleaseResponse,
  pduType,
  reject,
} from '../../../src/dicom/pdu.ts';
import { PduReader } from '../../../src/dicom/pdu-reader.ts';
import { DicomProblem } from '../../../src/dicom/problem.ts';
import {
  associateRequestBytes,
  echoRequestBytes,
  localLimitExceededBytes,
  releaseRequestBytes,
} from './known-pdus.ts';

describe('short PDUs', () => {
  it('are the bytes of the standard', () => {
    expect(encodeReleaseRequest()).toEqual(releaseRequestBytes);
    expect(encodeReleaseResponse().toString('hex')).toBe('06000000000400000000');
    expect(encodeAssociateReject(reject.localLimitExceeded)).toEqual(localLimitExceededBytes);
    expect(encodeAssociateReject(reject.temporaryCongestion).toString('hex')).toBe('03000000000400020301');
    expect(encodeAbort({ source: 2, reason: 6 }).toString('hex')).toBe('07000000000400000206');
  });

  it('are read back', () => {
    expect(decodeAssociateReject(localLimitExceededBytes.subarray(6))).toEqual(reject.localLimitExceeded);
    expect(decodeAbort(Buffer.from([0, 0, 2, 6]))).toEqual({ source: 2, reason: 6 });
  });

  it('that are cut off are a problem', () => {
    expect(decodeAbort(Buffer.from([0, 0, 2]))).toMatchObject({ code: 'truncated' });
    expect(decodeAssociateReject(Buffer.alloc(0))).toMatchObject({ code: 'truncated' });
  });

  it('answer a problem with the reason that fits it', () => {
    expect(abortFor(new DicomProblem('unknown-pdu', ''))).toEqual({ source: 2, reason: 1 });
    expect(abortFor(new DicomProblem('unexpected', ''))).toEqual({ source: 2, reason: 2 });
    expect(abortFor(new DicomProblem('truncated', ''))).toEqual({ source: 2, reason: 6 });
  });
});

describe('PduReader', () => {
  const conversation = Buffer.concat([associateRequestBytes, echoRequestBytes, releaseRequestBytes]);

  it('cuts a stream that came in one piece', () => {
    const reader = new PduReader();
    reader.push(conversation);
    const types = [reader.next(), reader.next(), reader.next()].map(
      (pdu) => pdu && 'type' in pdu && pdu.type,
    );
    expect(types).toEqual([pduType.associateRequest, pduType.data, pduType.releaseRequest]);
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(0);
  });

  it('reads only the given range of a chunk', () => {
    const reader = new PduReader();
    const framed = Buffer.concat([Buffer.from('junk'), releaseRequestBytes, Buffer.from('junk')]);
    reader.push(framed, 4, 4 + releaseRequestBytes.length);
    expect(reader.next()).toEqual({ type: pduType.releaseRequest, body: Buffer.alloc(4) });
    expect(reader.pendingBytes).toBe(0);
  });

  it('does not keep the memory of its caller', () => {
    const reader = new PduReader();
    const chunk = Buffer.from(releaseRequestBytes);
    reader.push(chunk.subarray(0, 8));
    chunk.fill(0xff);
    reader.push(releaseRequestBytes.subarray(8));
    expect(reader.next()).toEqual({ type: pduType.releaseRequest, body: Buffer.alloc(4) });
  });

  it('refuses an unknown type by its first byte', () => {
    const reader = new PduReader();
    reader.push(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(reader.next()).toMatchObject({ code: 'unknown-pdu' });
  });

  it('refuses an announced length above its limit before any of it arrives', () => {
    const reader = new PduReader(1000);
    reader.push(Buffer.from('0400ffffffff', 'hex'));
    expect(reader.next()).toMatchObject({ code: 'too-long' });
  });

  it('takes exactly its limit', () => {
    const reader = new PduReader(1000);
    reader.push(Buffer.concat([Buffer.from('0400000003e8', 'hex'), Buffer.alloc(1000)]));
    expect(reader.next()).toMatchObject({ type: pduType.data });
  });

  it('refuses a release, an abort or a rejection of another length than four', () => {
    for (const type of ['03', '05', '06', '07']) {
      const reader = new PduReader();
      reader.push(Buffer.from(`${type}0000000005`, 'hex'));
      expect(reader.next()).toMatchObject({ code: 'invalid' });
    }
  });

  it('stays with its first problem and keeps nothing afterwards', () => {
    const reader = new PduReader();
    reader.push(Buffer.from([0xff]));
    const problem = reader.next();
    reader.push(releaseRequestBytes);
    expect(reader.next()).toBe(problem);
    expect(reader.pendingBytes).toBe(0);
  });
});
