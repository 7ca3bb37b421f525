/** JSON shape of `GET /api/a/:slug/invitation`: how a person invites others into an activity. */

export interface InvitationAnswer {
  /** Below our address: what is shared, `/a/spring?i=0123456789ab`. Names nobody. */
  readonly path: string;
  /** Invitations that count. */
  readonly accepted: number;
  /** Opened by somebody who has not done yet what makes them count. */
  readonly waiting: number;
  /** How many count at most. */
  readonly most: number;
  /** What whoever is invited has to do: nothing more, draw for the first time, or follow for the first time. */
  readonly counts: 'opened' | 'first-draw' | 'first-follow';
}
