import { beijingTime } from '../../base/beijing-day.ts';
import type { MyAward } from '../../flows/ports/pages.ts';
import type { UnlinkedAwards } from '../../flows/ports/payee-links.ts';
import type { ActivityPageState } from '../contract/activity-page.ts';
import type { PageAssets } from '../page-assets.ts';
import { escapeHtml, jsonForElement } from './html.ts';
import { pageWords } from './page-words.ts';
import type { NoticeKind, PageLanguage } from './page-words.ts';

/** The documents people see in WeChat. Everything that comes from outside is escaped here. */
export interface PageDocuments {
  activity(state: ActivityPageState, language: PageLanguage): string;
  awards(page: { readonly account: string; readonly awards: readonly MyAward[] }, language: PageLanguage): string;
  /** Asks whether these awards go to the person who looks; its form posts to the page's own address. */
  payee(awards: UnlinkedAwards, language: PageLanguage): string;
  /** `href` is where the notice's link leads; without it there is none. */
  notice(notice: { readonly kind: NoticeKind; readonly href?: string }, language: PageLanguage): string;
}

/** Writes documents with the assets of one build. */
export function createPageDocuments(assets: PageAssets): PageDocuments {
  const document = (page: { language: PageLanguage; title: string; body: string; script?: boolean }): string =>
    `<!doctype html>
<html lang="${page.language === 'en' ? 'en' : 'zh-CN'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<meta name="format-detection" content="telephone=no"><meta name="theme-color" content="#c4122a">
<link rel="icon" href="${assets.iconPath}"><title>${escapeHtml(page.title)}</title>${
      page.script === true ? `\n<script type="module" src="${assets.scriptPath}"></script>` : ''
    }
<style>${assets.styles}</style></head>
<body>${page.body}</body></html>
`;
  return {
    activity: (state, language) =>
      document({
        language,
        title: state.name,
        script: true,
        body: `<div id="app">${firstMarkup(state, language)}</div>
<script type="application/json" id="first-state">${jsonForElement(state)}</script>`,
      }),
    awards: (page, language) =>
      document({ language, title: pageWords(language).myAwards, body: awardsMarkup(page, language) }),
    payee: (awards, language) =>
      document({ language, title: pageWords(language).payee.title, body: payeeMarkup(awards, language) }),
    notice: (notice, language) =>
      document({
        language,
        title: pageWords(language).notices[notice.kind].title,
        body: noticeMarkup(notice, language),
      }),
  };
}

/** What stands there until the script has drawn the page: the same title, place and prizes, so that nothing jumps. */
function firstMarkup(state: ActivityPageState, language: PageLanguage): string {
  const words = pageWords(language);
  const prizes = state.prizes.map((prize) => {
    const worth = prize.soldOut ? words.soldOut : prize.amountFen > 0 ? `${yuan(prize.amountFen)} ${words.yuan}` : '';
    return `<li class="prize${prize.soldOut ? ' prize-gone' : ''}">${mark(prize.amountFen)}<span class="prize-name">${escapeHtml(prize.name)}</span><span class="prize-worth">${worth}</span></li>`;
  });
  const place = state.mechanic === 'lottery' ? 'wheel-frame wheel-waiting' : 'packet';
  return `<main class="page"><header class="head"><h1>${escapeHtml(state.name)}</h1><p class="pill">${words.loading}</p></header>
<div class="${place}"></div><noscript><p class="notice">${words.needsScript}</p></noscript>
<section class="prizes"><h2>${words.prizes}</h2><ul>${prizes.join('')}</ul></section></main>`;
}

function awardsMarkup(page: { account: string; awards: readonly MyAward[] }, language: PageLanguage): string {
  const words = pageWords(language);
  const rows = page.awards.map((award) => {
    const { state, hint } = words.progress[award.progress];
    const worth = award.amountFen > 0 ? ` · ${yuan(award.amountFen)} ${words.yuan}` : '';
    return `<li class="award">${mark(award.amountFen)}<span class="award-name">${escapeHtml(award.prizeName)}${worth}</span>
<span class="award-state award-state-${award.progress}">${state}</span>
<span class="award-hint">${hint.replace('{date}', dateOf(award.waitsUntilMs ?? 0, language))}</span><span class="award-when">${escapeHtml(award.activityName)} · ${beijingTime(award.wonAtMs).slice(0, 16)}</span></li>`;
  });
  const list = rows.length > 0 ? `<ul class="awards">${rows.join('')}</ul>` : `<p class="notice">${words.noAwards}</p>`;
  const other = `?account=${encodeURIComponent(page.account)}&lang=${language === 'en' ? 'zh' : 'en'}`;
  return `<main class="page"><header class="head"><h1>${words.myAwards}</h1></header>${list}
<footer class="foot"><a href="${escapeHtml(other)}">${words.otherLanguage}</a></footer></main>`;
}

/** A moment in Beijing time as people say it. */
function dateOf(atMs: number, language: PageLanguage): string {
  const time = beijingTime(atMs);
  return pageWords(language).date(Number(time.slice(5, 7)), Number(time.slice(8, 10)), time.slice(11, 16));
}

function noticeMarkup(notice: { kind: NoticeKind; href?: string }, language: PageLanguage): string {
  const { title, text, action } = pageWords(language).notices[notice.kind];
  const link =
    notice.href === undefined || action === ''
      ? ''
      : `<a class="button" href="${escapeHtml(notice.href)}">${action}</a>`;
  return `<main class="page plain"><div class="plain-card"><span class="plain-mark" aria-hidden="true"></span><h1>${title}</h1><p>${text}</p>${link}</div></main>`;
}

function payeeMarkup({ packets, amountFen, activityName }: UnlinkedAwards, language: PageLanguage): string {
  const { title, waiting, nothing, warning, action } = pageWords(language).payee;
  const sum = packets === 0 ? nothing : waiting(packets, yuan(amountFen));
  const name = activityName === null ? '' : `<p class="pill">${escapeHtml(activityName)}</p>`;
  return `<main class="page plain"><div class="plain-card"><span class="plain-mark" aria-hidden="true"></span><h1>${title}</h1>${name}<p>${sum}</p><p>${warning}</p>
<form method="post"><button class="button" type="submit">${action}</button></form></div></main>`;
}

function mark(amountFen: number): string {
  return `<span class="prize-mark${amountFen > 0 ? '' : ' prize-mark-gift'}" aria-hidden="true"></span>`;
}

/** 100 -> "1", 188 -> "1.88": as the page's own script writes it. */
function yuan(amountFen: number): string {
  return (amountFen / 100).toFixed(2).replace(/\.00$/, '');
}
