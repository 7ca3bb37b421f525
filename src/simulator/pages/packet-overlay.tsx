/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PacketItem } from './api.ts';
import { packetNote } from './packet-card.tsx';
import { useSpeech, yuanNumber } from './words.ts';

// Long enough to see the coin turn, short enough not to wait for it.
const SPIN_MS = 1_100;

/** The packet in full: the coin to open it with, then what was inside. */
export function PacketOverlay(properties: {
  readonly card: PacketItem;
  readonly onOpen: (number: string) => Promise<boolean>;
  readonly onClose: () => void;
}) {
  const { words } = useSpeech();
  const { card, onOpen, onClose } = properties;
  const dialog = useRef<HTMLDialogElement>(null);
  const [turn, setTurn] = useState<'still' | 'turning' | 'turned'>('still');
  useEffect(() => dialog.current?.showModal(), []);
  const open = async (): Promise<void> => {
    setTurn('turning');
    const [done] = await Promise.all([onOpen(card.number), pause(calm() ? 0 : SPIN_MS)]);
    setTurn('turned');
    // What went wrong stands in the page's banner, which the dialog would cover.
    if (!done) onClose();
  };
  // The coin turns on until the card itself says that it is open.
  const sealed = card.state === 'SENT' || turn === 'turning';
  return (
    <dialog
      class="packet-dialog"
      ref={dialog}
      aria-label={words.packetFrom(card.sendName)}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
    >
      <div class="packet" data-sealed={sealed}>
        <button type="button" class="packet-close" aria-label={words.close} onClick={() => dialog.current?.close()}>
          ×
        </button>
        <div class="packet-flap">
          <p class="packet-sender">{words.packetFrom(card.sendName)}</p>
          <p class="packet-wishing">{card.wishing}</p>
        </div>
        {sealed ? <OpenCoin spinning={turn !== 'still'} onOpen={() => void open()} /> : <Inside card={card} />}
        <p class="packet-number">
          {words.orderNumber} <span>{card.number}</span>
        </p>
      </div>
    </dialog>
  );
}

function OpenCoin({ spinning, onOpen }: { readonly spinning: boolean; readonly onOpen: () => void }) {
  const { words } = useSpeech();
  return (
    <div class="coin-place">
      <button
        type="button"
        class="coin"
        data-spinning={spinning}
        disabled={spinning}
        aria-label={words.openLabel}
        onClick={onOpen}
      >
        <span aria-hidden="true">{words.openCharacter}</span>
      </button>
      <p class="only-read" role="status">
        {spinning ? words.opening : ''}
      </p>
    </div>
  );
}

function Inside({ card }: { readonly card: PacketItem }) {
  const { words } = useSpeech();
  const received = card.state === 'RECEIVED';
  return (
    <div class="packet-inside" role="status">
      {(received || card.state === 'REFUND' || card.state === 'RFUND_ING') && (
        <p class="packet-amount" data-received={received}>
          {yuanNumber(card.amountFen)}
          <span>{words.yuan}</span>
        </p>
      )}
      <p class="packet-note">{received ? words.savedToWallet : packetNote(card, words)}</p>
    </div>
  );
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}
