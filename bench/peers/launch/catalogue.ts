import { missingNpm } from '../installed.ts';
import type { Subject } from '../subject.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { startProgram } from './program.ts';
import { observedSluice, sluice } from './sluice.ts';

/** A subject of Node.js alone. */
function nodeSubject(name: string, about: string, file: string): Subject {
  const start: Subject['start'] = (order) => startProgram(file, [], order);
  return { name, about, isNodeProgram: true, missing: () => undefined, start };
}

/** A subject made of a package of the npm registry. */
function npmSubject(name: string, about: string, file: string): Subject {
  const start: Subject['start'] = (order) => startProgram(file, ['--package', name], order);
  return { name, about, isNodeProgram: true, missing: () => missingNpm(name), start };
}

/** No proxy: the first server itself. What the others are compared with where waiting is measured. */
const direct: Subject = {
  name: 'direct',
  about: 'no proxy at all',
  isNodeProgram: false,
  missing: () => undefined,
  start: ({ servers: [first] }) =>
    first === undefined
      ? Promise.reject(new Error('no servers were given'))
      : Promise.resolve({ pid: 0, address: first, stop: () => Promise.resolve() }),
};

const affinity = 'with cookie and source address affinity of a few lines';

/** Every subject; what a workload measures is chosen by name and by what a subject carries. */
export const subjects: readonly Subject[] = [
  sluice('linux'),
  observedSluice,
  sluice('portable'),
  haproxy,
  nginx('default'),
  nginx('large'),
  nodeSubject('net-pipe', '`node:net`, `pipe` both ways', 'net-pipe.ts'),
  npmSubject('node-tcp-proxy', 'its defaults', 'node-tcp-proxy.ts'),
  npmSubject('http-proxy', `keep-alive agent, ${affinity}`, 'http-proxy.ts'),
  npmSubject('http-proxy-3', `keep-alive agent, ${affinity}`, 'http-proxy.ts'),
  npmSubject('httpxy', `keep-alive agent, ${affinity}`, 'http-proxy.ts'),
  npmSubject('fast-proxy', `undici inside, ${affinity}`, 'fast-proxy.ts'),
  npmSubject('undici', `\`node:http\` and a pool of undici, ${affinity}`, 'undici.ts'),
  nodeSubject('dgram', '`node:dgram`, a socket for each client', 'dgram-relay.ts'),
  direct,
];
