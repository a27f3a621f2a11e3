import type { BodyPlan, BreakPlan, CutPlan, ExchangePlan, Plan } from './plan.ts';

/** A plan as text, a line for each exchange: what a person reads of the smallest one that fails. */
export function describePlan({ seed, clients, serverCount, maxSessions }: Plan): string {
  const lines = [`network seed ${seed}, ${serverCount} server(s) of ${maxSessions} exchange(s) at once`];
  for (const [index, { isPipelining, stallAfterBytes, stallMs, exchanges }] of clients.entries()) {
    const stall = stallAfterBytes > 0 ? `, stalls ${stallMs} ms after ${stallAfterBytes} bytes` : '';
    lines.push(`client ${index}${isPipelining ? ', pipelining' : ''}${stall}`);
    for (const exchange of exchanges) lines.push(`  ${describeExchange(exchange)}`);
  }
  return lines.join('\n');
}

function describeExchange({ request, response }: ExchangePlan): string {
  const asked = [
    `${request.method} 1.${request.version.slice(2)}`,
    describeBody(request.body),
    request.isKeepAlive ? '' : 'close',
    request.isUpgrade ? 'upgrade' : '',
    request.awaitsContinue ? 'expect' : '',
    describeCuts(request.cuts),
    describeBreak(request.breaks),
  ];
  const answered = [
    ...response.interim.map(String),
    String(response.status),
    describeBody(response.body),
    response.isKeepAlive ? '' : 'close',
    response.isEarly ? 'early' : '',
    describeCuts(response.cuts),
    describeBreak(response.breaks),
  ];
  const text = (words: readonly string[]): string => words.filter((word) => word !== '').join(' ');
  return `${text(asked)} -> ${text(answered)}`;
}

function describeBody(body: BodyPlan): string {
  if (body.kind === 'none') return '';
  if (body.kind !== 'chunked') return `${body.kind}:${body.length}`;
  const flags = `${body.hasExtensions ? ';' : ''}${body.hasTrailer ? '+trailer' : ''}`;
  return `chunks:${body.sizes.join(',')}${flags}`;
}

function describeCuts(cuts: readonly CutPlan[]): string {
  const texts = cuts.map(({ at, isAtEdge, pauseMs }) => `${isAtEdge ? 'edge' : ''}${at}~${pauseMs}`);
  return texts.length === 0 ? '' : `cut[${texts.join(' ')}]`;
}

function describeBreak(breaks: BreakPlan | undefined): string {
  return breaks === undefined ? '' : `${breaks.how}@${breaks.after}`;
}
