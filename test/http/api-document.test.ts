import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ruleJsonSchema } from '../../src/flows/rule-draft.ts';
import { WEBHOOK_EVENTS } from '../../src/flows/ports/webhooks.ts';
import { scopes } from '../../src/flows/permissions.ts';
import { apiDocument, openApiDocument } from '../../src/http/routes/console-openapi.ts';
import { apiRoutesToRead, routesToRead } from '../support/route-table.ts';

// The rules are those of https://spec.openapis.org/oas/v3.1.1 and JSON Schema 2020-12, as far as our documents use them.
type Node = Readonly<Record<string, unknown>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Node;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Node }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema?: Node }>> }
    >
  >;
  readonly security?: readonly Node[];
  readonly 'x-access'?: string;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks?: Readonly<Record<string, { readonly post: Operation }>>;
  readonly security: readonly Node[];
  readonly components: { readonly schemas: Node; readonly securitySchemes: Node };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];
const KEYWORDS = new Set(
  `type const enum title description default examples minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength
   pattern format items prefixItems minItems maxItems uniqueItems properties required additionalProperties propertyNames minProperties
   maxProperties oneOf anyOf allOf not $ref readOnly`.split(/\s+/),
);

const documents: readonly (readonly [string, Document])[] = [
  ['console', openApiDocument(routesToRead(), ruleJsonSchema()) as unknown as Document],
  ['programs', apiDocument(apiRoutesToRead(), ruleJsonSchema()) as unknown as Document],
];

const operationsOf = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

