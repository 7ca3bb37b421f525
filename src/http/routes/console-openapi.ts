import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../flows/ports/webhooks.ts';
import { problemSchema } from '../contract/console-problem.ts';
import { WEBHOOK_EVENTS_SAID, webhookBody } from '../contract/console-webhooks.ts';
import { takesKey } from '../api/answer-once.ts';
import { consoleFile } from '../console-file.ts';
import { consoleStream } from '../console-stream.ts';
import type { ConsoleRoute } from './console-route.ts';

type Json = Readonly<Record<string, unknown>>;

/** Below which other programs find the routes; what stands there changes only by growing. */
export const API_PREFIX = '/api/v1';

/** One way into the routes, as it is described. */
interface DescribedDoor {
  readonly title: string;
  readonly description: string;
  readonly prefix: string;
  readonly security: { readonly name: string; readonly scheme: Json };
  /** Whether a request that would be done twice when it is repeated needs its key. */
  readonly keysNeeded: boolean;
}

const UNITS = 'Amounts are whole fen (1 yuan = 100 fen), times Unix ms.';

const CONSOLE: DescribedDoor = {
  title: 'Hongbao console',
  description: `${UNITS} Everything but GET needs the page’s own origin.`,
  prefix: '/api/console',
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: 'console_session' } },
  keysNeeded: false,
};

const PROGRAMS: DescribedDoor = {
  title: 'Hongbao API',
  description: `${UNITS} Send a token with every request; lists go on after \`next\`; POST takes an Idempotency-Key.`,
  prefix: API_PREFIX,
  security: { name: 'token', scheme: { type: 'http', scheme: 'bearer' } },
  keysNeeded: true,
};

/**
 * Describes the console's API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) from the route table and the very
 * schemas that read every request and answer.
 */
export function openApiDocument(routes: readonly ConsoleRoute[], ruleSchema: Json): Json {
  return describe(routes, ruleSchema, CONSOLE);
}

/** Describes in the same way what programs with a token find below /api/v1. */
export function apiDocument(routes: readonly ConsoleRoute[], ruleSchema: Json): Json {
  return { ...describe(routes, ruleSchema, PROGRAMS), webhooks: webhooks() };
}

/** What endpoints are posted, one entry an event. */
function webhooks(): Json {
  const { properties, ...body } = schemaOf(webhookBody, 'output') as { readonly properties: Json };
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  });
  const parameters = [
    header('webhook-id', 'As `id` in the body'),
    header('webhook-timestamp', 'When this try was signed, Unix seconds'),
    header('webhook-signature', 'One or two signatures, `v1,` and base64, with a space between'),
  ];
  return Object.fromEntries(
    WEBHOOK_EVENTS.map((type) => {
      const schema = { ...body, properties: { ...properties, type: { const: type } } };
      const requestBody = { required: true, content: { 'application/json': { schema } } };
      const responses = { '2XX': { description: 'Taken; anything else is tried again for three days' } };
      return [
        type,
        { post: { operationId: type, summary: WEBHOOK_EVENTS_SAID[type], parameters, requestBody, responses } },
      ];
    }),
  );
}

function describe(routes: readonly ConsoleRoute[], ruleSchema: Json, door: DescribedDoor): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, door);
  }
  const { name, scheme } = door.security;
  return {
    openapi: '3.1.1',
    info: { title: door.title, version: '1', description: door.description },
    servers: [{ url: door.prefix }],
    security: [{ [name]: [] }],
    paths,
    components: {
      securitySchemes: { [name]: scheme },
      schemas: { ...withDefinitions('ActivityRule', ruleSchema), Problem: schemaOf(problemSchema, 'output') },
    },
  };
}

function operation(route: ConsoleRoute, door: DescribedDoor): Json {
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map((found) => ({
      name: found[1],
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(route.query),
    ...(takesKey(route) ? [keyParameter(door.keysNeeded)] : []),
  ];
  return {
    operationId: route.name,
    summary: route.summary,
    description: `Access: ${route.access}`,
    tags: [route.path.split('/')[1] ?? ''],
    'x-access': route.access,
    ...(route.access === 'anyone' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route),
    responses: {
      200: { description: 'Done', content: answerContent(route) },
      default: {
        description: 'Refused or failed: `code` says why, `faults` where',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function keyParameter(required: boolean): Json {
  return {
    name: 'Idempotency-Key',
    in: 'header',
    required,
    description:
      'New for each thing wanted, the same for each repetition: within 24 hours a repetition gets the first answer',
    schema: { type: 'string', minLength: 8, maxLength: 128 },
  };
}

/** A file is whatever its name says, and no JSON. */
function answerContent({ answer }: ConsoleRoute): Json {
  if (answer === consoleFile || answer === consoleStream) return { '*/*': {} };
  return { 'application/json': { schema: schemaOf(answer, 'output') } };
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
