/**
 * Says why WeChat Pay would not take a text, or null when it would; `bytesMax` counts UTF-8 bytes, the stricter
 * reading of the page's `String(n)` (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). What is signed must be
 * what the other side reads out of the XML: control characters are dropped or rewritten by XML, half characters by
 * UTF-8, and spaces at the ends are reported to end in SIGN_ERROR.
 */
export function payTextFault(value: string, bytesMax: number): string | null {
  if (value === '') return 'text is needed';
  if (/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value)) return 'a control character or half a character is in it';
  if (value !== value.trim()) return 'no spaces at either end';
  const bytes = utf8Bytes(value);
  return bytes <= bytesMax ? null : `WeChat Pay takes at most ${bytesMax} bytes of UTF-8; this has ${bytes}`;
}

/** Length in UTF-8, half characters counted as the three bytes they are replaced by; needs neither Node nor a browser. */
export function utf8Bytes(value: string): number {
  let bytes = 0;
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
