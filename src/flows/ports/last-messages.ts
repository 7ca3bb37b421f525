import type { PersonKey } from './followers.ts';

/** When people last wrote, as far as our own tables tell: messages that were drawn for. */
export interface LastMessages {
  /** Unix ms; null for somebody who never did. Throws OutsideTrouble when the database cannot answer. */
  lastMessageAtMs(person: PersonKey): Promise<number | null>;
}
