import type { ActivityPageState } from '../../../http/contract/activity-page.ts';

/** What the editor tells the page it previews. */
export interface PreviewMessage {
  readonly state: ActivityPageState;
  readonly language: 'zh' | 'en';
  readonly texts: { readonly win: string; readonly lose: string };
}
