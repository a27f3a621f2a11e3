import { OptionDescriber } from '../../base/option-describer.ts';
import type { JsonSchema } from '../../base/option-schema.ts';
import { version } from '../../base/version.ts';
import { describeConfig } from '../../config/read-config.ts';
import type { Route } from '../../control/route.ts';
import type { AdminRoute } from '../admin-route.ts';
import { accessTo, type Access } from '../roles.ts';
import { answerOf, commonResponses, errorSchema } from './describe-answers.ts';

/**
 * Routes as an OpenAPI document, version 3.1. What they take is learned from the readers that read it; of what they answer the form
 * is stated, and not its fields.
 */
export function describeRoutes(routes: readonly (AdminRoute | Route)[]): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = describeRoute(route, definitions);
  }
  const { $schema: _, $defs, ...configuration } = describeConfig();
  const schemas = {
    ...Object.fromEntries(definitions),
    ...($defs as object),
    configuration,
    changes,
    error: errorSchema,
  };
  return inComponents({
    openapi: '3.1.0',
    info: {
      title: 'Sluice administration',
      version,
      description:
        'Questions and orders to a load balancer. A call proves itself by a token, or by a log-in.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to this document.
    servers: [{ url: '..' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas, responses: commonResponses, securitySchemes },
  });
}

const tags = {
  session: 'Logging in and out.',
  users: 'Users and tokens.',
  balancer: 'Questions and orders, as the control socket has them.',
} as const;

/** How a call proves itself. */
const securitySchemes = {
  token: { type: 'http', scheme: 'bearer' },
  logIn: {
    ...{ type: 'apiKey', in: 'cookie', name: '__Host-sluice-9443' },
    description: 'Set by `POST /v1/session`. The name ends with the port; without TLS it has no `__Host-`.',
  },
  csrf: { type: 'apiKey', in: 'header', name: 'Sluice-Csrf', description: '`csrf` of `GET /v1/session`.' },
} as const;

/** The options of a copy are read by the service that is copied. */
const changes: JsonSchema = {
  type: 'object',
  description:
    'Options of a service, as a configuration has them. They take the place of those of the original.',
  properties: { name: { type: 'string' } },
  required: ['name'],
};

function describeRoute(route: AdminRoute | Route, definitions: Map<string, JsonSchema>): JsonSchema {
  const { method, path, summary } = route;
  const access = accessTo(route);
  return {
    operationId: `${method.toLowerCase()}${path.slice('/v1'.length).replaceAll(/\W(\w)/gu, capital)}`,
    tags: [tagOf(path)],
    summary,
    description: rightTo(access),
    'x-sluice-access': access,
    security:
      access === 'anybody' ? [] : [{ token: [] }, method === 'GET' ? { logIn: [] } : { logIn: [], csrf: [] }],
    ...inputOf(route, definitions),
    responses: {
      '200': { description: 'Done.', content: answerOf(route) },
      ...refusals,
    },
  };
}

const refusals = Object.fromEntries(
  Object.keys(commonResponses).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
);

function capital(_match: string, letter: string): string {
  return letter.toUpperCase();
}

function tagOf(path: string): keyof typeof tags {
  if (/^\/v1\/session(?:\/|$)/u.test(path)) return 'session';
  return /^\/v1\/(?:users|tokens)(?:\/|$)/u.test(path) ? 'users' : 'balancer';
}

function rightTo(access: Access): string {
  if (access === 'anybody') return 'Needs no log-in.';
  return access === 'user' ? 'For everybody who has logged in.' : `Needs the role \`${access}\`.`;
}

/** Parameters of the query, or the body. */
function inputOf(route: AdminRoute | Route, definitions: Map<string, JsonSchema>): JsonSchema {
  if (route.kind === 'upload') {
    const schema = { type: 'string', contentMediaType: 'application/octet-stream' };
    return { requestBody: { required: true, content: { 'application/octet-stream': { schema } } } };
  }
  const describer = new OptionDescriber(definitions);
  route.read(describer);
  const { schema } = describer;
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  if (properties.length === 0) return {};
  const required = (schema['required'] ?? []) as readonly string[];
  if (route.method === 'POST')
    return { requestBody: { required: required.length > 0, content: { 'application/json': { schema } } } };
  const parameters = properties.map(([name, of]) => {
    return { name, in: 'query', required: required.includes(name), schema: of };
  });
  return { parameters };
}

/** The definitions of a JSON Schema are the components of a document. */
function inComponents<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as T;
}
