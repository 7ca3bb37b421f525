import type { Account } from './accounts.ts';

/** Pictures to 10 MB (png, jpg, gif), voice to 2 MB (amr, mp3), video to 10 MB (mp4), thumbnails to 64 KB (jpg). */
export type MediaKind = 'image' | 'voice' | 'video' | 'thumb';

export interface MediaFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export type ReceivedMedia =
  | { readonly kind: 'file'; readonly contentType: string; readonly bytes: Uint8Array }
  /** Videos are fetched from elsewhere. */
  | { readonly kind: 'video'; readonly url: string };

export interface MaterialItem {
  readonly mediaId: string;
  readonly name: string;
  readonly updatedAtMs: number;
}

/** Each throws WrongRequest for files that WeChat does not take, OutsideTrouble when it cannot answer. */
export interface MediaLibrary {
  /** Kept for 3 days. */
  upload(
    account: Account,
    kind: MediaKind,
    file: MediaFile,
  ): Promise<{ readonly mediaId: string; readonly expiresAtMs: number }>;
  /** Returns null when there is no such media (any more). `jsSdkVoice` asks for the better voice of a page. */
  download(
    account: Account,
    mediaId: string,
    options?: { readonly jsSdkVoice?: boolean },
  ): Promise<ReceivedMedia | null>;
  /** A picture for articles: png or jpg to 1 MB. Returns its address. */
  uploadArticleImage(account: Account, file: MediaFile): Promise<string>;
  /** Kept until removed: 100,000 pictures, 1000 of each other kind. Videos need a title and a description. */
  addPermanent(
    account: Account,
    kind: MediaKind,
    file: MediaFile,
    video?: { readonly title: string; readonly description: string },
  ): Promise<string>;
  removePermanent(account: Account, mediaId: string): Promise<void>;
  countPermanent(account: Account): Promise<Readonly<Record<'image' | 'voice' | 'video' | 'news', number>>>;
  /** 1 to 20 at once, newest first. */
  listPermanent(
    account: Account,
    kind: 'image' | 'voice' | 'video',
    page: { readonly offset: number; readonly count: number },
  ): Promise<{ readonly total: number; readonly items: readonly MaterialItem[] }>;
}
