import { describe, expect, it } from 'vitest';
import type { Client } from '../../src/model/client.ts';
import type { Persistence, PersistenceStrategy } from '../../src/persistence/persistence.ts';
import { checkPersistence } from '../../src/testing/check-persistence.ts';

/** Remembers servers by the session of an application, which sets its cookie itself. */
class BySession implements PersistenceStrategy {
  readonly reason = 'session';
  readonly needs = ['cookie:JSESSIONID'] as const;
  readonly #servers = new Map<string, string>();

  lookup(client: Client): string | undefined {
    return this.#servers.get(client.cookie('JSESSIONID') ?? '');
  }

  learn(client: Client, server: string): void {
    const session = client.cookie('JSESSIONID');
    if (session !== undefined) this.#servers.set(session, server);
  }

  forget(client: Client, server: string): void {
    if (this.lookup(client) === server) this.#servers.delete(client.cookie('JSESSIONID') ?? '');
  }
}

class Forgetful extends BySession {
  override learn(): void {}
}

const persistence = (strategy: PersistenceStrategy): Persistence => ({
  name: 'bySession',
  strategies: [strategy],
});

describe("defect 30: a strategy that reads an application's cookie", () => {
  it('passes the check if it is right', () => {
    checkPersistence(() => persistence(new BySession()));
  });

  it('is found out if it is wrong', () => {
    expect(() => {
      checkPersistence(() => persistence(new Forgetful()));
    }).toThrow("bySession, strategy 'session', breaks the rule: remembers the server that it learned");
  });
});
