'use strict';
// A test as a user of Jest writes it: CommonJS, in the realm that Jest makes for each file. `npm run test:jest` has it run
// by Jest, and package.test.ts by a stand-in with a `require` like Jest's.
const assert = require('node:assert');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { test } = require('@jest/globals');
const { Listener, OptionsError, sourceIp } = require('sluice');
const { VirtualClock } = require('sluice/testing');

test('a listener passes requests on, checks its server and reports', async () => {
  const server = createServer((request, response) => response.end('from the server')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const web = new Listener({
    name: 'Web',
    host: '127.0.0.1',
    port: 0,
    mode: 'http',
    persistence: sourceIp(),
    pool: {
      servers: [{ name: 'A', host: '127.0.0.1', port: server.address().port }],
      healthCheck: { probe: { kind: 'external', check: async () => true } },
    },
  });
  const told = [];
  web.on('serverHealthChanged', ({ current }) => told.push(current));
  web.on('decisionMade', ({ reason }) => told.push(reason));
  web.on('handlerFailed', ({ event, error }) => told.push(`${event}: ${error.message}`));
  web.on('decisionMade', async () => {
    throw new Error('a fault of the test');
  });
  await web.start();
  while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let visit = 1; visit <= 2; visit++) {
    const response = await fetch(`http://127.0.0.1:${web.port}/`, { headers: { connection: 'close' } });
    assert.equal(await response.text(), 'from the server');
  }
  await web.stop({ graceMs: 0 });
  server.close();
  const fault = 'decisionMade: a fault of the test';
  assert.equal(told.join('\n'), ['up', 'balance', fault, 'table', fault].join('\n'));
});

test('its errors are what it exports', () => {
  assert.throws(() => new Listener({ name: 'Web' }), OptionsError);
});

test('its tools for tests work', async () => {
  const clock = new VirtualClock();
  const fired = [];
  clock.schedule(1000, () => fired.push('fired'));
  await clock.advance(1000);
  assert.equal(fired.join(), 'fired');
});
