/** @jsxImportSource preact */

// Dark enough for white letters (4.5:1), all from the same warm family, so that people differ and the page stays calm.
const COLOURS = ['#a8442a', '#8a5a12', '#4e6b3a', '#2f6b6a', '#6a4a86', '#8c3b5a', '#44618f', '#7a4f3a'];

/** A square with the last character of the nickname, always the same colour for the same person. */
export function Avatar({ openid, nickname }: { readonly openid: string; readonly nickname: string }) {
  let sum = 0;
  for (const character of openid) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return (
    <span class="avatar" aria-hidden="true" style={{ backgroundColor: COLOURS[sum % COLOURS.length] ?? '' }}>
      {Array.from(nickname).at(-1) ?? '?'}
    </span>
  );
}

/** The account's own: the seal. */
export function AccountAvatar() {
  return (
    <span class="avatar account-avatar" aria-hidden="true">
      福
    </span>
  );
}
