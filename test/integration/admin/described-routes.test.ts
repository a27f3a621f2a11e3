import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminRoutes } from '../../../src/admin/admin-routes.ts';
import { AdminScene, type Answer } from './admin-scene.ts';

const scene = new AdminScene();

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

/** What each route is asked, in an order in which all of it makes sense. The rest needs no input. */
const inputs: Readonly<Record<string, object>> = {
  getExplain: { client: '127.0.0.1' },
  getTable: { service: 'DICOM' },
  getLog: { about: 'state' },
  postHalt: { server: 's1', service: 'DICOM' },
  postOnline: { server: 's1' },
  postWeight: { server: 's1', weight: 3 },
  postDrain: { server: 's2', then: 'halt' },
  postTableSet: { service: 'DICOM', client: '10.0.0.1', server: 's1' },
  postTableClear: { service: 'DICOM' },
  postDuplicate: { service: 'DICOM', changes: { name: 'QUERY' } },
  postDuplicateCheck: { service: 'DICOM', changes: { name: 'WORKLIST', port: 0 } },
  postServersAdd: { server: { name: 's3', host: '127.0.0.1', port: 1 } },
  postServersRemove: { server: 's3' },
  postUsersSet: { name: 'carol', role: 'viewer' },
  postUsersRemove: { name: 'carol' },
  postTokensAdd: { name: 'ci', role: 'viewer' },
  postTokensRemove: { name: 'ci' },
};

let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;

beforeAll(async () => {
  await scene.start();
  await scene.open();
  const answer = await scene.askAs('admin', '/v1/openapi.json');
  ({ paths } = answer.json as { readonly paths: typeof paths });
});

afterAll(async () => {
  await scene.close();
});

/** Asks as a client would that knows the description alone. */
async function call(path: string, method: string, operation: Operation, input: object): Promise<Answer> {
  const names = (operation.parameters ?? []).map(({ name }) => name);
  const query = new URLSearchParams(Object.entries(input).filter(([name]) => names.includes(name)));
  if (method === 'get') return scene.askAs('admin', `${path}?${query.toString()}`);
  const [type = 'application/json'] = Object.keys(operation.requestBody?.content ?? {});
  return scene.askAs('admin', path, { method: 'POST', body: input, headers: { 'content-type': type } });
}

describe('every route that is described', () => {
  it.each(adminRoutes.map(({ method, path }) => [method.toLowerCase(), path] as const))(
    '%s %s answers as that says',
    async (method, path) => {
      const operation = paths[path]![method]!;
      // Events do not end, and log-ins have tests of their own.
      if (path === '/v1/events' || path.startsWith('/v1/session/')) return;
      const configuration = { configuration: scene.balancer.config };
      const isWhole = ['postApply', 'postPlan', 'postCheck'].includes(operation.operationId);
      const input = isWhole ? configuration : (inputs[operation.operationId] ?? {});
      const answer = await call(path, method, operation, input);
      // No backup, and no password.
      const isWrong = ['postRestore', 'postSession'].includes(operation.operationId);
      expect(answer.status, answer.text).toBe(isWrong ? 400 : 200);
      expect(Object.keys(operation.responses)).toContain(String(answer.status));
      const types = Object.keys(operation.responses['200']!.content!);
      expect(isWrong ? ['application/json'] : types).toContain(answer.headers['content-type']);
    },
  );
});
