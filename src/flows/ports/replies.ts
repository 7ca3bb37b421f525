/** One article of a news reply; the picture is a URL, 360x200 points look best. */
export interface ReplyArticle {
  readonly title: string;
  readonly description: string;
  readonly pictureUrl: string;
  readonly url: string;
}

/**
 * What a message may be answered with. A text is cut at 2047 bytes; of the articles a message gets the first one, an
 * event the first eight; media ids are those of this account.
 */
export type Reply =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'voice'; readonly mediaId: string }
  | { readonly type: 'video'; readonly mediaId: string; readonly title?: string; readonly description?: string }
  | {
      readonly type: 'music';
      readonly thumbMediaId: string;
      readonly title?: string;
      readonly description?: string;
      readonly musicUrl?: string;
      /** Preferred on Wi-Fi. */
      readonly highQualityMusicUrl?: string;
    }
  | { readonly type: 'news'; readonly articles: readonly ReplyArticle[] }
  /** Hands the conversation to customer service, for messages only; to one agent when named. */
  | { readonly type: 'transfer_customer_service'; readonly agent?: string };