for (const [name, document] of documents) {
  describe(`the description for ${name}`, () => {
    test('says what it is', () => {
      assert.match(document.openapi, /^3\.1\.\d+$/);
      assert.ok(document.info.title !== '' && document.info.version !== '');
      assert.match(document.servers[0]?.url ?? '', /^\/api\//);
      assert.ok(operationsOf(document).length > 60);
    });

    test('has every operation whole: a name of its own, its parameters, a body only where one is read, answers', () => {
      const names = operationsOf(document).map(({ operation }) => operation.operationId);
      assert.equal(new Set(names).size, names.length);
      for (const { path, method, operation } of operationsOf(document)) {
        const faults = operationFaults(document, path, method, operation);
        assert.deepEqual(faults, [], `${method} ${path}`);
      }
    });

    test('has no template of a path twice', () => {
      const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
      assert.equal(new Set(shapes).size, shapes.length);
    });

    test('has no schema with a fault, and no reference that leads nowhere', () => {
      assert.deepEqual(schemaFaults(document, Object.entries(document.components.schemas)), []);
      const used = [
        ...operationsOf(document),
        ...Object.values(document.webhooks ?? {}).map(({ post }) => ({ operation: post })),
      ];
      const schemas = used.flatMap(({ operation }) => schemasOf(operation));
      assert.ok(schemas.length > 100);
      assert.deepEqual(schemaFaults(document, schemas), []);
    });
  });
}

test('programs are told of each event with its body, and of no route that is for people alone', () => {
  const [, document] = documents[1] ?? [];
  assert.deepEqual(Object.keys(document?.webhooks ?? {}), [...WEBHOOK_EVENTS]);
  const open = new Set<string>([...scopes, 'signed-in']);
  for (const { path, operation } of operationsOf(document as Document)) {
    assert.ok(open.has(operation['x-access'] ?? ''), path);
    assert.ok(!/decision|\/decide|api-tokens|webhooks|operators|audit/.test(path), path);
    const key = operation.parameters?.find((one) => one.name === 'Idempotency-Key');
    if (key !== undefined) assert.equal(key.required, true, path);
  }
});

/** Lists that are answered whole, because something else bounds them; `showReissue` and the like belong to one thing. */
const BOUNDED: Readonly<Record<string, string>> = {
  listAccounts: 'accounts of the installation',
  listSessions: 'living sessions of one operator, which end by themselves',
  listOperators: 'people who work here',
  listApiTokens: 'tokens that owners made',
  listWebhooks: 'ten of an account',
  listApprovals: 'what waits for a second person; the oldest come first and make room',
  listVersions: 'the newest versions of one activity',
  listExports: 'the newest exports of one activity',
  listCodePools: 'pools that operators made',
  listAlarms: 'one open alarm a cause',
  listMerchantDays: 'days of one merchant that finance looks at',
  listPersonLists: 'lists that operators made',
  listReplies: 'keyword replies of an account, whose number has a limit',
  listVerificationFiles: 'files that operators put',
  listPictures: 'pictures of an account, whose number has a limit',
  listBalances: 'merchants of the installation',
};

test('lists that grow by themselves come in pages: `after` leads to `next` in the answer', () => {
  const [, document] = documents[0] ?? [];
  const paged: string[] = [];
  for (const { method, operation } of operationsOf(document as Document)) {
    if (method !== 'get') continue;
    const schema = operation.responses['200']?.content?.['application/json']?.schema as
      { readonly properties?: Node } | undefined;
    const asked = new Set((operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name));
    const answers = Object.keys(schema?.properties ?? {});
    assert.equal(
      asked.has('after'),
      answers.includes('next'),
      `${operation.operationId}: after and next belong together`,
    );
    if (asked.has('after')) paged.push(operation.operationId);
    else if (operation.operationId.startsWith('list'))
      assert.ok(operation.operationId in BOUNDED, operation.operationId);
  }
  for (const name of [
    'listDraws',
    'listAwards',
    'listBookEntries',
    'listPayouts',
    'listAudit',
    'showStory',
    'listDeliveries',
    'listActivities',
    'listBatches',
    'listIssues',
    'listReconciliations',
    'listReissues',
    'listTrialPackets',
  ]) {
    assert.ok(paged.includes(name), name);
  }
});

function operationFaults(document: Document, path: string, method: string, operation: Operation): readonly string[] {
  const { parameters = [], requestBody, responses, security = document.security } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const declared = parameters.filter((one) => one.in === 'path');
  const keys = parameters.map((one) => `${one.in} ${one.name}`);
  const known = Object.keys(document.components.securitySchemes);
  const checks: readonly (readonly [string, boolean])[] = [
    ['method', METHODS.includes(method)],
    ['operationId', /^[a-z][A-Za-z0-9]*$/.test(operation.operationId)],
    ['summary', operation.summary.length > 3],
    ['path parameters', declared.map((one) => one.name).join() === inPath.join()],
    ['path parameters are required', declared.every((one) => one.required === true)],
    ['parameters', new Set(keys).size === keys.length && parameters.every((one) => one.schema !== undefined)],
    ['no body to read', requestBody === undefined || method !== 'get'],
    ['a body has a type', requestBody === undefined || Object.keys(requestBody.content).length > 0],
    ['answers', responses['200'] !== undefined && responses['default'] !== undefined],
    ['descriptions', Object.values(responses).every(({ description }) => description !== '')],
    ['security', security.every((one) => Object.keys(one).every((scheme) => known.includes(scheme)))],
  ];
  return checks.filter(([, fits]) => !fits).map(([what]) => what);
}

function schemasOf(operation: Operation): readonly (readonly [string, unknown])[] {
  const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((one) =>
    Object.values(one?.content ?? {}),
  );
  return [...contents.map(({ schema }) => schema), ...(operation.parameters ?? []).map(({ schema }) => schema)]
    .filter((schema) => schema !== undefined)
    .map((schema) => [operation.operationId, schema] as const);
}

function schemaFaults(document: Document, schemas: readonly (readonly [string, unknown])[]): readonly string[] {
  return schemas.flatMap(([place, schema]) => schemaFault(document, schema, place));
}

function schemaFault(document: Document, schema: unknown, place: string): readonly string[] {
  if (typeof schema === 'boolean') return [];
  if (typeof schema !== 'object' || schema === null) return [`${place}: no schema`];
  const node = schema as Node;
  const faults = Object.keys(node)
    .filter((key) => !KEYWORDS.has(key) && !key.startsWith('x-'))
    .map((key) => `${place}: ${key} is no keyword`);
  const types = [node['type'] ?? []].flat();
  if (!types.every((type) => TYPES.includes(type as string))) faults.push(`${place}: type ${String(node['type'])}`);
  const properties = (node['properties'] ?? {}) as Node;
  for (const name of (node['required'] ?? []) as readonly string[]) {
    if (!(name in properties)) faults.push(`${place}: ${name} is required and not described`);
  }
  const reference = node['$ref'];
  if (typeof reference === 'string' && !leadsSomewhere(document, reference)) faults.push(`${place}: ${reference}`);
  if (Array.isArray(node['enum']) && node['enum'].length === 0) faults.push(`${place}: nothing fits an empty enum`);
  const inside: (readonly [string, unknown])[] = Object.entries(properties).map(([name, one]) => [
    `${place}.${name}`,
    one,
  ]);
  for (const key of ['items', 'additionalProperties', 'propertyNames', 'not']) {
    if (node[key] !== undefined) inside.push([`${place}.${key}`, node[key]]);
  }
  for (const key of ['oneOf', 'anyOf', 'allOf', 'prefixItems']) {
    for (const one of (node[key] ?? []) as readonly unknown[]) inside.push([`${place}.${key}`, one]);
  }
  return [...faults, ...schemaFaults(document, inside)];
}

function leadsSomewhere(document: Document, reference: string): boolean {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1];
  return name !== undefined && name in document.components.schemas;
}
