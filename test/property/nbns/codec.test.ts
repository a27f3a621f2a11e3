import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedNameLength, readName, writeName } from '../../../src/nbns/name.ts';
import { encodeNameQuery, encodeNegativeNameResponse } from '../../../src/nbns/name-query.ts';
import {
  decodeNodeStatusResponse,
  encodeNodeStatusRequest,
  encodeNodeStatusResponse,
} from '../../../src/nbns/node-status.ts';
import { decodeQuestion, encodeQuestion } from '../../../src/nbns/question.ts';

const word = fc.integer({ min: 0, max: 0xffff });
const character = fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code));
const text = fc.string({ unit: character, maxLength: 15 }).map((value) => value.replace(/ +$/, ''));
const name = fc
  .record({ text, suffix: fc.integer({ min: 0, max: 0xff }) })
  // A lone star, with or without zeros, is the wildcard.
  .filter((candidate) => !/^\*\0*$/.test(candidate.text));
const ownedName = fc.tuple(name, word).map(([owned, flags]) => ({ ...owned, flags }));

describe('the NetBIOS name service codec', () => {
  it('reads back every question', () => {
    const question = fc.record({
      transactionId: word,
      kind: fc.constantFrom('name' as const, 'nodeStatus' as const),
      name,
      isBroadcast: fc.boolean(),
      recursionDesired: fc.boolean(),
    });
    fc.assert(
      fc.property(question, (value) => {
        expect(decodeQuestion(encodeQuestion(value))).toEqual(value);
      }),
    );
  });

  it('reads back every node status', () => {
    fc.assert(
      fc.property(word, fc.array(ownedName, { maxLength: 30 }), name, (transactionId, names, asked) => {
        const bytes = encodeNodeStatusResponse(transactionId, names, asked);
        expect(decodeNodeStatusResponse(bytes)).toEqual({ transactionId, responseCode: 0, names });
      }),
    );
  });

  it('can answer about every name that it can read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (plain) => {
        const letters = [...plain].flatMap((byte) => [0x41 + (byte >> 4), 0x41 + (byte & 15)]);
        const encoded = Buffer.from([0x20, ...letters, 0]);
        const read = readName(encoded, 0, encodedNameLength)!;
        const written = Buffer.alloc(encodedNameLength);
        writeName(read, written, 0);
        expect(written).toEqual(encoded);
      }),
    );
  });

  it('survives every packet, also nearly right ones', () => {
    const seeds = [
      encodeNodeStatusRequest(1),
      encodeNameQuery(2, { text: 'INFINITT', suffix: 0x20 }),
      encodeNodeStatusResponse(3, [{ text: 'PACS1', suffix: 0, flags: 0x0400 }]),
      encodeNegativeNameResponse(4, { text: 'PACS1', suffix: 0 }),
    ];
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 }))))
      .map(([seed, changes]) => {
        const bytes = Buffer.from(seed);
        for (const [index, value] of changes) bytes[index % bytes.length] = value;
        return bytes;
      });
    const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, noise), fc.nat(600), (bytes, cut) => {
        const end = Math.min(cut, bytes.length);
        for (const length of [end, bytes.length]) {
          const question = decodeQuestion(bytes, 0, length);
          const status = decodeNodeStatusResponse(bytes, 0, length);
          // A packet is one thing or the other.
          expect(question !== undefined && status !== undefined).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
