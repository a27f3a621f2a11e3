import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { infinittPreset } from '../../src/index.ts';
import { allMetrics } from '../../src/metrics/all-metrics.ts';
import { Exposition } from '../../src/metrics/exposition.ts';
import { Labels } from '../../src/metrics/metric.ts';
import { BalancerScene } from '../integration/balancer/balancer-scene.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { requireTools } from '../support/real-software.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeOf, Page } from '../unit/docs/markdown.ts';

const describeReal = requireTools(['promtool'], 'prometheus');

/** What promtool says, and how it ends: 3 where it only found something to improve. */
interface Judgement {
  readonly exitCode: number | null;
  readonly said: string;
}

async function promtool(args: readonly string[], input = ''): Promise<Judgement> {
  const tool = spawn('promtool', args);
  let said = '';
  for (const stream of [tool.stdout, tool.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  }
  tool.stdin.end(input);
  const [exitCode] = (await once(tool, 'close')) as [number | null];
  return { exitCode, said };
}

function checkMetrics(text: string): Promise<Judgement> {
  return promtool(['check', 'metrics'], text);
}

describeReal('promtool', () => {
  const folder = temporaryFolder();
  let scene: BalancerScene;
  beforeEach(() => {
    scene = new BalancerScene();
  });
  afterEach(() => scene.close());

  it('has nothing to say of the metrics of a balancer', async () => {
    const server = await scene.addServer('INF_PACS1', { host: '127.0.0.1' });
    const { port } = server;
    const ports = { web: 0, dicom: 0, query: 0, mwl: 0, check: 0 };
    const servers = [
      { name: server.name, host: server.host, ports: { web: port, dicom: port, query: port, mwl: port } },
    ];
    const { services } = infinittPreset({ vip: '127.0.0.1', ports, servers });
    const balancer = await scene.start(...services.filter(({ mode }) => mode !== 'tcp+udp'), {
      name: 'NAMES',
      mode: 'udp',
      host: '127.0.0.1',
      port: 0,
      servers: [{ ...server.options, maxSessions: 5 }],
    });
    balancer.metrics.countDropped(() => 1);
    await scene.session('DICOM');
    await scene.facts.first('probeFinished');
    const text = balancer.metrics.text();
    expect([...readExposition(text).keys()], 'every metric is there').toEqual(
      allMetrics.map(({ name }) => name),
    );
    expect(await checkMetrics(text)).toEqual({ exitCode: 0, said: '' });
  });

  it('reads any text in a label, and any number', async () => {
    const exposition = new Exposition();
    exposition.begin({ name: 'sluice_test', type: 'gauge', help: 'Back\\slash, "quotes"\nand a line.' });
    for (const [index, value] of [NaN, Infinity, -Infinity, 1e21, 5e-324, -0.5].entries()) {
      exposition.add('', Labels.none.with('service', `"${index}" \\ é {}\n,=`), value);
    }
    expect(await checkMetrics(exposition.text)).toEqual({ exitCode: 0, said: '' });
  });

  it('does say what is wrong', async () => {
    const { exitCode, said } = await checkMetrics('# TYPE seconds counter\nseconds{a="b} 1\n');
    expect(exitCode).not.toBe(0);
    expect(said).not.toBe('');
  });

  it('takes the configuration and the queries of the guide', async () => {
    const page = new Page('docs/metrics.md');
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, page.blocks.find(({ language }) => language === 'yaml')!.code);
    expect(await promtool(['check', 'config', config])).toMatchObject({ exitCode: 0 });
    const queries = page.rowsOf('Questions that it answers').flatMap(([, query = '']) => codeOf(query));
    expect(queries.length).toBeGreaterThan(4);
    const rules = queries.map((expr, index) => ({ record: `rule_${index}`, expr }));
    const file = join(folder, 'rules.json');
    // JSON is YAML as well.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'guide', rules }] }));
    expect(await promtool(['check', 'rules', file])).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining(`${queries.length} rules found`) as string,
    });
  });
});
