import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId, openid } from '../../base/ids.ts';
import type { SeePeople } from '../../flows/people/see-people.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { StoryLine } from '../../flows/ports/person-stories.ts';
import { shortWhy } from '../../rules/short-why.ts';
import { consoleFile } from '../console-file.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { foundPeopleAnswer, searchQuery, storyAnswer } from '../contract/console-stories.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface StoryRouteDependencies {
  readonly seePeople: SeePeople;
}

const STORY_KEY = /^[a-z-]{1,20}:[^\p{Cc}]{0,400}$/u;

/** Finding people, and everything that happened with one of them. */
export function storyRoutes({ seePeople }: StoryRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'findPeople',
      method: 'GET',
      path: '/people',
      access: 'people.view',
      summary: 'People by openid, award, order number or the beginning of a nickname, over all accounts',
      query: searchQuery,
      answer: foundPeopleAnswer,
      handle: async ({ query }) => ({ people: [...(await seePeople.search(query.text))] }),
    }),
    consoleRoute({
      name: 'showStory',
      method: 'GET',
      path: '/people/:account/:openid/story',
      access: 'people.view',
      summary:
        'What happened with somebody, newest first: draws with why, awards, payouts, check-ins, codes, invitations, lists',
      query: pageQuery,
      answer: storyAnswer,
      handle: async ({ params, query }) => {
        const page = { after: readCursor(query.after, STORY_KEY), limit: query.limit };
        const { rows, next } = await seePeople.story(personOf(params), page);
        return { rows: rows.map(shownLine), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'personalData',
      method: 'GET',
      path: '/people/:account/:openid/data',
      access: 'people.erase',
      summary: 'Everything stored of somebody as one JSON file, for themselves; logged',
      answer: consoleFile,
      handle: async ({ params, operator }) => {
        const data = await seePeople.personalData(operator, personOf(params));
        const day = new Date(data.writtenAtMs).toISOString().slice(0, 10);
        return {
          name: `personal-data-${day}.json`,
          type: 'application/json; charset=utf-8',
          text: `${JSON.stringify(data, null, 2)}\n`,
        };
      },
    }),
  ];
}

function shownLine(line: StoryLine): z.input<typeof storyAnswer>['rows'][number] {
  const { kind, facts } = line;
  const { outcome, why } = facts;
  const known = outcome === 'won' || outcome === 'lost' || outcome === 'refused';
  const inShort = kind === 'draw' && known ? shortWhy(outcome, typeof why === 'string' ? why : null) : null;
  return { ...line, facts: { ...facts }, inShort };
}

function personOf(params: Readonly<Record<string, string>>): PersonKey {
  try {
    return { account: accountId(params['account'] ?? ''), openid: openid(params['openid'] ?? '') };
  } catch (cause) {
    throw new WrongRequest('person-not-found', 'this cannot be somebody’s openid', { status: 404, cause });
  }
}
