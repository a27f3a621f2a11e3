import { describe, expect, it } from 'vitest';
import { Exposition } from '../../../src/metrics/exposition.ts';
import { Labels, type Metric } from '../../../src/metrics/metric.ts';

const gauge: Metric = { name: 'sluice_test', type: 'gauge', help: 'A test.' };

function write(labels: Labels, ...values: readonly number[]): string {
  const exposition = new Exposition();
  exposition.begin(gauge);
  for (const value of values) exposition.add('', labels, value);
  return exposition.text;
}

describe('an exposition', () => {
  it('has help and type once before the samples of a metric, in the order in which they came', () => {
    const exposition = new Exposition();
    exposition.begin({ name: 'b', type: 'summary', help: 'Second letter.' });
    exposition.add('', Labels.none.with('quantile', '0.5'), 1.5);
    exposition.add('_sum', Labels.none, 3);
    exposition.add('_count', Labels.none, 2);
    exposition.begin({ name: 'nothing', type: 'gauge', help: 'Has no sample.' });
    exposition.begin({ name: 'a_total', type: 'counter', help: 'First letter.' });
    exposition.add('', Labels.none.with('z', '1').with('a', '2'), 4);
    expect(exposition.text).toBe(
      '# HELP b Second letter.\n# TYPE b summary\nb{quantile="0.5"} 1.5\nb_sum 3\nb_count 2\n' +
        '# HELP a_total First letter.\n# TYPE a_total counter\na_total{z="1",a="2"} 4\n',
    );
  });

  it.each([
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [0, '0'],
    [-1, '-1'],
    [0.1, '0.1'],
    [2 ** 53, '9007199254740992'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
  ])('writes %d as %s', (value, written) => {
    expect(write(Labels.none, value).split('\n')[2]).toBe(`sluice_test ${written}`);
  });

  it('escapes quotes, backslashes and ends of lines in labels', () => {
    const labels = Labels.none.with('service', 'a"b\\c\nd').with('server', 'plain é');
    expect(write(labels, 1).split('\n')[2]).toBe('sluice_test{service="a\\"b\\\\c\\nd",server="plain é"} 1');
  });

  it('escapes backslashes and ends of lines in help, where quotes stay', () => {
    const exposition = new Exposition();
    exposition.begin({ ...gauge, help: 'one\ntwo \\ "three"' });
    exposition.add('', Labels.none, 1);
    expect(exposition.text.split('\n')[0]).toBe('# HELP sluice_test one\\ntwo \\\\ "three"');
  });
});

it('an exposition has room for any text, as bytes and as a string', () => {
  const exposition = new Exposition(10);
  const labels = Labels.none.with('server', 'é'.repeat(1_000));
  exposition.begin(gauge);
  for (let index = 0; index < 100; index++) exposition.add('', labels, index);
  const lines = Array.from({ length: 100 }, (_, index) => `sluice_test${labels.text} ${index}\n`);
  const text = `# HELP sluice_test A test.\n# TYPE sluice_test gauge\n${lines.join('')}`;
  expect(exposition.text).toBe(text);
  expect(exposition.bytes.toString()).toBe(text);
});

describe('labels', () => {
  it('are made once', () => {
    const labels = Labels.none.with('service', 'A');
    expect(Labels.none.with('service', 'A')).toBe(labels);
    expect(labels.with('server', 'S')).toBe(labels.with('server', 'S'));
  });

  it('are kept as long as they are not too many', () => {
    const labels = Labels.none.with('service', 'B');
    const first = labels.with('server', '0');
    for (let server = 0; server < 10_000; server++) labels.with('server', String(server));
    expect(labels.with('server', '0')).toBe(first);
    labels.with('server', '10000');
    expect(labels.with('server', '0')).not.toBe(first);
    expect(labels.with('server', '0')).toEqual(first);
  });

  it('are not changed by further ones', () => {
    const labels = Labels.none.with('service', 'A');
    const more = labels.with('server', 'S');
    expect([labels.text, more.text, Labels.none.text]).toEqual([
      '{service="A"}',
      '{service="A",server="S"}',
      '',
    ]);
    expect([labels.values, more.values]).toEqual([{ service: 'A' }, { service: 'A', server: 'S' }]);
  });
});
