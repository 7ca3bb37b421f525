/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

/** A red packet whose flap opens. What is on it comes as children. */
export function Packet(props: { readonly opening: boolean; readonly children?: ComponentChildren }) {
  return (
    <div class={props.opening ? 'packet packet-opening' : 'packet'}>
      <div class="packet-flap" aria-hidden="true" />
      {props.children}
    </div>
  );
}
