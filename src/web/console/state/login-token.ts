const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Takes the one-time token out of the address, so that neither history nor a copied link carries it. Null without. */
export function takeLoginToken(): string | null {
  const token = new URLSearchParams(location.search).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname);
  return token;
}

/** Finds the token in a pasted link, or in the bare token. Null when there is none. */
export function tokenInText(text: string): string | null {
  const bare = text.trim();
  if (TOKEN.test(bare)) return bare;
  const token = /[?&]token=([A-Za-z0-9_-]+)/.exec(bare)?.[1];
  return token !== undefined && TOKEN.test(token) ? token : null;
}
