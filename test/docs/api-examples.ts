/** One example of docs/api.md: a command that a test runs against a real server. */
export interface ApiExample {
  /** The operation whose answer it prints. */
  readonly route: string;
  readonly says: string;
  /** Shell; HONGBAO is the server's address, TOKEN a token, ACTIVITY and ACCOUNT whose they are. */
  readonly command: string;
}

const AUTHORIZED = `-H "Authorization: Bearer $TOKEN"`;
const JSON_BODY = `-H 'Content-Type: application/json'`;
const NEW_KEY = `-H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)"`;

export const API_EXAMPLES: readonly ApiExample[] = [
  {
    route: 'listActivities',
    says: 'Activities, with what of their budget is spent:',
    command: `curl -sS --fail-with-body "$HONGBAO/api/v1/activities" ${AUTHORIZED}`,
  },
  {
    route: 'listAwards',
    says: 'Two awards of an activity, the latest first, with how each is paid. `next` in the answer is `after` of the next request; it is null at the end:',
    command: `curl -sS --fail-with-body "$HONGBAO/api/v1/activities/$ACTIVITY/awards?limit=2" ${AUTHORIZED}`,
  },
  {
    route: 'addReply',
    says: 'A keyword reply. The key makes a repetition harmless: keep it until there is an answer, and send it again with the same body when there was none:',
    command: [
      `curl -sS --fail-with-body "$HONGBAO/api/v1/accounts/$ACCOUNT/replies" ${AUTHORIZED} ${NEW_KEY} ${JSON_BODY} \\`,
      `  -d '{"words": ["营业时间"], "match": "exact", "reply": "每天 9 点到 21 点"}'`,
    ].join('\n'),
  },
  {
    route: 'pauseActivity',
    says: 'An activity pauses: nobody draws until it goes on, and what was won is paid all the same:',
    command: `curl -sS --fail-with-body "$HONGBAO/api/v1/activities/$ACTIVITY/pause" ${AUTHORIZED} ${NEW_KEY} ${JSON_BODY} -d '{}'`,
  },
];

/** How a receiver checks that an event is ours; a test gives it one and one that somebody changed. */
export const CHECK_SIGNATURE = `import { createHmac, timingSafeEqual } from 'node:crypto';

/** \`headers\` as they came, \`body\` as the very text that came. Throws where it is not from Hongbao, or old. */
export function checkWebhook(secret, headers, body, nowSeconds = Date.now() / 1000) {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(nowSeconds - Number(seconds)) <= 300)) throw new Error('older than five minutes');
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(\`\${id}.\${seconds}.\${body}\`).digest();
  const ours = signatures.split(' ').some((one) => {
    const given = Buffer.from(one.replace('v1,', ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!ours) throw new Error('not signed by Hongbao');
  return JSON.parse(body);
}`;
