// Nicknames carry raw control characters that JSON forbids inside strings.
// oxlint-disable-next-line no-control-regex -- exactly these control characters are meant
const RAW_CONTROLS = /[\u0000-\u001F]/g;
/** JSON writes these as \u escapes, which WeChat refuses (40033) or shows as they stand; line ends and tabs it does not. */
// oxlint-disable-next-line no-control-regex -- exactly these control characters are meant
const ESCAPED_CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g;
const LARGE_NUMBER = /\d{16}/;

/** Renders JSON in plain UTF-8 without any \u escape: controls are dropped and lone surrogates replaced. */
export function renderWireJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed().replaceAll(ESCAPED_CONTROLS, '') : part,
  );
}

/**
 * Reads JSON from WeChat. Whole numbers beyond 2^53, such as message ids, become their digits as text, because a number
 * would round them. Throws SyntaxError.
 */
export function readWireJson(text: string): unknown {
  const clean = text.replaceAll(RAW_CONTROLS, ' ');
  return LARGE_NUMBER.test(clean) ? JSON.parse(clean, exactly as Parameters<typeof JSON.parse>[1]) : JSON.parse(clean);
}

/** The third argument is newer than the compiler's library. */
function exactly(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source = '' } = context;
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}
