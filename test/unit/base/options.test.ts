import { describe as suite, expect, it } from 'vitest';
import { OptionsError, SluiceError, type OptionProblem } from '../../../src/base/errors.ts';
import { OptionReader } from '../../../src/base/options.ts';
import { describe, nearestName } from '../../../src/base/wording.ts';

/** The problems that reading these values leaves. */
function problemsOf(values: unknown, read: (reader: OptionReader) => void): readonly OptionProblem[] {
  const reader = new OptionReader('', values);
  read(reader);
  try {
    reader.finish();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as OptionsError).problems;
  }
  return [];
}

/** Reads one key `a` and returns its value, or what was expected instead. */
function readOne(value: unknown, read: (reader: OptionReader) => unknown): unknown {
  let result: unknown;
  const [problem] = problemsOf(value === undefined ? {} : { a: value }, (reader) => (result = read(reader)));
  return problem === undefined ? result : `expected ${problem.expected}`;
}

suite('one value', () => {
  it.each([
    [5, 5],
    [1, 1],
    [10, 10],
    [0, 'expected an integer from 1 to 10'],
    [11, 'expected an integer from 1 to 10'],
    [1.5, 'expected an integer from 1 to 10'],
    [NaN, 'expected an integer from 1 to 10'],
    [Infinity, 'expected an integer from 1 to 10'],
    ['5', 'expected an integer from 1 to 10'],
    [5n, 'expected an integer from 1 to 10'],
    [null, 'expected an integer from 1 to 10'],
    [undefined, 'expected an integer from 1 to 10'],
  ])('integer: %s gives %s', (value, result) => {
    expect(readOne(value, (reader) => reader.integer('a', { min: 1, max: 10 }))).toBe(result);
  });

  it.each([
    [10, 10],
    [Infinity, Infinity],
    [-Infinity, 'expected an integer from 1 to 10, or Infinity'],
    [2.5, 'expected an integer from 1 to 10, or Infinity'],
    [NaN, 'expected an integer from 1 to 10, or Infinity'],
  ])('limit: %s gives %s', (value, result) => {
    expect(readOne(value, (reader) => reader.limit('a', { min: 1, max: 10 }))).toBe(result);
  });

  it.each([
    [0.25, 0.25],
    [0, 0],
    [1, 1],
    [1.01, 'expected a number from 0 to 1'],
    [NaN, 'expected a number from 0 to 1'],
    ['0.5', 'expected a number from 0 to 1'],
  ])('number: %s gives %s', (value, result) => {
    expect(readOne(value, (reader) => reader.number('a', { min: 0, max: 1 }))).toBe(result);
  });

  it.each([
    ['x', 'x'],
    ['\n', '\n'],
    ['', 'expected a non-empty string'],
    [7, 'expected a non-empty string'],
  ])('string: %j gives %s', (value, result) => {
    expect(readOne(value, (reader) => reader.string('a'))).toBe(result);
  });

  it('string with a pattern', () => {
    const rule = { pattern: /^\d+$/, expected: 'digits' };
    expect(readOne('12', (reader) => reader.string('a', rule))).toBe('12');
    expect(readOne('x', (reader) => reader.string('a', rule))).toBe('expected digits');
  });

  it('boolean, choice and function', () => {
    const fn = (): void => undefined;
    expect(readOne(false, (reader) => reader.boolean('a'))).toBe(false);
    expect(readOne('false', (reader) => reader.boolean('a'))).toBe('expected true or false');
    expect(readOne('up', (reader) => reader.oneOf('a', ['up', 'down']))).toBe('up');
    expect(readOne('UP', (reader) => reader.oneOf('a', ['up', 'down']))).toBe("expected one of 'up', 'down'");
    expect(readOne(fn, (reader) => reader.function('a'))).toBe(fn);
    expect(readOne({}, (reader) => reader.function('a'))).toBe('expected a function');
  });

  it('takes the default for nothing, and never for something wrong', () => {
    expect(readOne(undefined, (reader) => reader.integer('a', { min: 1, max: 2, default: 7 }))).toBe(7);
    expect(readOne(undefined, (reader) => reader.string('a', { default: undefined }))).toBeUndefined();
    expect(readOne(null, (reader) => reader.boolean('a', { default: true }))).toBe('expected true or false');
    expect(readOne(undefined, (reader) => reader.boolean('a'))).toBe('expected true or false');
  });

  it('does not see what an object inherits', () => {
    const inherited = Object.create({ a: 1 }) as object;
    const reader = new OptionReader('', inherited);
    expect(reader.has('a')).toBe(false);
    expect(new OptionReader('', {}).has('constructor')).toBe(false);
  });
});

