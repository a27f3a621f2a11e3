import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IpAddress, isIpAddress } from '../../../src/model/address.ts';
import { addressOf } from '../../support/policies.ts';

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffffffff),
);

/** Texts that are nearly addresses: pieces of them in any order, and real ones with one change. */
const nearlyAddress = fc.oneof(
  fc
    .array(fc.constantFrom('0', '1', '25', '255', '256', 'f', 'ABCD', '10000', '.', ':', '::', '%', 'eth0'), {
      maxLength: 16,
    })
    .map((pieces) => pieces.join('')),
  fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(40), fc.constantFrom('', '.', ':', '0', 'f', '%', 'x', ' '))
    .map(([text, at, change]) => text.slice(0, at) + change + text.slice(at + 1)),
);

it('takes exactly the texts that node:net takes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), nearlyAddress), (text) => {
      // Interfaces may have stranger names than node:net takes for a zone.
      fc.pre(!/%.*[^0-9A-Za-z.:-]/.test(text));
      expect(isIpAddress(text)).toBe(isIP(text) !== 0);
    }),
    { numRuns: 3000 },
  );
});

it('writes what it reads: the text of any address is read as the same address', () => {
  fc.assert(
    fc.property(word, word, word, word, (w0, w1, w2, w3) => {
      const address = new IpAddress().set(w0, w1, w2, w3);
      const text = String(address);
      expect(isIP(text)).toBe(address.isV4 ? 4 : 6);
      expect(addressOf(text)).toMatchObject({ w0, w1, w2, w3 });
      expect(addressOf(text).equals(address)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('writes one text for all spellings, the one that the URL standard writes too', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const address = addressOf(text);
      // URLs have no dotted form, which we use for IPv4 alone.
      fc.pre(!address.isV4);
      expect(`[${String(address)}]`).toBe(new URL(`http://[${text}]/`).hostname);
    }),
    { numRuns: 1000 },
  );
});
