import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { scopes } from '../../src/flows/permissions.ts';
import { takesKey } from '../../src/http/api/answer-once.ts';
import { WEBHOOK_EVENTS_SAID, webhookBody } from '../../src/http/contract/console-webhooks.ts';
import type { ConsoleRoute } from '../../src/http/routes/console-route.ts';
import { apiRoutesToRead } from '../support/route-table.ts';
import { API_EXAMPLES, CHECK_SIGNATURE } from './api-examples.ts';
import { fieldRows } from './schema-tables.ts';
import type { SchemaNode } from './schema-tables.ts';

/** Where the document stands. */
export const API_DOCUMENT = new URL('../../docs/api.md', import.meta.url);

const HEAD = `# API

<!-- Made by \`node test/docs/write-api.ts\` from the routes and their schemas; do not edit. -->

Other programs use the routes of the console below \`/api/v1\`. What stands there changes only by growing: fields and routes are added, none is
taken away or given another meaning. \`GET /api/v1/openapi.json\` describes every field of every request and answer as OpenAPI 3.1, from the
schemas that read them.

- **Amounts** are whole fen (100 fen are one yuan), **times** Unix milliseconds, **days** Beijing days.
- **Tokens** are made by an owner in the console under 开放接口 (API), are shown once, and go with every request: \`Authorization: Bearer hongbao_…\`.
  A token may do what its scopes say and its maker still may: ${scopes.map((scope) => `\`${scope}\``).join(', ')}. Keys of accounts, operators, tokens and the word of a second
  person are for people alone.
- **Rate**: 20 requests a second for a token, 40 at once. More are answered 429 with \`Retry-After\`.
- **Lists** come in pages: \`next\` of an answer is \`after\` of the next request, unchanged, and null at the end.
- **Errors** are \`{"code", "message", "faults"}\`: \`code\` is a stable word, \`message\` says what is wrong and what to do, \`faults\` name fields. 4xx
  will not work by repeating; 409, 429 and 5xx may, a little later.

## Idempotency keys

A POST marked with a key below needs the header \`Idempotency-Key\`, 8 to 128 visible characters, new for each thing wanted. For 24 hours a
repetition with the same key and body gets the first answer, with \`Idempotency-Replayed: true\`, and does nothing more, whatever broke in between.
The same key with another body is refused with 422, and one whose first request is under way with 409. A request that was refused may be sent
again under its key.`;

/** Returns the documentation of the API, as it should stand on disk. */
export async function apiDocumentation(): Promise<string> {
  const text = [HEAD, examples(), webhooks(), routes(apiRoutesToRead())].join('\n\n');
  const settings = (await resolveConfig(API_DOCUMENT.pathname)) ?? {};
  return format(text, { ...settings, parser: 'markdown' });
}

function examples(): string {
  const parts = API_EXAMPLES.map(({ says, command }) => `${says}\n\n\`\`\`sh\n${command}\n\`\`\``);
  return ['## Examples', 'A test runs each of these against a real server.', ...parts].join('\n\n');
}

function webhooks(): string {
  const events = Object.entries(WEBHOOK_EVENTS_SAID).map(([event, says]) => `| \`${event}\` | ${says} |`);
  const fields = fieldRows(z.toJSONSchema(webhookBody) as SchemaNode);
  return `## Webhooks

An owner adds up to ten endpoints an account in the console: https at a public address. From then on each event is posted to every endpoint that
listens to it, written in the same transaction as what it tells of.

| event | what happened |
| - | - |
${events.join('\n')}

| field | type | what it means |
| - | - | - |
${fields.map(({ field, type, description }) => `| ${field} | ${type} | ${description} |`).join('\n')}

- **Take it** with any 2xx within 10 seconds. Anything else, a redirect too, counts as not taken; it is tried again after 5 seconds, then twice as
  long each time up to an hour, and is parked after three days. An endpoint that fails rests for up to a minute.
- **At least once**: an event may come twice, under the same \`webhook-id\`. Remember the ids that were seen.
- **In order for each award**, one after another; events of different awards come in any order. One that was parked and ordered again comes late:
  \`data.sequence\` grows with what happens to an award.
- **Signed** as [Standard Webhooks](https://www.standardwebhooks.com) says: \`webhook-signature\` holds \`v1,\` and the base64 HMAC-SHA256 of
  \`webhook-id\`, \`webhook-timestamp\` and body with dots between, under the secret (base64 after \`whsec_\`). For a day after a new secret was taken
  both sign.
- Deliveries are kept for 7 days, parked ones for 30. The console shows them, and orders one or all parked again.

\`\`\`js
${CHECK_SIGNATURE}
\`\`\``;
}

function routes(table: readonly ConsoleRoute[]): string {
  const chapters = Map.groupBy(table, ({ path }) => path.split('/')[1] ?? '');
  const parts = [...chapters].map(([name, those]) => {
    const lines = those.map((route) => `| ${cells(route).join(' | ')} |`);
    return [
      `### ${name}`,
      ['| route | what it does | scope | key | query | body |', '| - | - | - | - | - | - |', ...lines].join('\n'),
    ];
  });
  return ['## Routes', 'A `?` marks what may be left out.', ...parts.flat()].join('\n\n');
}

function cells(route: ConsoleRoute): readonly string[] {
  const { method, path, summary, access, query, body, file } = route;
  const route_ = `\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``;
  const given = file === null ? fieldNames(body) : `a file: ${file.types.join(', ')}`;
  return [
    route_,
    summary,
    access === 'signed-in' ? 'any' : `\`${access}\``,
    takesKey(route) ? 'yes' : '',
    fieldNames(query),
    given,
  ].map((cell) => cell.replaceAll('|', '\\|'));
}

function fieldNames(schema: z.ZodType | null): string {
  if (schema === null) return '';
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
  return Object.keys(properties)
    .map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`)
    .join(', ');
}
