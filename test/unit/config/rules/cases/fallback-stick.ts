import { servers, vip, web, type RuleCases } from '../rule-cases.ts';

function backup(changes: object): object {
  return web({
    servers: [...servers, { name: 'SORRY', host: '127.0.0.1', port: 9080, backup: true, ...changes }],
  });
}

export const cases: RuleCases = {
  fires: [
    {
      what: 'a page of this machine among the servers',
      services: [backup({})],
      finds: {
        services: ['WEB'],
        servers: ['SORRY'],
        path: 'services[0].servers[2]',
        mend: [
          { path: 'services[0].servers[2]', remove: true },
          { path: 'services[0].fallback', value: { server: { host: '127.0.0.1', port: 9080 } } },
        ],
      },
    },
    {
      what: "a page at the service's own address",
      services: [backup({ host: vip })],
      finds: { servers: ['SORRY'] },
    },
    {
      what: 'the fallback page of the appliance, where there is another fallback',
      services: [{ ...backup({ host: '192.168.85.9', port: 9081 }), fallback: { page: { body: 'closed' } } }],
      finds: { servers: ['SORRY'], mend: [] },
    },
    {
      what: 'a page on whichever port the service gets',
      services: [{ ...backup({ port: undefined }), port: 0 }],
      finds: { servers: ['SORRY'], mend: [] },
    },
  ],
  passes: [
    { what: 'a spare server elsewhere', services: [backup({ host: '192.168.85.202', port: 80 })] },
    { what: 'a server of this machine in use', services: [backup({ backup: false })] },
    { what: 'a page that nobody remembers', services: [{ ...backup({}), persistence: { kind: 'none' } }] },
    {
      what: 'nothing but spare servers',
      services: [
        web({
          servers: ['A', 'B'].map((name, at) => ({ name, host: '127.0.0.1', port: 8041 + at, backup: true })),
        }),
      ],
    },
    {
      what: 'a spare server of this machine beside one that is in use',
      services: [
        web({
          servers: [
            ...servers,
            { name: 'A', host: '127.0.0.1', port: 8041 },
            { name: 'B', host: '127.0.0.1', port: 8042, backup: true },
          ],
        }),
      ],
    },
    {
      what: 'a spare server where all are on this machine',
      services: [
        web({
          servers: [
            { name: 'A', host: '127.0.0.1', port: 8041 },
            { name: 'B', host: '127.0.0.1', port: 8042, backup: true },
          ],
        }),
      ],
    },
  ],
};
