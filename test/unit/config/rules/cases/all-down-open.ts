import { web, type RuleCases } from '../rule-cases.ts';

function withFallback(host: string, port: number): object {
  return web({ fallback: { server: { host, port } } });
}

export const cases: RuleCases = {
  fires: [
    {
      what: 'a fallback that is a server of the pool',
      services: [withFallback('192.168.85.200', 80)],
      finds: {
        services: ['WEB'],
        servers: ['INF_PACS1'],
        path: 'services[0].fallback.server',
        mend: [{ path: 'services[0].fallback', remove: true }],
      },
    },
  ],
  passes: [
    { what: 'a page of the same host on another port', services: [withFallback('192.168.85.200', 9081)] },
    { what: 'a page that answers', services: [web({ fallback: { page: { body: 'closed' } } })] },
  ],
};
