/** Makes text safe inside an element and inside a quoted attribute. Names of people and activities are hostile. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Writes a value as JSON for `<script type="application/json">`: no text in it can end the element or open a comment,
 * and the two line separators that older parsers trip over are escaped.
 */
export function jsonForElement(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
