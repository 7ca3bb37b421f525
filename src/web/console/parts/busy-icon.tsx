/**
 * What a button shows while its work is under way: drawn and taken away at once. antd's own icon grows and shrinks, and
 * stays for ever where an answer came before it had begun to grow. The button keeps its name, so the icon has none.
 */
export function BusyIcon() {
  return <span className="busy-icon" aria-hidden="true" />;
}
