import type { CompareVersions } from '../../flows/compare-versions.ts';
import { changesAnswer, changesQuery, versionsAnswer } from '../contract/console-versions.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface VersionRouteDependencies {
  readonly compareVersions: CompareVersions;
}

/** How an activity's rule came to be as it is. */
export function versionRoutes({ compareVersions }: VersionRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listVersions',
      method: 'GET',
      path: '/activities/:id/versions',
      access: 'activities.view',
      summary: 'The versions of an activity’s rule: number, by whom, when',
      answer: versionsAnswer,
      handle: async ({ params }) => ({ versions: [...(await compareVersions.list(readActivityId(params)))] }),
    }),
    consoleRoute({
      name: 'compareVersions',
      method: 'GET',
      path: '/activities/:id/changes',
      access: 'activities.view',
      summary: 'What differs between two versions, or between one and the draft, in words',
      query: changesQuery,
      answer: changesAnswer,
      handle: async ({ params, query }) => ({
        changes: [...(await compareVersions.compare(readActivityId(params), query))],
      }),
    }),
  ];
}
