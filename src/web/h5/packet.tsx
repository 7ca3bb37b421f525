/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

/** A red packet whose flap opens. What is on it comes as children; `kind` gives it a form of its own. */
export function Packet(props: {
  readonly opening: boolean;
  readonly kind?: 'said';
  readonly children?: ComponentChildren;
}) {
  const kind = props.kind === undefined ? '' : ` packet-${props.kind}`;
  return (
    <div class={`packet${kind}${props.opening ? ' packet-opening' : ''}`}>
      <div class="packet-flap" aria-hidden="true" />
      {props.children}
    </div>
  );
}
