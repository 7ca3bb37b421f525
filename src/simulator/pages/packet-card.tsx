/** @jsxImportSource preact */
import type { PacketItem } from './api.ts';
import { useSpeech, yuan } from './words.ts';
import type { Words } from './words.ts';

/** A red packet in the chat. One that was opened or went back is paler. */
export function PacketCard({ card, onTap }: { readonly card: PacketItem; readonly onTap: () => void }) {
  const { words } = useSpeech();
  const note = card.state === 'RECEIVED' ? `${words.packetOpened} ${yuan(card.amountFen)}` : packetNote(card, words);
  return (
    <button type="button" class="packet-card" data-state={card.state} onClick={onTap}>
      <span class="packet-card-main">
        <span class="packet-icon" aria-hidden="true" />
        <span class="packet-card-words">
          <strong>{card.wishing}</strong>
          <span>{note}</span>
        </span>
      </span>
      <span class="packet-card-foot">{words.packetName}</span>
    </button>
  );
}

/** How a packet stands, in words. */
export function packetNote({ state }: Pick<PacketItem, 'state'>, words: Words): string {
  switch (state) {
    case 'SENDING':
      return words.packetSending;
    case 'SENT':
      return words.packetTapToOpen;
    case 'FAILED':
      return words.packetFailed;
    case 'RECEIVED':
      return words.packetOpened;
    case 'RFUND_ING':
      return words.packetReturning;
    case 'REFUND':
      return words.packetReturned;
  }
}
