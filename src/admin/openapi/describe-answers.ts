import type { JsonSchema } from '../../base/option-schema.ts';
import type { Route } from '../../control/route.ts';
import type { AdminRoute } from '../admin-route.ts';

/** What every refusal has in its body. */
export const errorSchema: JsonSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', description: 'Stable, such as `SLUICE_ERR_NOT_FOUND`.' },
        message: { type: 'string', description: 'For people. It may change.' },
        problems: {
          type: 'array',
          description: 'Of wrong input: each thing that is wrong.',
          items: {
            type: 'object',
            properties: {
              path: { type: 'string' },
              expected: { type: 'string' },
              actual: { type: 'string' },
              rule: { type: 'string' },
            },
            required: ['path', 'expected', 'actual'],
          },
        },
        findings: { type: 'array', items: { type: 'object' } },
      },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
};

function refusal(description: string): JsonSchema {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } } };
}

/** Refusals that every route may give, by their status. */
export const commonResponses: Readonly<Record<string, JsonSchema>> = {
  '400': refusal('The input is wrong; every problem is told.'),
  '401': refusal('Nothing proves who calls, or it is wrong.'),
  '403': refusal('Who calls may not do this, or not from there.'),
  '404': refusal('No such service, server or user.'),
  '409': refusal('It does not fit the present state.'),
  '429': refusal('Too often; `Retry-After` has the seconds to wait.'),
};

/** The content of an answer, by its type. */
export function answerOf(route: AdminRoute | Route): JsonSchema {
  switch (route.kind) {
    case 'progress':
      return { 'application/x-ndjson': { schema: lines } };
    case 'stream':
      return { 'text/event-stream': { schema: { type: 'string' } } };
    case 'bytes':
      return { [route.contentType]: { schema: { type: 'string' } } };
    default:
      return { 'application/json': { schema: { type: ['object', 'array'] } } };
  }
}

const lines: JsonSchema = {
  type: 'string',
  description:
    'Lines of JSON: any number of `{ "progress": … }`, and at the end `{ "result": … }` or `{ "error": … }`.',
};
