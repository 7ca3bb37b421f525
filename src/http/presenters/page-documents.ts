import { beijingTime } from '../../base/beijing-day.ts';
import type { MyAward } from '../../flows/ports/pages.ts';
import type { UnlinkedAwards } from '../../flows/ports/payee-links.ts';
import type { ActivityPageState, PageLook, PagePrize } from '../contract/activity-page.ts';
import type { PageAssets } from '../page-assets.ts';
import type { LiveActivity } from '../../flows/ports/draws.ts';
import { fairnessMarkup } from './fairness-page.ts';
import type { FairnessPage } from './fairness-page.ts';
import { fairnessWords } from './fairness-words.ts';
import { escapeHtml, jsonForElement } from './html.ts';
import { yuan } from './page-numbers.ts';
import { qrCode, QR_BYTES_MAX } from './qr-code.ts';
import { qrSvg } from './qr-picture.ts';
import { rulesMarkup } from './rules-page.ts';
import { rulesWords } from './rules-words.ts';
import { pageWords } from './page-words.ts';
import type { NoticeKind, PageLanguage } from './page-words.ts';

/** The documents people see in WeChat. Everything that comes from outside is escaped here. */
export interface PageDocuments {
  activity(state: ActivityPageState, language: PageLanguage): string;
  awards(page: { readonly account: string; readonly awards: readonly MyAward[] }, language: PageLanguage): string;
  /** Asks whether these awards go to the person who looks; its form posts to the page's own address. */
  payee(awards: UnlinkedAwards, language: PageLanguage): string;
  rules(activity: LiveActivity, language: PageLanguage): string;
  fairness(page: FairnessPage, language: PageLanguage): string;
  /** `href` is where the notice's link leads; without it there is none. `codeOf`: an address to draw as a QR code. */
  notice(notice: PageNotice, language: PageLanguage): string;
}

export interface PageNotice {
  readonly kind: NoticeKind;
  readonly href?: string;
  readonly codeOf?: string;
}

interface PageDocument {
  readonly language: PageLanguage;
  readonly title: string;
  readonly body: string;
  readonly theme?: PageLook['theme'];
  readonly ownStyles?: string;
  /** Addresses of scripts: the one that runs, and those it will ask for. */
  readonly scripts?: readonly string[];
}

/** Writes documents with the assets of one build. */
export function createPageDocuments(assets: PageAssets): PageDocuments {
  const document = (page: PageDocument): string =>
    `<!doctype html>
<html lang="${page.language === 'en' ? 'en' : 'zh-CN'}" class="theme-${page.theme ?? 'spring'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<meta name="format-detection" content="telephone=no"><meta name="theme-color" content="${THEME_COLOURS[page.theme ?? 'spring']}">
<link rel="icon" href="${assets.iconPath}"><title>${escapeHtml(page.title)}</title>${scriptElements(page.scripts)}
<style>${assets.styles}</style>${page.ownStyles === undefined || page.ownStyles === '' ? '' : `<style>${page.ownStyles}</style>`}</head>
<body>${page.body}</body></html>
`;
  return {
    activity: (state, language) =>
      document({
        language,
        title: state.look.title,
        theme: state.look.theme,
        ownStyles: brandStyles(state.look),
        scripts: [
          assets.scriptPath,
          ...[assets.wordPaths.get(language) ?? []].flat(),
          ...(assets.playPaths.get(state.look.play) ?? []),
        ],
        body: `<div id="app"${shareScriptData(state.person.snapshot ? null : assets.shareScript)}>${firstMarkup(state, language)}</div>
<script type="application/json" id="first-state">${jsonForElement(state)}</script>`,
      }),
    awards: (page, language) => {
      // Without a transfer to collect the page needs no script at all.
      const collects = page.awards.some(({ collect }) => collect !== undefined);
      return document({
        language,
        title: pageWords(language).myAwards,
        scripts: collects ? [assets.scriptPath] : [],
        body: awardsMarkup(page, language, collects ? assets.shareScript : null),
      });
    },
    payee: (awards, language) =>
      document({ language, title: pageWords(language).payee.title, body: payeeMarkup(awards, language) }),
    rules: (activity, language) =>
      document({
        language,
        title: `${rulesWords(language).title} · ${activity.rule.look.title ?? activity.name}`,
        theme: activity.rule.look.theme,
        ownStyles: brandStyles(activity.rule.look),
        body: rulesMarkup(activity, language),
      }),
    fairness: (page, language) =>
      document({
        language,
        title: `${fairnessWords(language).title} · ${page.fairness.activity.name}`,
        // Nothing to check yet, nothing to run.
        scripts: page.fairness.seed === null ? [] : ['/fair/check.mjs'],
        body: fairnessMarkup(page, language),
      }),
    notice: (notice, language) =>
      document({
        language,
        title: pageWords(language).notices[notice.kind].title,
        body: noticeMarkup(notice, language),
      }),
  };
}

/** Names WeChat's own script for ours to load. */
function shareScriptData(script: string | null): string {
  return script === null ? '' : ` data-share-script="${escapeHtml(script)}"`;
}

/** What a phone's browser colours its own bar in. */
const THEME_COLOURS = { spring: '#c4122a', plain: '#ffffff', dark: '#0f1220', playful: '#6a3de8' } as const;

/** The one style that differs from document to document; whoever answers with it names its hash. */
export function brandStyles({ brandColour }: { readonly brandColour: string | null }): string {
  return brandColour === null ? '' : `html.theme-plain{--brand:${brandColour}}`;
}

