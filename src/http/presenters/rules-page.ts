import { beijingTime } from '../../base/beijing-day.ts';
import type { LiveActivity } from '../../flows/ports/draws.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { placedMechanics } from '../../rules/chains.ts';
import { ticketTotal } from '../../rules/mechanics/lottery.ts';
import type { MechanicSettings } from '../../rules/mechanics/list.ts';
import { fixedAmountFen, packetAmounts } from '../../rules/prize-schema.ts';
import type { Prize } from '../../rules/prize-schema.ts';
import { escapeHtml } from './html.ts';
import { percentOf, yuan } from './page-numbers.ts';
import type { PageLanguage } from './page-words.ts';
import { drawTime, waysIn } from './rules-ways.ts';
import { rulesWords } from './rules-words.ts';
import type { RulesWords } from './rules-words.ts';

type Lottery = Extract<MechanicSettings, { kind: 'lottery' }>;

/** Writes the rules of an activity from the rule that decides, so that the two can never differ. */
export function rulesMarkup(live: LiveActivity, language: PageLanguage): string {
  const { name, slug, rule, fair } = live;
  const words = rulesWords(language);
  const back = `/a/${slug}${language === 'en' ? '?lang=en' : ''}`;
  const parts = [
    section(words.period, [period(rule, words)]),
    section(words.organiser, [rule.look.organiser ?? words.thisAccount]),
    section(words.who, [rule.who.must === null ? words.everyone : words.conditions(rule.who.text)]),
    section(words.how, waysIn(rule, words)),
    section(words.howOften, howOften(rule, words)),
    section(words.drawTime, drawTime(rule, words)),
    prizesSection(rule, words),
    ...placedMechanics(rule).map(({ settings }) => oddsSection(rule, settings, words)),
    section(words.claim, claimTerms(rule, words)),
    section(words.published, published(live, words)),
    ...(fair === undefined ? [] : [fairSection(slug, fair.commitment, words)]),
  ];
  return `<main class="page"><header class="head"><h1>${words.title}</h1><p class="pill">${escapeHtml(rule.look.title ?? name)}</p></header>
<div class="sheet rules">${parts.join('\n')}</div>
<footer class="foot"><a href="${back}">${words.back}</a><a href="?lang=${language === 'en' ? 'zh' : 'en'}">${language === 'en' ? '中文' : 'English'}</a></footer></main>`;
}

function fairSection(slug: string, commitment: string, words: RulesWords): string {
  return `<section><h2>${words.fair}</h2><p>${words.fairText(commitment)}</p><p><a href="/a/${slug}/fair">${words.fairMore}</a></p></section>`;
}

function section(title: string, lines: readonly string[]): string {
  return `<section><h2>${title}</h2>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</section>`;
}

function period({ startsAtMs, endsAtMs }: ActivityRule, words: RulesWords): string {
  const begin = startsAtMs === null ? [] : [words.from(shownTime(startsAtMs, words))];
  const end = endsAtMs === null ? [] : [words.until(shownTime(endsAtMs, words))];
  return begin.length + end.length === 0 ? words.always : [...begin, ...end].join(words.comma);
}

function shownTime(atMs: number, words: RulesWords): string {
  const time = beijingTime(atMs);
  return words.time(time.slice(0, 4), Number(time.slice(5, 7)), Number(time.slice(8, 10)), time.slice(11, 16));
}

function published({ version, publishedAtMs }: LiveActivity, words: RulesWords): readonly string[] {
  return [words.publishedAs(version, shownTime(publishedAtMs, words)), words.unchanged];
}

function howOften(rule: ActivityRule, words: RulesWords): readonly string[] {
  const { limits } = rule;
  const line = (limit: number | null, text: (limit: number) => string): readonly string[] =>
    limit === null ? [] : [text(limit)];
  const earned = placedMechanics(rule).some(
    ({ settings }) => settings.kind === 'lottery' && settings.chances === 'earned',
  );
  const lines = [
    ...(earned ? [words.earned] : []),
    ...line(limits.drawsPerPerson, words.perPerson),
    ...line(limits.drawsPerPersonPerDay, words.perPersonPerDay),
    ...line(limits.coolDownSeconds, words.coolDown),
    ...line(limits.winsPerPerson, words.winsPerPerson),
    ...line(limits.winsPerPersonPerDay, words.winsPerPersonPerDay),
    ...line(limits.budgetFenPerPerson, (fen) => words.fenPerPerson(yuan(fen))),
    ...line(limits.winsPerDay, words.winsPerDay),
  ];
  return lines.length === 0 ? [words.noLimit] : lines;
}

