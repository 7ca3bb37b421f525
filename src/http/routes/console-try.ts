import type { z } from 'zod';
import type { TryRules, TriedDraw } from '../../flows/try-rule.ts';
import { ruleFormSchema } from '../../rules/form-schema.ts';
import { shortWhy } from '../../rules/short-why.ts';
import {
  lookAtDraftAnswer,
  lookAtDraftRequest,
  ruleFormAnswer,
  tryDraftAnswer,
  tryDraftRequest,
} from '../contract/console-try.ts';
import { activityPageState } from '../presenters/activity-page.ts';
import { readAccountId } from './console-accounts.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface TryRouteDependencies {
  readonly tryRules: TryRules;
}

/** Drafts looked at and played before anybody can take part; nothing is stored. */
export function tryRoutes({ tryRules }: TryRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'ruleForm',
      method: 'GET',
      path: '/rule-form',
      access: 'signed-in',
      summary: 'The schema of a rule with what its fields and choices are called, from which forms are drawn',
      answer: ruleFormAnswer,
      handle: async () => ({ schema: ruleFormSchema() }),
    }),
    consoleRoute({
      name: 'lookAtDraft',
      method: 'POST',
      path: '/drafts/look',
      access: 'activities.edit',
      summary: 'Faults, exact odds, cost at most and the page of a draft that is not stored',
      body: lookAtDraftRequest,
      answer: lookAtDraftAnswer,
      handle: async ({ body }) => {
        const { page, faults, warnings, odds, ...money } = await tryRules.look({
          ...body,
          accountId: readAccountId(body.accountId),
        });
        return {
          ...money,
          faults: [...faults],
          warnings: [...warnings],
          odds: odds.map((table) => ({ ...table, prizes: [...table.prizes] })),
          page: page === null ? null : { ...activityPageState(page, () => 'ABC234') },
        };
      },
    }),
    consoleRoute({
      name: 'tryDraft',
      method: 'POST',
      path: '/drafts/try',
      access: 'activities.edit',
      summary: 'How draws of sample followers would end by a draft; nothing is written',
      body: tryDraftRequest,
      answer: tryDraftAnswer,
      handle: async ({ body }) => {
        const { faults, ways, samples } = tryRules.play({ ...body, accountId: readAccountId(body.accountId) });
        return {
          faults: [...faults],
          ways: [...ways],
          samples: samples.map(({ sample, draws }) => ({ sample, draws: draws.map(shownDraw) })),
        };
      },
    }),
  ];
}

function shownDraw({
  dayNumber,
  verdict,
}: TriedDraw): z.input<typeof tryDraftAnswer>['samples'][number]['draws'][number] {
  const { outcome, text, trace } = verdict;
  const why = verdict.outcome === 'won' ? null : verdict.why;
  return {
    dayNumber,
    outcome,
    why,
    prizeId: verdict.outcome === 'won' ? verdict.prizeId : null,
    amountFen: verdict.outcome === 'won' ? verdict.amountFen : null,
    text,
    inShort: shortWhy(outcome, why),
    steps: trace.map((step) => ({ ...step })),
  };
}
