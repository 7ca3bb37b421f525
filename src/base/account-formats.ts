/** What a text from WeChat's admin page looks like, and the words for it. */
export interface TextFormat {
  readonly pattern: RegExp;
  readonly needs: string;
}

/** How an Official Account's identity and keys look, for whoever enters them: the environment or an operator. */
export const accountFormats = {
  appId: { pattern: /^wx[0-9A-Za-z]{16}$/, needs: 'wx and 16 letters or digits' },
  appSecret: { pattern: /^[0-9A-Za-z]{32}$/, needs: '32 letters or digits' },
  token: { pattern: /^[0-9A-Za-z]{3,32}$/, needs: '3 to 32 letters or digits' },
  encodingAesKey: { pattern: /^[0-9A-Za-z]{43}$/, needs: '43 letters or digits' },
  originalId: { pattern: /^gh_[0-9a-f]{12}$/, needs: 'gh_ and 12 hex digits' },
} as const satisfies Readonly<Record<string, TextFormat>>;

/** How messages travel, the safest last. */
export const MESSAGE_MODES = ['plain', 'compatible', 'safe'] as const;

/** A reply's text is cut by WeChat after so many bytes of UTF-8. */
export const REPLY_BYTES_MAX = 2047;
