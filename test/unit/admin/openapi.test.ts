import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { adminRoutes } from '../../../src/admin/admin-routes.ts';
import { describeRoutes } from '../../../src/admin/openapi/describe-routes.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly security: readonly object[];
}

const described = describeRoutes(adminRoutes) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};
const operations = Object.values(described.paths).flatMap((path) => Object.values(path));

/** What a body of a route must look like, as a validator. */
function validator(path: string): (value: unknown) => boolean {
  const schema = described.paths[path]!['post']!.requestBody!.content['application/json']!.schema;
  const ajv = new Ajv2020({ strict: false });
  return ajv.compile({ ...schema, components: described.components });
}

describe('the OpenAPI document', () => {
  it('has each route once, under a name of its own', () => {
    expect(operations).toHaveLength(adminRoutes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(adminRoutes.length);
    expect(described.paths['/v1/servers/add']!['post']!.operationId).toBe('postServersAdd');
  });

  it('refers to nothing that is not there', () => {
    const text = JSON.stringify(described);
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/gu)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(described.components.schemas).toHaveProperty(name);
    expect(text).not.toContain('$defs');
  });

  it('tells what the readers read', () => {
    const weight = validator('/v1/weight');
    expect([weight({ server: 's1', weight: 7 }), weight({ server: 's1', weight: 300 }), weight({})]).toEqual([
      true,
      false,
      false,
    ]);
    const add = validator('/v1/servers/add');
    expect([
      add({ server: { name: 's1', host: '::1' } }),
      add({ server: { name: 's1', hots: '::1' } }),
    ]).toEqual([true, false]);
    const apply = validator('/v1/apply');
    const service = { name: 'A', mode: 'tcp', port: 1, servers: [] };
    expect([
      apply({ configuration: { services: [service] } }),
      apply({ configuration: { services: 7 } }),
    ]).toEqual([true, false]);
    const logIn = validator('/v1/session');
    expect([logIn({ user: 'a', password: 'b' }), logIn({ user: 'a', password: '' })]).toEqual([true, false]);
    const parameters = described.paths['/v1/explain']!['get']!.parameters;
    expect(parameters).toMatchObject([{ name: 'client', required: true }]);
  });

  it('asks for a log-in everywhere but at the log-in', () => {
    const open = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security.length === 0)
        .map(([method]) => `${method} ${path}`),
    );
    expect(open).toEqual(['post /v1/session']);
  });
});
