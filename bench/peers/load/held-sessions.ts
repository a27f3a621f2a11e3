import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { withLatencies, type LoadResult } from './load-result.ts';
import { transferRequest } from './transfer-protocol.ts';

/** Opens sessions until there are this many; each is proved by an echo. */
export interface HoldQuestion {
  readonly kind: 'hold';
  readonly port: number;
  readonly sessions: number;
}

/** Small requests over the sessions held, one after the other. */
export interface EchoQuestion {
  readonly kind: 'echo';
  readonly milliseconds: number;
  readonly inFlight: number;
}

/** Closes all sessions held. */
export interface ReleaseQuestion {
  readonly kind: 'release';
}

const payloadBytes = 48;
const request = Buffer.concat([transferRequest('E', payloadBytes), Buffer.alloc(payloadBytes, 'sluice')]);
const openAtOnce = 200;

interface Session {
  readonly socket: Socket;
  awaitedBytes: number;
  sentMs: number;
  onReply: (session: Session) => void;
}

const held: Session[] = [];

export async function hold({ port, sessions }: HoldQuestion): Promise<LoadResult> {
  const startMs = performance.now();
  const before = held.length;
  while (held.length < sessions) {
    const count = Math.min(openAtOnce, sessions - held.length);
    held.push(...(await Promise.all(Array.from({ length: count }, () => openSession(port)))));
  }
  return { units: held.length - before, seconds: (performance.now() - startMs) / 1000 };
}

async function openSession(port: number): Promise<Session> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const session: Session = { socket, awaitedBytes: 0, sentMs: 0, onReply: () => {} };
  await once(socket, 'connect');
  socket.on('data', (bytes) => {
    session.awaitedBytes -= bytes.length;
    if (session.awaitedBytes === 0) session.onReply(session);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('a session was closed by the proxy')));
    ask(session, () => resolve());
  });
  return session;
}

function ask(session: Session, onReply: (session: Session) => void): void {
  session.awaitedBytes = payloadBytes;
  session.sentMs = performance.now();
  session.onReply = onReply;
  session.socket.write(request);
}

/**
 * As many turns as requests may be in flight; each goes round sessions of its own, so that every request meets the
 * session that has been silent longest, and none meets one that still waits for its reply.
 */
export async function echo({ milliseconds, inFlight }: EchoQuestion): Promise<LoadResult> {
  if (held.length === 0) throw new Error('no sessions are held');
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const turns = Math.min(inFlight, held.length);
  const turn = async (first: number): Promise<void> => {
    for (let next = first; performance.now() - startMs < milliseconds; next += turns) {
      if (next >= held.length) next = first;
      const session = held[next];
      if (session !== undefined) await answered(session);
      latenciesMs.push(performance.now() - (session?.sentMs ?? 0));
    }
  };
  await Promise.all(Array.from({ length: turns }, (_, index) => turn(index)));
  return withLatencies(latenciesMs.length, (performance.now() - startMs) / 1000, latenciesMs);
}

function answered(session: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    if (session.socket.destroyed) reject(new Error('a held session was closed by the proxy'));
    else ask(session, () => resolve());
  });
}

export async function release(): Promise<LoadResult> {
  const units = held.length;
  const closed = held.splice(0).map(async ({ socket }) => {
    const gone = once(socket, 'close');
    if (socket.destroyed) return;
    socket.resetAndDestroy();
    await gone;
  });
  await Promise.all(closed);
  return { units, seconds: 0 };
}