function prizesSection(rule: ActivityRule, words: RulesWords): string {
  const rows = rule.prizes.map((prize) => {
    const details = [worthOf(prize, words), words.quantity(prize.stock)].filter((text) => text !== '').join(' · ');
    return `<li><b>${escapeHtml(prize.name)}</b><span>${details}</span></li>`;
  });
  const money = rule.prizes.some(isMoney);
  const budgets = [
    ...(money ? [words.budget(yuan(rule.budgetFen))] : []),
    ...(money && rule.limits.budgetFenPerDay !== null ? [words.dayBudget(yuan(rule.limits.budgetFenPerDay))] : []),
  ];
  return `<section><h2>${words.prizes}</h2><ul class="rules-list">${rows.join('')}</ul>${budgets.map((text) => `<p>${text}</p>`).join('')}</section>`;
}

/** What a prize is worth; nothing where nobody said. */
function worthOf(prize: Prize, words: RulesWords): string {
  const fixedFen = fixedAmountFen(prize);
  if (prize.kind === 'group-packet') return words.shared(yuan(prize.amountFen), prize.shares);
  if (fixedFen !== null) return words.worth(yuan(fixedFen));
  if (prize.kind === 'text' || prize.kind === 'voucher') {
    return prize.worthFen === null ? '' : words.valued(yuan(prize.worthFen));
  }
  if (prize.kind !== 'random-packet') return '';
  return words.range(yuan(prize.minFen), yuan(prize.maxFen), yuan(prize.meanFen));
}

/** How one mechanic gives its prizes; nothing for one that gives none by itself. */
function oddsSection(rule: ActivityRule, settings: MechanicSettings, words: RulesWords): string {
  const nameOf = (id: string | null): string | undefined => rule.prizes.find((prize) => prize.id === id)?.name;
  if (settings.kind === 'lottery') return lotterySection(rule.prizes, settings, words);
  if (settings.kind === 'check-in') {
    const lines = settings.milestones.flatMap(({ streakDays, prizeId }) => {
      const name = nameOf(prizeId);
      return name === undefined ? [] : [words.milestone(streakDays, name)];
    });
    const totals = settings.totals.flatMap(({ of, days, prizeId }) => {
      const name = nameOf(prizeId);
      return name === undefined ? [] : [words.total(of, days, name)];
    });
    const all = [...lines, ...totals];
    return all.length === 0 ? '' : section(words.prizes, [...all, words.firstCome]);
  }
  if (settings.kind === 'code') {
    const name = nameOf(settings.prizeId);
    return name === undefined ? '' : section(words.odds, [words.perCode(name), words.firstCome]);
  }
  if (settings.kind === 'keyword' && nameOf(settings.prizeId) !== undefined) {
    return section(words.odds, [`${nameOf(settings.prizeId)}: 100%`, words.firstCome]);
  }
  return '';
}

function lotterySection(prizes: readonly Prize[], settings: Lottery, words: RulesWords): string {
  const total = ticketTotal(settings, prizes);
  const row = (name: string, tickets: number): string => {
    const { shown, exact } = percentOf(tickets, total);
    const odds = words.oddsOf(String(tickets), String(total), `${exact ? '' : words.about}${shown}`);
    return `<li><b>${escapeHtml(name)}</b><span>${odds}</span></li>`;
  };
  const drawable = prizes.filter(({ tickets }) => tickets > 0).map(({ name, tickets }) => row(name, tickets));
  const blank = settings.blankTickets > 0 ? [row(words.blank, settings.blankTickets)] : [];
  const sure = settings.guaranteed;
  const lines = [
    words.gone[settings.gone],
    ...(sure === null
      ? []
      : [words.guaranteed(sure.afterMisses, prizes.find(({ id }) => id === sure.prizeId)?.name ?? '')]),
    words.decided,
  ];
  return `<section><h2>${words.odds}</h2><ul class="rules-list">${[...drawable, ...blank].join('')}</ul>${lines.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}</section>`;
}

function claimTerms({ prizes }: ActivityRule, words: RulesWords): readonly string[] {
  const gifts = !prizes.every(isMoney);
  return [...(prizes.some(isMoney) ? words.claimPacket : []), ...(gifts ? [words.claimGift] : [])];
}

function isMoney(prize: Prize): boolean {
  return packetAmounts(prize).length > 0;
}
