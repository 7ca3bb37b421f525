const BLACKED_OUT = '***';
const SECRET_NAMES =
  'sign|nonce_str|noncestr|nonce|key|api_?key|apiv[23]key|paysign|signature|app_?secret|secret|access_token|package(?:_?info)?';
// An element that was cut off ends with the text.
const ELEMENTS = new RegExp(
  `<(${SECRET_NAMES})(\\s[^>]*)?>(?:\\s*<!\\[CDATA\\[[^]*?(?:\\]\\]>|$)|[^<]*)+(<\\/\\1\\s*>|$)?`,
  'gi',
);
const JSON_FIELDS = new RegExp(`("(?:${SECRET_NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*("|$)`, 'gi');
const FORM_FIELDS = new RegExp(`\\b(${SECRET_NAMES})=[^&\\s<"']+`, 'gi');
/** A signature as WeChat Pay writes one (MD5 or HMAC-SHA256 in capital hex), wherever it stands. */
const SIGNATURES = /\b(?=[0-9A-F]*[A-F])(?:[0-9A-F]{64}|[0-9A-F]{32})\b/g;

/**
 * Takes an answer of WeChat Pay as it came and returns it with signatures, nonces, keys and what a transfer or a packet of a mini program is
 * taken with blacked out, be it XML, JSON, a form, or the beginning of one. What is told of payments stays as it is.
 */
export function withoutSecrets(raw: string): string {
  return raw
    .replaceAll(ELEMENTS, (_found, name: string, _attributes, end: string | undefined) => {
      return `<${name}>${BLACKED_OUT}${end ?? ''}`;
    })
    .replaceAll(JSON_FIELDS, `$1${BLACKED_OUT}$2`)
    .replaceAll(FORM_FIELDS, `$1=${BLACKED_OUT}`)
    .replaceAll(SIGNATURES, BLACKED_OUT);
}
