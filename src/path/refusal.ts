import type { Connection } from '../engine/engine.ts';

/** How a client learns that it is not served. */
export interface Refusal {
  /** Ends the connection. */
  send(client: Connection): void;
}

/** Without a word: a reset, for protocols that can say nothing else. */
export const reset: Refusal = {
  send: (client) => {
    client.reset();
  },
};

/**
 * In the protocol's own words, after which the connection ends. Where the client has sent what nobody read, the system's
 * reset may overtake them.
 */
export function answerWith(answer: Buffer): Refusal {
  return {
    send: (client) => {
      client.write(answer, 0, answer.length);
      client.close();
    },
  };
}
