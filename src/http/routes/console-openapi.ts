import { z } from 'zod';
import { problemSchema } from '../contract/console-problem.ts';
import type { ConsoleRoute } from './console-route.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Describes the console's API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) from the route table and the very
 * schemas that read every request and answer.
 */
export function openApiDocument(routes: readonly ConsoleRoute[], ruleSchema: Json): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Hongbao console',
      version: '1',
      description:
        'Amounts are whole fen (1 yuan = 100 fen), times Unix ms. Everything but GET needs the page’s own origin.',
    },
    servers: [{ url: '/api/console' }],
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'console_session' } },
      schemas: { ...withDefinitions('ActivityRule', ruleSchema), Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

function operation(route: ConsoleRoute): Json {
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map((found) => ({
      name: found[1],
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(route.query),
  ];
  return {
    operationId: route.name,
    summary: route.summary,
    description: `Access: ${route.access}`,
    'x-access': route.access,
    ...(route.access === 'anyone' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } },
      default: {
        description: 'Refused or failed: `code` says why, `faults` where',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function requestBody({ body, file }: ConsoleRoute): Json {
  if (file !== null) {
    return { requestBody: { required: true, content: Object.fromEntries(file.types.map((type) => [type, {}])) } };
  }
  if (body === null) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } };
}

function queryParameters(query: z.ZodType | null): readonly Json[] {
  if (query === null) return [];
  const schema = schemaOf(query, 'input');
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Json>>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: false,
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  return withoutDialect(z.toJSONSchema(schema, { io }));
}

/** Puts what a schema defines for itself beside it, where references in an OpenAPI document look for it. */
function withDefinitions(name: string, schema: Json): Json {
  const { $defs = {}, ...rest } = withoutDialect(schema);
  const text = JSON.stringify({ [name]: rest, ...($defs as Json) });
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

/** OpenAPI 3.1 speaks JSON Schema 2020-12 throughout, so no schema needs to say it again. */
function withoutDialect(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema'));
}
