import { caseless } from './codec/caseless.ts';
import { NamedHeaders } from './codec/named-headers.ts';
import type { RequestHead } from './codec/request-head.ts';

const name = caseless('traceparent');
const values = new NamedHeaders();
/** Version 00 (W3C Trace Context, section 3.2): nothing but numbers, so nothing else can hide in it. */
const form = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/u;

/** The `traceparent` of a request, if it has a valid one. */
export function traceparentOf(bytes: Buffer, head: RequestHead): string | undefined {
  const value = values.read(bytes, head.headers, name).at(0);
  return value !== undefined && form.test(value) ? value : undefined;
}
