import { factsNeeded } from '../rules/person-facts.ts';
import type { PageActivity } from './draw-on-page.ts';

/** Says whether an activity counts draws by device, so that a browser has to be known again. */
export function countsDevices({ activity }: Pick<PageActivity, 'activity'>): boolean {
  return factsNeeded(activity.rule.who).origins.has('device');
}