function scriptElements([run, ...later]: readonly string[] = []): string {
  if (run === undefined) return '';
  const ahead = later.map((script) => `<link rel="modulepreload" href="${script}">`);
  return `\n<script type="module" src="${run}"></script>${ahead.join('')}`;
}

/** What stands there until the script has drawn the page: the same title, place and prizes, so that nothing jumps. */
function firstMarkup(state: ActivityPageState, language: PageLanguage): string {
  const words = pageWords(language);
  const { look } = state;
  const prizes = state.prizes.map((prize) => {
    const worth = prize.soldOut ? words.soldOut : worthOf(prize, words.yuan);
    const odds = prize.odds === null ? '' : `${words.odds} ${prize.odds.percent} · `;
    return `<li class="prize${prize.soldOut ? ' prize-gone' : ''}">${mark(worthOf(prize, '') === '' ? 0 : 1)}<span class="prize-name">${escapeHtml(prize.name)}</span><span class="prize-worth">${worth}</span><span class="prize-odds">${odds}${words.left(prize.left)}</span></li>`;
  });
  const logo = look.logo === null ? '' : `<img class="logo" src="${escapeHtml(look.logo)}" alt="">`;
  const subtitle = look.subtitle === null ? '' : `<p class="subtitle">${escapeHtml(look.subtitle)}</p>`;
  const picture = look.picture === null ? '' : `<img class="picture" src="${escapeHtml(look.picture)}" alt="">`;
  return `<main class="page"><header class="head">${logo}<h1>${escapeHtml(look.title)}</h1>${subtitle}<p class="pill">${words.loading}</p></header>${picture}
<div class="waiting waiting-${look.play}"></div><noscript><p class="notice">${words.needsScript}</p></noscript>
<section class="sheet prizes"><h2>${words.prizes}</h2><ul>${prizes.join('')}</ul></section></main>`;
}

function worthOf({ amountFen, rangeFen }: PagePrize, unit: string): string {
  const amount = rangeFen === null ? (amountFen > 0 ? yuan(amountFen) : '') : rangeFen.map(yuan).join('–');
  return amount === '' ? '' : `${amount} ${unit}`;
}

function awardsMarkup(
  page: { account: string; awards: readonly MyAward[] },
  language: PageLanguage,
  script: string | null,
): string {
  const words = pageWords(language);
  const rows = page.awards.map((award) => {
    const { state, hint } = words.progress[award.progress];
    const { voucher = null } = award;
    const told =
      voucher === null
        ? hint.replace('{date}', dateOf(award.waitsUntilMs ?? award.collect?.untilMs ?? 0, language))
        : escapeHtml(voucher);
    const worth = award.amountFen > 0 ? ` · ${yuan(award.amountFen)} ${words.yuan}` : '';
    return `<li class="award">${mark(award.amountFen)}<span class="award-name">${escapeHtml(award.prizeName)}${worth}</span>
<span class="award-state award-state-${award.progress}">${state}</span>
<span class="award-hint">${told}</span>${collectButton(award, language)}<span class="award-when">${escapeHtml(award.activityName)} · ${beijingTime(award.wonAtMs).slice(0, 16)}</span></li>`;
  });
  const data = `data-account="${escapeHtml(page.account)}"${shareScriptData(script)}`;
  const list =
    rows.length > 0 ? `<ul class="awards" ${data}>${rows.join('')}</ul>` : `<p class="notice">${words.noAwards}</p>`;
  const other = `?account=${encodeURIComponent(page.account)}&lang=${language === 'en' ? 'zh' : 'en'}`;
  return `<main class="page"><header class="head"><h1>${words.myAwards}</h1></header>${list}
<footer class="foot"><a href="${escapeHtml(other)}">${words.otherLanguage}</a></footer></main>`;
}

/** What the page's script hands to WeChat when the button is tapped; outside of WeChat it says where to open the page. */
function collectButton({ collect }: MyAward, language: PageLanguage): string {
  if (collect === undefined) return '';
  const { collect: action, collectInWechat } = pageWords(language);
  const data = { mch: collect.mchId, app: collect.appId, package: collect.packageInfo, outside: collectInWechat };
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`);
  return `<button class="button button-small collect" type="button"${attributes.join('')}>${action}</button>`;
}

/** A moment in Beijing time as people say it. */
function dateOf(atMs: number, language: PageLanguage): string {
  const time = beijingTime(atMs);
  return pageWords(language).date(Number(time.slice(5, 7)), Number(time.slice(8, 10)), time.slice(11, 16));
}

function noticeMarkup(notice: PageNotice, language: PageLanguage): string {
  const { title, text, action } = pageWords(language).notices[notice.kind];
  const { codeOf = '' } = notice;
  const drawn = codeOf !== '' && Buffer.byteLength(codeOf) <= QR_BYTES_MAX;
  const code = drawn
    ? `${qrSvg(qrCode(codeOf), pageWords(language).codeOfPage)}<p>${pageWords(language).scanIt}</p>`
    : '';
  const link =
    notice.href === undefined || action === ''
      ? ''
      : `<a class="button" href="${escapeHtml(notice.href)}">${action}</a>`;
  return `<main class="page plain"><div class="plain-card">${code === '' ? '<span class="plain-mark" aria-hidden="true"></span>' : ''}<h1>${title}</h1><p>${text}</p>${code}${link}</div></main>`;
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
