import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId, activityId } from '../../base/ids.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { OperateActivities, ReviewedActivity } from '../../flows/operate-activities.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import { LAW_REASONS } from '../../rules/law-reasons.ts';
import {
  activitiesAnswer,
  activityAnswer,
  createActivityRequest,
  editActivityRequest,
  publishActivityRequest,
  turnActivityRequest,
} from '../contract/console-activities.ts';
import type { LawFinding } from '../contract/console-activities.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

const ACTIVITY = /^[\w-]{1,64}$/;

export interface ActivityRouteDependencies {
  readonly operate: OperateActivities;
  readonly reads: ConsoleReads;
  /** Where the service is reached from outside. */
  readonly publicUrl: string;
}

/** Listing, drafting, publishing and stopping activities. */
export function activityRoutes(dependencies: ActivityRouteDependencies): readonly ConsoleRoute[] {
  const present = presenter(dependencies);
  return [...readingRoutes(dependencies, present), ...changingRoutes(dependencies, present)];
}

type Present = (reviewed: ReviewedActivity) => Promise<z.input<typeof activityAnswer>>;

function presenter({ reads, publicUrl }: ActivityRouteDependencies): Present {
  return async ({ activity, faults, warnings, law, overlaps, textOverlaps }) => {
    const numbers = activity.publishedVersion === null ? null : await reads.numbers(activity);
    return {
      activity: { ...activity, draft: { ...activity.draft }, pageUrl: new URL(`/a/${activity.slug}`, publicUrl).href },
      faults: [...faults],
      warnings: [...warnings],
      law: law.map(shownFinding),
      overlaps: overlaps.map(({ activity: { id, name }, pairs, ...overlap }) => ({
        activityId: id,
        activityName: name,
        pairs: [...pairs],
        ...overlap,
      })),
      textOverlaps: textOverlaps.map(({ subject: { kind: answer, replyId, words }, pairs, ...overlap }) => ({
        with: answer,
        replyId,
        words: [...words],
        pairs: [...pairs],
        ...overlap,
      })),
      rule: numbers && { ...numbers.rule },
      numbers: numbers && { ...numbers, prizes: [...numbers.prizes], days: [...numbers.days] },
    };
  };
}

function shownFinding({ check, level, paths }: ReviewedActivity['law'][number]): LawFinding {
  const { zh, en, source } = LAW_REASONS[check];
  return { check, level, paths, reason: { zh, en }, source };
}

function readingRoutes({ operate, reads }: ActivityRouteDependencies, present: Present): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listActivities',
      method: 'GET',
      path: '/activities',
      access: 'activities.view',
      summary: 'Activities with what they gave out, the ones changed last first',
      query: pageQuery,
      answer: activitiesAnswer,
      handle: async ({ query: { after, limit } }) => {
        const { rows, next } = await reads.activities({ after: readCursor(after, ACTIVITY), limit });
        return { activities: [...rows], next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'showActivity',
      method: 'GET',
      path: '/activities/:id',
      access: 'activities.view',
      summary: 'An activity: draft, what keeps it from being published, numbers',
      answer: activityAnswer,
      handle: async ({ params }) => present(await operate.show(readActivityId(params))),
    }),
  ];
}

function changingRoutes({ operate }: ActivityRouteDependencies, present: Present): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'createActivity',
      method: 'POST',
      path: '/activities',
      access: 'activities.edit',
      summary: 'Begin an activity as a draft',
      body: createActivityRequest,
      answer: activityAnswer,
      handle: async ({ body, operator }) =>
        present(await operate.create(operator, { ...body, accountId: readAccountId(body.accountId) })),
    }),
    consoleRoute({
      name: 'editActivity',
      method: 'PUT',
      path: '/activities/:id',
      access: 'activities.edit',
      summary: 'Save the draft; 409 when someone else saved since the revision you saw',
      body: editActivityRequest,
      answer: activityAnswer,
      handle: async ({ params, body, operator }) =>
        present(await operate.edit(operator, { ...body, id: readActivityId(params) })),
    }),
    consoleRoute({
      name: 'publishActivity',
      method: 'POST',
      path: '/activities/:id/publish',
      access: 'activities.publish',
      summary: 'Put the draft in force; the first time this fixes money, prizes, odds and limits for good',
      body: publishActivityRequest,
      answer: activityAnswer,
      handle: async ({ params, body, operator }) =>
        present(await operate.publish(operator, { ...body, id: readActivityId(params) })),
    }),
    ...turningRoutes({ operate }, present),
  ];
}

function turningRoutes(
  { operate }: Pick<ActivityRouteDependencies, 'operate'>,
  present: Present,
): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'pauseActivity',
      method: 'POST',
      path: '/activities/:id/pause',
      access: 'activities.publish',
      summary: 'Refuse every draw from now on, until it is resumed; what was won is still paid',
      body: turnActivityRequest,
      answer: activityAnswer,
      handle: async ({ params, operator }) => present(await operate.pause(operator, readActivityId(params))),
    }),
    consoleRoute({
      name: 'resumeActivity',
      method: 'POST',
      path: '/activities/:id/resume',
      access: 'activities.publish',
      summary: 'Let people draw again after a pause',
      body: turnActivityRequest,
      answer: activityAnswer,
      handle: async ({ params, operator }) => present(await operate.resume(operator, readActivityId(params))),
    }),
    consoleRoute({
      name: 'stopActivity',
      method: 'POST',
      path: '/activities/:id/stop',
      access: 'activities.publish',
      summary: 'End the activity for good; what was won is still paid',
      body: turnActivityRequest,
      answer: activityAnswer,
      handle: async ({ params, operator }) => present(await operate.stop(operator, readActivityId(params))),
    }),
  ];
}

/** Reads `:id` as an activity's id. Throws WrongRequest `activity-not-found` (404) for what cannot be one. */
export function readActivityId(params: Readonly<Record<string, string>>): ActivityId {
  try {
    return activityId(params['id'] ?? '');
  } catch (cause) {
    throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404, cause });
  }
}

function readAccountId(value: string): AccountId {
  try {
    return accountId(value);
  } catch (cause) {
    const message = `there is no account ${value}`;
    throw new WrongRequest('account-unknown', message, { faults: [{ path: 'accountId', message }], cause });
  }
}