suite('all problems at once', () => {
  it('are in the error, each with its place, what is right and what was given', () => {
    const problems = problemsOf({ port: 0, name: '', extra: 1, weight: 2 }, (reader) => {
      reader.integer('port', { min: 1, max: 65535 });
      reader.string('name');
      reader.integer('weight', { min: 0, max: 256 });
      reader.boolean('backup');
    });
    expect(problems).toEqual([
      { path: 'port', expected: 'an integer from 1 to 65535', actual: '0 (number)' },
      { path: 'name', expected: 'a non-empty string', actual: '"" (string)' },
      { path: 'backup', expected: 'true or false', actual: 'nothing' },
      { path: '', expected: 'a known option such as one of port, name, weight, backup', actual: "'extra'" },
    ]);
  });

  it('are in the message, one a line, under a stable code', () => {
    const error = new OptionsError([
      { path: 'a', expected: 'x', actual: 'y' },
      { path: 'b[0].c', expected: 'v', actual: 'w' },
    ]);
    expect(error.message).toBe('a: expected x, got y\nb[0].c: expected v, got w');
    expect([error.name, error.code, error.side, error.retryable]).toEqual([
      'OptionsError',
      'SLUICE_ERR_OPTIONS',
      'local',
      false,
    ]);
    expect(SluiceError.is(error)).toBe(true);
  });

  it('are none where all is well', () => {
    expect(problemsOf({ a: 1 }, (reader) => reader.integer('a', { min: 0, max: 1 }))).toEqual([]);
  });

  it.each([[null], [undefined], [7], ['text'], [[]]])('an object is wanted, not %j', (values) => {
    const [problem] = problemsOf(values, () => undefined);
    expect(problem?.expected).toBe('an object');
  });
});

suite('nested objects and lists', () => {
  it('report to the outermost reader under their full path', () => {
    const problems = problemsOf({ tcp: { idle: 'x', typo: 1 }, list: [{}, { port: 'y' }] }, (reader) => {
      const tcp = reader.child('tcp');
      tcp.integer('idle', { min: 0, max: 9 });
      tcp.refuseUnknownKeys();
      reader.list('list', {}, (elements, index) => {
        elements.child(index).integer('port', { min: 1, max: 9, default: 1 });
      });
      reader.problem('tcp', 'what the caller wants');
      reader.problem('', 'something else altogether');
    });
    expect(problems.map(({ path, actual }) => [path, actual])).toEqual([
      ['tcp.idle', '"x" (string)'],
      ['tcp', "'typo'"],
      ['list[1].port', '"y" (string)'],
      ['tcp', 'an object'],
      ['', 'an object'],
    ]);
  });

  it('are empty where they are absent, and wrong where they are null', () => {
    expect(problemsOf({}, (reader) => expect(reader.child('tcp').has('idle')).toBe(false))).toEqual([]);
    expect(problemsOf({}, (reader) => expect(reader.list('list', {}, String)).toEqual([]))).toEqual([]);
    expect(problemsOf({ tcp: null }, (reader) => reader.child('tcp'))).toMatchObject([
      { path: 'tcp', expected: 'an object', actual: 'null' },
    ]);
    expect(problemsOf({ list: null }, (reader) => reader.list('list', {}, String))).toMatchObject([
      { path: 'list', expected: 'an array', actual: 'null' },
    ]);
  });

  it('count their elements where some are required', () => {
    for (const [value, actual] of [
      [undefined, 'nothing'],
      [[1], 'an array of 1'],
    ]) {
      expect(
        problemsOf(value ? { list: value } : {}, (reader) => reader.list('list', { min: 2 }, String)),
      ).toEqual([{ path: 'list', expected: 'an array of at least 2', actual }]);
    }
  });
});

suite('unknown names', () => {
  it('are answered with the nearest known one', () => {
    const problems = problemsOf({ idelTimeoutMs: 1, MODE: 1 }, (reader) => {
      reader.integer('idleTimeoutMs', { min: 0, max: 1, default: 0 });
      reader.string('mode', { default: 'tcp' });
    });
    expect(problems.map(({ expected }) => expected)).toEqual([
      "a known option such as 'idleTimeoutMs'",
      "a known option such as 'mode'",
    ]);
  });

  it.each([
    ['prot', ['port', 'host'], 'port'],
    ['host', ['port', 'host'], 'host'],
    ['healtcheck', ['healthCheck', 'balance'], 'healthCheck'],
    ['weights', ['weight', 'heights'], 'weight'],
    ['xyz', ['port', 'host'], undefined],
    ['x', [], undefined],
  ])('%s among %j is %s', (name, known, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });
});

suite('a value in a message', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a"b\n', '"a\\"b\\n" (string)'],
    ['x'.repeat(200), `"${'x'.repeat(80)}" (string)`],
    [NaN, 'NaN (number)'],
    [12n, '12 (bigint)'],
    [false, 'false (boolean)'],
    [[1, 2], 'an array of 2'],
    [{ a: 1 }, 'an object'],
    [(): void => undefined, 'a function'],
    [Symbol('s'), 'a symbol'],
  ])('%s', (value, text) => {
    expect(describe(value)).toBe(text);
  });
});
