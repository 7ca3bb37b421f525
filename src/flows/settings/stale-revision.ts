import { WrongRequest } from '../../base/errors.ts';

/** Throws WrongRequest `revision-stale` (409), with what stands now, unless the writer saw it. `what`: 'this menu'. */
export function refuseStale(what: string, present: { readonly revision: number }, seen: number): void {
  if (present.revision === seen) return;
  const message = `someone changed ${what} meanwhile (it is at revision ${present.revision}, you saw ${seen}): reload it`;
  throw new WrongRequest('revision-stale', message, { status: 409, present });
}
