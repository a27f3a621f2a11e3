import fc from 'fast-check';

/** How a body is framed. Lengths are bytes. */
export type BodyPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | {
      readonly kind: 'chunked';
      readonly sizes: readonly number[];
      readonly hasExtensions: boolean;
      readonly hasTrailer: boolean;
    }
  /** Up to the end of the connection: responses only. */
  | { readonly kind: 'close'; readonly length: number };

/** Where what is sent is cut into pieces, and how long the sender pauses behind each. */
export interface CutPlan {
  /**
   * The place, in thousandths of the whole or, if `isAtEdge`, of the list of places where a parser changes its state.
   */
  readonly at: number;
  readonly isAtEdge: boolean;
  readonly pauseMs: number;
}

/** Somebody gives up: after this part of what it had to send, by RST or FIN. */
export interface BreakPlan {
  /** In thousandths, below 1000. */
  readonly after: number;
  readonly how: 'reset' | 'end';
}

export interface RequestPlan {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  readonly version: '1.0' | '1.1';
  readonly isKeepAlive: boolean;
  readonly body: BodyPlan;
  readonly isUpgrade: boolean;
  /** With `Expect: 100-continue`, and the body only once somebody answered. */
  readonly awaitsContinue: boolean;
  readonly cuts: readonly CutPlan[];
  readonly breaks: BreakPlan | undefined;
}

export interface ResponsePlan {
  readonly status: number;
  readonly body: BodyPlan;
  /** Statuses of interim responses before the final one. */
  readonly interim: readonly number[];
  readonly isKeepAlive: boolean;
  /** Sent as soon as the request's head is there, without waiting for its body. */
  readonly isEarly: boolean;
  readonly cuts: readonly CutPlan[];
  readonly breaks: BreakPlan | undefined;
}

export interface ExchangePlan {
  readonly request: RequestPlan;
  readonly response: ResponsePlan;
}

export interface ClientPlan {
  /** Sends the next request before it has the response to the one before. */
  readonly isPipelining: boolean;
  /** Stops reading for so long after so many bytes of a response; 0 for never. */
  readonly stallAfterBytes: number;
  readonly stallMs: number;
  readonly exchanges: readonly ExchangePlan[];
}

/** Everything that happens in one play. The same plan and seed make the same play on the virtual engine. */
export interface Plan {
  /** Of the network. */
  readonly seed: number;
  readonly clients: readonly ClientPlan[];
  readonly serverCount: number;
  /** Exchanges that a server has at once, so that clients follow each other on few connections. */
  readonly maxSessions: number;
}

const someBytes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 6, arbitrary: fc.integer({ min: 41, max: 3_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 15_000, max: 70_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(16_384, 65_535, 65_536, 65_537, 131_072) },
);
/** Rare, since it costs as much as a thousand small ones. */
const manyBytes = fc.integer({ min: 200_000, max: 1_048_576 });
const length = fc.oneof({ weight: 200, arbitrary: someBytes }, { weight: 1, arbitrary: manyBytes });

const chunked = fc.record({
  kind: fc.constant('chunked' as const),
  sizes: fc.array(length, { maxLength: 5 }),
  hasExtensions: fc.boolean(),
  hasTrailer: fc.boolean(),
});
const byLength = fc.record({
  kind: fc.constant('length' as const),
  length: fc.oneof(length, fc.constant(0)),
});
const untilClose = fc.record({ kind: fc.constant('close' as const), length });
const noBody = fc.constant({ kind: 'none' as const });

const cuts = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 999 }),
    isAtEdge: fc.boolean(),
    pauseMs: fc.constantFrom(0, 0, 1, 5),
  }),
  { maxLength: 5 },
);

function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function seldom(oneIn: number): fc.Arbitrary<boolean> {
  return sometimes(fc.constant(true), oneIn).map((is) => is === true);
}

const breaks = sometimes(
  fc.record({
    after: fc.integer({ min: 0, max: 999 }),
    how: fc.constantFrom<BreakPlan['how']>('reset', 'end'),
  }),
  25,
);

const request = fc
  .record({
    method: fc.constantFrom<RequestPlan['method']>(
      'GET',
      'GET',
      'HEAD',
      'POST',
      'POST',
      'PUT',
      'DELETE',
      'OPTIONS',
    ),
    version: fc.constantFrom<RequestPlan['version']>('1.1', '1.1', '1.1', '1.1', '1.0'),
    isKeepAlive: seldom(6).map((is) => !is),
    body: fc.oneof(byLength, chunked),
    isUpgrade: seldom(20),
    awaitsContinue: seldom(10),
    cuts,
    breaks,
  })
  .map(madePossible);

/** The nearest plan that a client may have: only HTTP/1.1 knows chunks, upgrades and interim responses. */
function madePossible(plan: RequestPlan): RequestPlan {
  const isModern = plan.version === '1.1';
  const isUpgrade = plan.isUpgrade && isModern && plan.isKeepAlive;
  const hasBody = (plan.method === 'POST' || plan.method === 'PUT') && !isUpgrade;
  const body = plan.body.kind === 'chunked' && !isModern ? { kind: 'length' as const, length: 5 } : plan.body;
  return {
    ...plan,
    method: isUpgrade ? 'GET' : plan.method,
    body: hasBody ? body : { kind: 'none' },
    awaitsContinue: plan.awaitsContinue && hasBody && isModern,
    isUpgrade,
  };
}

const response: fc.Arbitrary<ResponsePlan> = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 201, 204, 304, 404, 413, 500),
  body: fc.oneof(
    { weight: 4, arbitrary: byLength },
    { weight: 4, arbitrary: chunked },
    { weight: 1, arbitrary: untilClose },
    { weight: 1, arbitrary: noBody },
  ),
  interim: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(100, 102, 103), { minLength: 1, maxLength: 3 }) },
  ),
  isKeepAlive: seldom(8).map((is) => !is),
  isEarly: seldom(8),
  cuts,
  breaks,
});

const client: fc.Arbitrary<ClientPlan> = fc.record({
  isPipelining: seldom(3),
  stallAfterBytes: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 200_000 }) },
  ),
  stallMs: fc.constantFrom(1, 20, 200),
  exchanges: fc.array(fc.record({ request, response }), { minLength: 1, maxLength: 5 }),
});

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  clients: fc.array(client, { minLength: 1, maxLength: 5 }),
  serverCount: fc.constantFrom(1, 1, 2),
  maxSessions: fc.constantFrom(1, 2, 3),
});

/** Exchanges of a plan, each counted once. */
export function exchangesIn({ clients }: Plan): number {
  return clients.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
}
