import { describe, expect, it } from 'vitest';
import { OptionsError } from '../../../src/base/errors.ts';
import {
  httpDefaults,
  resolveHttpOptions,
  type ResolvedHttpOptions,
} from '../../../src/http/http-options.ts';
import { OptionReader } from '../../../src/base/options.ts';

function resolve(options: unknown): ResolvedHttpOptions {
  const reader = new OptionReader('http', options);
  const resolved = resolveHttpOptions(reader);
  reader.finish();
  return resolved;
}

function problemsOf(options: unknown): readonly string[] {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof OptionsError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('HTTP options', () => {
  it('have defaults, and are frozen', () => {
    const resolved = resolve({});
    expect(resolved).toEqual({ ...httpDefaults, fallback: undefined });
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it('report every problem at once', () => {
    const options = {
      maxHeadBytes: 10,
      headTimeoutMs: 0,
      forwardedFor: 'keep',
      fallback: { page: { body: '' } },
    };
    expect(problemsOf(options)).toEqual([
      'http.maxHeadBytes',
      'http.headTimeoutMs',
      'http.forwardedFor',
      'http.fallback.page.body',
    ]);
    expect(problemsOf({ headTimeOutMs: 5 })).toEqual(['http']);
  });

  it('allow a time limit to be infinite', () => {
    expect(resolve({ tunnelTimeoutMs: Infinity }).tunnelTimeoutMs).toBe(Infinity);
  });
});

describe('the fallback', () => {
  it('is a page or a server', () => {
    expect(resolve({ fallback: { page: { body: 'sorry' } } }).fallback).toEqual({
      page: { status: 503, contentType: 'text/html; charset=utf-8', body: 'sorry' },
    });
    expect(resolve({ fallback: { server: { host: '127.0.0.1', port: 9081 } } }).fallback).toEqual({
      server: { host: '127.0.0.1', port: 9081 },
    });
  });

  it.each([
    ['neither', {}],
    ['both', { page: { body: 'x' }, server: { host: 'h', port: 1 } }],
  ])('is not %s', (_name, fallback) => {
    expect(problemsOf({ fallback })).toContain('http.fallback');
  });

  it.each([
    ['a line break in its type', { body: 'x', contentType: 'text/plain\r\nX-Evil: 1' }],
    ['a status without a body', { body: 'x', status: 204 }],
    ['no body', {}],
    ['an unknown key', { body: 'x', title: 'x' }],
  ])('refuses a page with %s', (_name, page) => {
    expect(problemsOf({ fallback: { page } })).toHaveLength(1);
  });
});
