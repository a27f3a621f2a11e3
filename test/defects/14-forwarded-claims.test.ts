import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, get, openHttpServer, openHttpService, RawClient } from '../support/http-harness.ts';

afterEach(closeAll);

const claims = [
  ...[
    'X-Forwarded-Server',
    'X-Forwarded-Prefix',
    'X-Forwarded-Ssl',
    'X-Forwarded-User',
    'X-Forwarded-Anything',
  ],
  ...['X-Client-IP', 'X-Real-IP', 'True-Client-IP', 'X-Original-URL', 'X_Forwarded_User'],
];

describe('defect 14: what a client claims about where it comes from', () => {
  it.each(['replace', 'append'] as const)(
    'reaches the server only where clients are trusted: %s',
    async (forwardedFor) => {
      const server = await openHttpServer('A');
      const service = await openHttpService({ servers: [server.port], http: { forwardedFor } });
      const client = await RawClient.connect(service.port);
      await client.ask(get('/', ...claims.map((name) => `${name}: forged`), 'X-Other: kept'));
      const { rawHeaders } = server.requests[0]!;
      const forged = rawHeaders.filter((_, index) => rawHeaders[index + 1] === 'forged');
      expect(forged).toEqual(forwardedFor === 'replace' ? [] : claims.slice(0, -1));
      expect(rawHeaders).toContain('X-Other');
    },
  );
});
