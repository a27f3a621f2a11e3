import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import {
  encodeNameQuery,
  encodeNegativeNameResponse,
  encodePositiveNameResponse,
} from '../../../src/nbns/name-query.ts';
import {
  decodeNodeStatusResponse,
  encodeNodeStatusRequest,
  encodeNodeStatusResponse,
  nameFlags,
} from '../../../src/nbns/node-status.ts';
import { decodeQuestion } from '../../../src/nbns/question.ts';

/** Captured between nmblookup and nmbd 4.17. */
const anyLetters = Buffer.from(`CK${'A'.repeat(30)}`).toString('hex');
const infinittLetters = Buffer.from('EJEOEGEJEOEJFEFECACACACACACACACA').toString('hex');
const nodeStatusRequest = `649e 0000 0001 0000 0000 0000 20 ${anyLetters} 00 0021 0001`;
const nodeStatusHead = `649e 8400 0000 0001 0000 0000 20 ${anyLetters} 00 0021 0001 00000000 00bf 08`;
const nameQuery = `0a66 0100 0001 0000 0000 0000 20 ${infinittLetters} 00 0020 0001`;
const positive = `0a66 8580 0000 0001 0000 0000 20 ${infinittLetters} 00 0020 0001 0003f480 0006 0000 7f000016`;
const negative = `3bdb 8583 0000 0001 0000 0000 20 ${infinittLetters} 00 000a 0001 00000000 0000`;

const infinitt = { text: 'INFINITT', suffix: 0x20 };
const eightNames = [
  ...[0x00, 0x03, 0x20].map((suffix) => ({ text: 'PACS2', suffix, flags: nameFlags.active })),
  ...[0x00, 0x03, 0x20].map((suffix) => ({ text: 'INFINITT', suffix, flags: nameFlags.active })),
  ...[0x00, 0x1e].map((suffix) => ({
    text: 'HOSPITAL',
    suffix,
    flags: nameFlags.active | nameFlags.group,
  })),
];

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('node status', () => {
  it('asks as nmblookup does', () => {
    expect(encodeNodeStatusRequest(0x649e)).toEqual(bytesOf(nodeStatusRequest));
  });

  it('answers as nmbd does', () => {
    const response = encodeNodeStatusResponse(0x649e, eightNames);
    const head = bytesOf(nodeStatusHead);
    expect(response).toHaveLength(247);
    expect(response.subarray(0, head.length)).toEqual(head);
    expect(response.subarray(head.length, head.length + 18)).toEqual(
      Buffer.concat([Buffer.from('PACS2          '), Buffer.from([0, 4, 0])]),
    );
    expect(response.subarray(head.length + 6 * 18, head.length + 7 * 18)).toEqual(
      Buffer.concat([Buffer.from('HOSPITAL       '), Buffer.from([0, 0x84, 0])]),
    );
  });

  it('reads the answer where it lies within a larger buffer', () => {
    const response = encodeNodeStatusResponse(7, eightNames);
    const arena = Buffer.concat([Buffer.alloc(9, 0xff), response, Buffer.alloc(9, 0xff)]);
    expect(decodeNodeStatusResponse(arena, 9, 9 + response.length)).toEqual({
      transactionId: 7,
      responseCode: 0,
      names: eightNames,
    });
  });

  it('reads a refusal, with or without a record', () => {
    const refusal = encodeNegativeNameResponse(7, infinitt, 5);
    expect(decodeNodeStatusResponse(refusal)).toEqual({ transactionId: 7, responseCode: 5, names: [] });
    const bare = refusal.subarray(0, 12);
    bare.writeUInt16BE(0, 6);
    expect(decodeNodeStatusResponse(bare)).toEqual({ transactionId: 7, responseCode: 5, names: [] });
  });

  it('is undefined for every answer that is cut short before its last name', () => {
    const response = encodeNodeStatusResponse(7, eightNames);
    for (let end = 0; end < response.length; end++) {
      expect(decodeNodeStatusResponse(response, 0, end)).toBeUndefined();
    }
  });

  it('is undefined where the names do not fit the record', () => {
    const response = encodeNodeStatusResponse(7, eightNames);
    response.writeUInt8(200, 56);
    expect(decodeNodeStatusResponse(response)).toBeUndefined();
  });

  it.each([
    ['a question', bytesOf(nodeStatusRequest)],
    ['the answer to a name query', bytesOf(positive)],
    ['an answer that repeats the question', patch(encodeNodeStatusResponse(7, eightNames), 5, 1)],
    ['another operation', patch(encodeNodeStatusResponse(7, eightNames), 2, 0x84 | (5 << 3))],
    ['another class', patch(encodeNodeStatusResponse(7, eightNames), 49, 2)],
  ])('is undefined for %s', (_what, bytes) => {
    expect(decodeNodeStatusResponse(bytes)).toBeUndefined();
  });

  it('does not write more names than a byte can count', () => {
    const tooMany = Array.from({ length: 256 }, () => eightNames[0]!);
    expect(() => encodeNodeStatusResponse(7, tooMany)).toThrow(RangeError);
  });
});

describe('name queries', () => {
  it('asks as nmblookup does', () => {
    expect(encodeNameQuery(0x0a66, infinitt)).toEqual(bytesOf(nameQuery));
  });

  it('answers as nmbd does', () => {
    const address = IpAddress.parse('127.0.0.22')!;
    expect(encodePositiveNameResponse(0x0a66, infinitt, [address])).toEqual(bytesOf(positive));
    expect(encodeNegativeNameResponse(0x3bdb, infinitt)).toEqual(bytesOf(negative));
  });

  it('does not write an IPv6 address', () => {
    expect(() => encodePositiveNameResponse(1, infinitt, [IpAddress.parse('::1')!])).toThrow(RangeError);
  });
});

describe('decodeQuestion', () => {
  it('reads both kinds', () => {
    expect(decodeQuestion(bytesOf(nodeStatusRequest))).toEqual({
      transactionId: 0x649e,
      kind: 'nodeStatus',
      name: { text: '*', suffix: 0 },
      isBroadcast: false,
      recursionDesired: false,
    });
    expect(decodeQuestion(bytesOf(nameQuery))).toEqual({
      transactionId: 0x0a66,
      kind: 'name',
      name: infinitt,
      isBroadcast: false,
      recursionDesired: true,
    });
  });

  it('tells a broadcast', () => {
    expect(decodeQuestion(patch(bytesOf(nameQuery), 3, 0x10))).toMatchObject({ isBroadcast: true });
  });

  it.each([
    ['an answer', bytesOf(positive)],
    ['a registration', patch(bytesOf(nameQuery), 2, 0x29)],
    ['two questions', patch(bytesOf(nameQuery), 5, 2)],
    ['another record type', patch(bytesOf(nameQuery), 47, 0x01)],
    ['another class', patch(bytesOf(nameQuery), 49, 0x02)],
  ])('is undefined for %s', (_what, bytes) => {
    expect(decodeQuestion(bytes)).toBeUndefined();
  });

  it('is undefined for every packet that is cut short', () => {
    const bytes = bytesOf(nameQuery);
    for (let end = 0; end < bytes.length; end++) expect(decodeQuestion(bytes, 0, end)).toBeUndefined();
  });
});

function patch(bytes: Buffer, index: number, value: number): Buffer {
  bytes[index] = value;
  return bytes;
}
