import { z } from 'zod';

/** Most people named in one request; a file may name more. */
export const LISTED_PEOPLE_MAX = 10_000;

export const personListsAnswer = z.object({
  lists: z.array(z.object({ list: z.string(), people: z.number() })),
});
export type PersonListsAnswer = z.infer<typeof personListsAnswer>;

const openid = z.string().describe('A pseudonym, `x:` and 43 characters, where the person was erased');

export const listedPeopleAnswer = z.object({
  rows: z.array(
    z.object({
      openid,
      addedBy: z.string(),
      addedByName: z.string().nullable(),
      addedAtMs: z.number().describe('Unix ms'),
    }),
  ),
  next: z.string().nullable().describe('What `after` takes for the next page'),
});
export type ListedPeopleAnswer = z.infer<typeof listedPeopleAnswer>;

export const namedPeopleRequest = z.strictObject({
  openids: z
    .array(z.string().max(1000))
    .min(1)
    .max(LISTED_PEOPLE_MAX)
    .describe('Done as a whole, or not at all where one is faulty: `faults` names each by its place'),
});

export const listingAnswer = z.object({
  named: z.number().describe('Different people that were named'),
  changed: z.number().describe('How many of them were put on the list, or taken off it'),
});
export type ListingAnswer = z.infer<typeof listingAnswer>;
