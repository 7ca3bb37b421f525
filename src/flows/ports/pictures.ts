import type { AccountId } from '../../base/ids.ts';

/** What a picture may be; the name's ending. */
export type PictureKind = 'png' | 'jpg' | 'webp';

/** A picture of an account's pages, known by what it consists of. */
export interface Picture {
  /** SHA-256 of the content, 64 hex digits. */
  readonly hash: string;
  readonly kind: PictureKind;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

/** One that is to be kept. */
export interface NewPicture extends Omit<Picture, 'hash' | 'bytes'> {
  readonly account: AccountId;
  readonly content: Uint8Array;
}

/** Where pictures are kept. Each throws OutsideTrouble. */
export interface Pictures {
  /** Newest first. */
  list(account: AccountId): Promise<readonly Picture[]>;
  find(
    account: AccountId,
    hash: string,
  ): Promise<{ readonly kind: PictureKind; readonly content: Uint8Array } | undefined>;
  /** Returns the one there is when it was kept before; undefined, with nothing written, for one more than `most`. */
  keep(picture: NewPicture, most: number): Promise<Picture | undefined>;
  /** Returns false for one that is not there. */
  remove(account: AccountId, hash: string): Promise<boolean>;
}
