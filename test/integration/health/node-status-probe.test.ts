import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeStatusProbe } from '../../../src/health/probes/node-status-probe.ts';
import { encodeNegativeNameResponse } from '../../../src/nbns/name-query.ts';
import { encodeNodeStatusResponse, nameFlags, type OwnedName } from '../../../src/nbns/node-status.ts';
import { decodeQuestion } from '../../../src/nbns/question.ts';
import { closedUdpPort } from '../../support/closed-port.ts';
import { ProbeFixture } from './probe-fixture.ts';

let fixture: ProbeFixture;

beforeEach(() => {
  fixture = new ProbeFixture();
});

afterEach(() => fixture.close());

const pacs: OwnedName = { text: 'PACS1', suffix: 0x00, flags: nameFlags.active };
const infinitt: OwnedName = { text: 'INFINITT', suffix: 0x20, flags: nameFlags.active };
const conflict = nameFlags.active | nameFlags.conflict;

function serveNames(names: readonly OwnedName[]): Promise<number> {
  return fixture.serveUdp((request) => {
    const question = decodeQuestion(request);
    if (question?.kind !== 'nodeStatus') return undefined;
    return encodeNodeStatusResponse(question.transactionId, names, question.name);
  });
}

it.each([
  [undefined, [pacs], 'answered'],
  [undefined, [], 'no-names'],
  ['INFINITT', [pacs, infinitt], 'answered'],
  ['infinitt<20>', [pacs, infinitt], 'answered'],
  ['INFINITT<00>', [pacs, infinitt], 'name-missing'],
  ['INFINITT', [pacs], 'name-missing'],
  ['INFINITT', [{ ...infinitt, flags: nameFlags.active | nameFlags.group }], 'name-missing'],
  ['INFINITT', [{ ...infinitt, flags: nameFlags.active | nameFlags.deregistering }], 'name-missing'],
  ['INFINITT', [{ ...infinitt, flags: 0 }], 'name-missing'],
  ['INFINITT', [{ ...infinitt, flags: conflict }], 'name-conflict'],
  ['INFINITT', [{ ...infinitt, suffix: 0, flags: conflict }, infinitt], 'answered'],
])('expects %s of %j: %s', async (name, names, code) => {
  const probe = nodeStatusProbe(name === undefined ? {} : { name });
  const result = await fixture.check(probe, await serveNames(names));
  expect(result).toMatchObject({ ok: code === 'answered', code });
});

it('tells a refusal by its code', async () => {
  const port = await fixture.serveUdp((request) => {
    const question = decodeQuestion(request)!;
    return encodeNegativeNameResponse(question.transactionId, question.name, 1);
  });
  expect(await fixture.check(nodeStatusProbe(), port)).toMatchObject({ ok: false, code: 'rcode-1' });
});

it('is refused by a closed port, at once', async () => {
  expect(await fixture.check(nodeStatusProbe(), await closedUdpPort())).toMatchObject({
    ok: false,
    code: 'refused',
  });
});

it('leaves answers to other requests alone, and asks again where an answer is lost', async () => {
  let requests = 0;
  const ids = new Set<number>();
  const port = await fixture.serveUdp((request) => {
    const { transactionId } = decodeQuestion(request)!;
    ids.add(transactionId);
    const isFirst = requests++ === 0;
    return encodeNodeStatusResponse(isFirst ? transactionId ^ 1 : transactionId, [pacs]);
  });
  expect(await fixture.check(nodeStatusProbe(), port)).toMatchObject({ ok: true, code: 'answered' });
  expect(requests).toBe(2);
  expect(ids.size).toBe(1);
});

it('leaves malformed answers alone until it is aborted', async () => {
  const controller = new AbortController();
  const port = await fixture.serveUdp((request) => {
    setImmediate(() => controller.abort());
    return request.subarray(0, 11);
  });
  expect(await fixture.check(nodeStatusProbe(), port, controller.signal)).toMatchObject({
    ok: false,
    code: 'timeout',
  });
});

it('asks the port of its own, and does not ask at all once it is aborted', async () => {
  const port = await serveNames([pacs]);
  const other = await closedUdpPort();
  expect(await fixture.check(nodeStatusProbe({ port }), other)).toMatchObject({ ok: true });
  expect(await fixture.check(nodeStatusProbe(), port, AbortSignal.abort())).toMatchObject({
    code: 'timeout',
  });
});
