import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Cursor, Page, PageRequest } from '../ports/console-reads.ts';
import type { PersonKey } from '../ports/followers.ts';
import type { Operator } from '../ports/operators.ts';
import type { FoundPerson, PersonStories, StoryLine } from '../ports/person-stories.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import type { OperatePeople, PersonView } from './operate-people.ts';

/** Everything that is stored of somebody, for themselves. */
export interface PersonalData extends PersonView {
  readonly accountId: string;
  readonly openid: string;
  readonly writtenAtMs: number;
  readonly story: readonly StoryLine[];
  /** False where there is more than the 20,000 lines that one file takes. */
  readonly whole: boolean;
}

/** What operators see of people. */
export interface SeePeople {
  search(text: string): Promise<readonly FoundPerson[]>;
  /** Throws WrongRequest `account-not-found` (404). */
  story(person: PersonKey, page: PageRequest): Promise<Page<StoryLine>>;
  /**
   * Puts together what somebody may ask to be told (article 45 of the Personal Information Protection Law); logged with
   * who asked. Throws WrongRequest `account-not-found` (404).
   */
  personalData(operator: Operator, person: PersonKey): Promise<PersonalData>;
}

const LINES_PER_PAGE = 500;
const LINES_MAX = 20_000;

/** Builds the flow over what is stored of people. */
export function createSeePeople(options: {
  readonly stories: PersonStories;
  readonly operatePeople: Pick<OperatePeople, 'show'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): SeePeople {
  const { stories, operatePeople, clock, logger } = options;
  return {
    search: (text) => stories.search(text),
    async story(person, page) {
      await operatePeople.show(person);
      return stories.story(person, page);
    },
    async personalData(operator, person) {
      const view = await operatePeople.show(person);
      const story: StoryLine[] = [];
      let after: Cursor | null = null;
      do {
        const page: Page<StoryLine> = await stories.story(person, { after, limit: LINES_PER_PAGE });
        story.push(...page.rows);
        after = page.next;
      } while (after !== null && story.length < LINES_MAX);
      const { account, openid } = person;
      logger.info(
        { account, openid: shortOpenid(openid), operator: operator.id, lines: story.length },
        'personal-data-read',
      );
      return { accountId: account, openid, writtenAtMs: clock.nowMs(), ...view, story, whole: after === null };
    },
  };
}
