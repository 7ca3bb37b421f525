import type { Fairness } from '../../flows/fairness/show-fairness.ts';
import { fairnessWords } from './fairness-words.ts';
import type { FairnessWords } from './fairness-words.ts';
import { escapeHtml } from './html.ts';
import type { PageLanguage } from './page-words.ts';

/** How an activity's luck comes about, and what `person` is called in its record; null for somebody nobody knows. */
export interface FairnessPage {
  readonly fairness: Fairness;
  readonly person: string | null;
}

/** Writes the page that lets anybody check an activity's draws: three sentences, one picture, and the means. */
export function fairnessMarkup({ fairness, person }: FairnessPage, language: PageLanguage): string {
  const words = fairnessWords(language);
  const { activity, commitment, ruleHash, seed } = fairness;
  const page = `/a/${activity.slug}`;
  const query = language === 'en' ? '?lang=en' : '';
  const steps = words.steps.map(([title, text]) => section(title, `<p>${text}</p>`));
  return `<main class="page"><header class="head"><h1>${words.title}</h1><p class="pill">${escapeHtml(activity.name)}</p></header>
<div class="sheet rules">${picture(words)}
${steps.join('\n')}
${section(words.seedHash, code(commitment))}
${section(words.ruleHash, code(ruleHash))}
${section(words.seed, seed === null ? `<p>${words.sealed}</p>` : code(seed))}
${section(words.you, person === null ? `<p>${words.youUnknown}</p>` : `${code(person)}<p>${words.youText}</p>`)}
${section(words.check, seed === null ? `<p>${words.notYet}</p>` : check(page, words))}
</div>
<footer class="foot"><a href="${page}${query}">${words.back}</a><a href="?lang=${language === 'en' ? 'zh' : 'en'}">${language === 'en' ? '中文' : 'English'}</a></footer></main>`;
}

function section(title: string, body: string): string {
  return `<section><h2>${title}</h2>${body}</section>`;
}

/** Groups of eight, which can be compared by eye and break over lines. */
function code(hex: string): string {
  return `<p><code>${(hex.match(/.{1,8}/g) ?? []).join(' ')}</code></p>`;
}

function check(page: string, { script, ...words }: FairnessWords): string {
  const said = Object.entries(script).map(([name, text]) => `data-${name}="${escapeHtml(text)}"`);
  return `<p>${words.checkText}</p>
<p><button type="button" class="button" id="check" data-record="${page}/fair/record.ndjson" ${said.join(' ')}>${words.checkButton}</button></p>
<p id="checked" role="status"></p><p>${words.programText}</p>
<p><a href="${page}/fair/record.ndjson" download>${words.record}</a> · <a href="/fair/verify-draws.mjs" download>${words.program}</a></p>`;
}

/** Seed and person lead to the ticket, the ticket to the prize. */
function picture({ picture: [seed, person, ticket, prize], pictureText }: FairnessWords): string {
  const box = (x: number, y: number, text: string): string =>
    `<rect x="${x}" y="${y}" width="92" height="34" rx="8" fill="none" stroke="currentColor" stroke-width="1.5"/><text x="${x + 46}" y="${y + 21}" font-size="12" text-anchor="middle" fill="currentColor">${text}</text>`;
  const arrow = (d: string): string =>
    `<path d="${d}" fill="none" stroke="currentColor" stroke-width="1.5" marker-end="url(#tip)"/>`;
  return `<svg viewBox="0 0 344 100" width="100%" role="img" aria-label="${pictureText}"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8Z" fill="currentColor"/></marker></defs>
${box(1, 4, seed)}${box(1, 62, person)}${box(125, 33, ticket)}${box(251, 33, prize)}${arrow('M93 21 L123 44')}${arrow('M93 79 L123 56')}${arrow('M217 50 L249 50')}</svg>`;
}

/** The script of that page: reads the record line by line and has the published program check it. */
export const FAIRNESS_SCRIPT = `import { verifyRecord } from '/fair/verify-draws.mjs';

async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\\n');
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const button = document.getElementById('check');
const told = document.getElementById('checked');
button?.addEventListener('click', async () => {
  const said = button.dataset;
  button.disabled = true;
  told.textContent = said.working;
  try {
    const answer = await fetch(said.record);
    if (!answer.ok) throw new Error(String(answer.status));
    const { draws, faults } = await verifyRecord(linesOf(answer.body));
    const [first] = faults;
    told.textContent = first ? said.bad.replace('{place}', first.place) + ' ' + first.what : said.good.replace('{draws}', draws);
  } catch {
    told.textContent = said.failed;
  }
  button.disabled = false;
});
`;
