import { describe, expect, it } from 'vitest';
import {
  decodeAssociateAccept,
  decodeAssociateRequest,
  encodeAssociateAccept,
  encodeAssociateRequest,
  type AssociateRequest,
} from '../../../src/dicom/associate.ts';
import { pduHeaderBytes } from '../../../src/dicom/pdu.ts';
import { dicomApplicationContext, sopClass, transferSyntax } from '../../../src/dicom/uids.ts';
import { associateRequestBytes, knownImplementationClass } from './known-pdus.ts';

const known: AssociateRequest = {
  protocolVersion: 1,
  calledAe: 'PACS',
  callingAe: 'LB_CHECK',
  applicationContext: dicomApplicationContext,
  contexts: [
    {
      id: 1,
      abstractSyntax: sopClass.verification,
      transferSyntaxes: [transferSyntax.implicitVrLittleEndian],
    },
  ],
  maxPduBytes: 16384,
  implementationClass: knownImplementationClass,
  implementationVersion: 'LBCHECK_1',
};

const knownBody = associateRequestBytes.subarray(pduHeaderBytes);

/** The known body with bytes replaced. */
function changed(offset: number, ...bytes: number[]): Buffer {
  const body = Buffer.from(knownBody);
  body.set(bytes, offset);
  return body;
}

describe('A-ASSOCIATE-RQ', () => {
  it('of a C-ECHO is written byte for byte', () => {
    expect(associateRequestBytes).toHaveLength(206);
    expect(encodeAssociateRequest(known)).toEqual(associateRequestBytes);
  });

  it('of a C-ECHO is read', () => {
    expect(decodeAssociateRequest(knownBody)).toEqual(known);
  });

  it('loses the spaces around AE titles, and NULs after them', () => {
    const title = Buffer.from('  CT 01\0\0       ');
    expect(decodeAssociateRequest(changed(20, ...title))).toMatchObject({ callingAe: 'CT 01' });
  });

  it('that is cut off anywhere is a problem, or lacks whole items', () => {
    for (let length = 0; length < knownBody.length; length++) {
      const decoded = decodeAssociateRequest(knownBody.subarray(0, length));
      expect(decoded).not.toEqual(known);
      if (length < 68) expect(decoded).toMatchObject({ code: 'truncated' });
    }
  });

  it('with an even context id, or a context without an abstract syntax, is invalid', () => {
    const contextStart = 68 + 25 + 4;
    expect(decodeAssociateRequest(changed(contextStart, 2))).toMatchObject({ code: 'invalid' });
    expect(decodeAssociateRequest(changed(contextStart + 4, 0x31))).toMatchObject({ code: 'invalid' });
  });

  it('with an item longer than its place is truncated', () => {
    expect(decodeAssociateRequest(changed(68 + 2, 0xff, 0xff))).toMatchObject({ code: 'truncated' });
  });

  it('without user information asks for no limit', () => {
    const body = knownBody.subarray(0, knownBody.length - 4 - 0x35);
    expect(decodeAssociateRequest(body)).toMatchObject({ maxPduBytes: 0, implementationVersion: '' });
  });

  it('cannot be written with an AE title of more than 16 characters', () => {
    expect(() => encodeAssociateRequest({ ...known, calledAe: 'SEVENTEEN_LETTERS' })).toThrow(RangeError);
  });
});

describe('A-ASSOCIATE-AC', () => {
  const accept = {
    ...known,
    contexts: [
      { id: 1, result: 0, transferSyntax: transferSyntax.implicitVrLittleEndian },
      { id: 3, result: 3, transferSyntax: '' },
    ],
  };

  it('has an item 21 with the result for each context', () => {
    const bytes = encodeAssociateAccept(accept).toString('hex');
    expect(bytes.slice(0, 4)).toBe('0200');
    expect(bytes).toContain('2100001901000000' + '40000011');
    expect(bytes).toContain('2100000803000300' + '40000000');
  });

  it('is read back', () => {
    expect(decodeAssociateAccept(encodeAssociateAccept(accept).subarray(pduHeaderBytes))).toEqual(accept);
  });
});
