import type { ErrorCode } from '../../lib/domain/errors.ts';
import { DESK_HEADER } from './http/guard.ts';
import { STATUS_OF } from './http/errors.ts';
import { partsOf, type JsonSchema, type Schema } from './http/schema.ts';
import type { Route } from './routes/route.ts';

/** What any route may refuse with. */
const EVERYWHERE: ErrorCode[] = [
  'HTTPS_REQUIRED',
  'CROSS_SITE',
  'INVALID_REQUEST',
  'STORE_UNAVAILABLE',
  'STORE_OVERLOADED',
  'INTERNAL_ERROR',
];

/**
 * The OpenAPI 3.1 document of a table of routes: the same schemas that check requests, so that it cannot differ from
 * what the desk does.
 * @param basePath where the desk is mounted, as browsers see it
 */
export function openApiDocument(routes: readonly Route[], basePath: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Desk API',
      version: '1',
      description: 'What the desk page uses. Sign in with POST /api/session; the session is in a cookie.',
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'desk session' } },
      schemas: { ...partsOf(paths), Error: errorSchema() },
    },
  };
}

function operation(route: Route): JsonSchema {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query), ...headerParameters(route)];
  const content = route.upload === true ? { 'application/octet-stream': {} } : null;
  return {
    summary: route.summary,
    'x-access': route.access,
    security: route.access === 'public' ? [] : [{ session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === null ? {} : { requestBody: { required: true, content } }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: jsonContent(route.body.toJsonSchema()) } }),
    responses: { ...success(route), ...refusals(route) },
  };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: Schema<unknown> | undefined): JsonSchema[] {
  const { properties = {}, required = [] } = (query?.toJsonSchema() ?? {}) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

function headerParameters(route: Route): JsonSchema[] {
  if (route.answer === 'events') return [{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } }];
  if (route.method === 'GET') return [];
  return [
    {
      name: DESK_HEADER,
      in: 'header',
      required: true,
      schema: { type: 'string' },
      description: 'Any value; other sites cannot send it',
    },
  ];
}

function success(route: Route): JsonSchema {
  if (route.answer === null) return { 204: { description: 'Done' } };
  if (route.answer === 'events') {
    return { 200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } } };
  }
  if (route.answer === 'file') {
    const content = { '*/*': { schema: { type: 'string', format: 'binary' } } };
    return { 200: { description: 'The file', content }, 206: { description: 'The part that was asked for', content } };
  }
  return { [route.status ?? 200]: { description: 'Done', content: jsonContent(route.answer.toJsonSchema()) } };
}

function refusals(route: Route): JsonSchema {
  const codes = new Set<ErrorCode>([...(route.errors ?? []), ...EVERYWHERE]);
  if (route.access !== 'public') codes.add('SIGNED_OUT');
  if (route.access === 'supervisor') codes.add('FORBIDDEN');
  if (route.method !== 'GET')
    for (const code of route.upload === true ? [] : (['JSON_REQUIRED', 'TOO_LARGE'] as const)) codes.add(code);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(STATUS_OF[code], [...(byStatus.get(STATUS_OF[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, words]) => [
      status,
      { description: words.join(', '), content: jsonContent({ $ref: '#/components/schemas/Error' }) },
    ]),
  );
}

function jsonContent(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function errorSchema(): JsonSchema {
  return {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string', enum: Object.keys(STATUS_OF) },
          message: { type: 'string', description: 'For people' },
          details: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
        },
      },
    },
  };
}
