/** Something about to be done, before anything of it is. */
export interface AuditIntent {
  /** Null while nobody is signed in. */
  readonly actorId: string | null;
  readonly actorName: string;
  readonly via: 'console' | 'cli';
  /** Network address, or the machine a command ran on. */
  readonly address: string;
  /** The route's name, or the command's. */
  readonly action: string;
  /** What it is about, such as an activity's id; personal data shortened. */
  readonly subject: string;
  /** What was asked for: JSON with secrets masked and personal data shortened. */
  readonly request: unknown;
  readonly atMs: number;
}

export type AuditOutcome = 'done' | 'refused' | 'unknown';

/** What became of it. */
export interface AuditResult {
  readonly outcome: AuditOutcome;
  /** Who it turned out to be, after a log-in. */
  readonly actor?: { readonly id: string; readonly name: string };
  /** The fields that changed, as they were and as they are; null where nobody can tell. */
  readonly before: unknown;
  readonly after: unknown;
}

/** One entry of the trail. `hash` is SHA-256 over everything else of it, the hash of the entry before included. */
export interface AuditEntry {
  readonly number: number;
  readonly atMs: number;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly via: 'console' | 'cli';
  readonly address: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: AuditOutcome;
  /** JSON text of request, before and after. */
  readonly detail: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** Which entries are wanted; null or absent is any. Times half-open, Unix ms. */
export interface AuditFilter {
  readonly actorName: string | null;
  readonly action: string | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/**
 * The trail of every change. An intent is written before the change and its entry after it, so that a crash between the
 * two leaves an entry that says `unknown`. Every method throws OutsideTrouble when the database cannot answer.
 */
export interface AuditTrail {
  /** Writes the intent and returns its id. Intents older than five minutes become entries. */
  begin(intent: AuditIntent): Promise<string>;
  /** Puts the entry at the end of the chain in place of its intent; nothing where that became an entry before. */
  settle(id: string, result: AuditResult): Promise<void>;
  /** Nothing was changed and nothing is to be told. */
  drop(id: string): Promise<void>;
  /** The newest first, those with smaller numbers than `before`. */
  list(
    filter: AuditFilter,
    page: { readonly before: number | null; readonly most: number },
  ): Promise<readonly AuditEntry[]>;
  /** Who and what there is to filter by. */
  choices(): Promise<{ readonly actors: readonly string[]; readonly actions: readonly string[] }>;
  /** Makes entries of intents that nobody settled. */
  sweep(nowMs: number): Promise<void>;
}
