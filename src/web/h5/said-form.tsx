/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import { Packet } from './packet.tsx';
import type { PlayProps } from './plays/play-props.ts';
import { useReveal } from './plays/use-reveal.ts';

const OPENING_MS = 900;
const SAID_MAX = 64;

interface SaidFormProps extends PlayProps {
  readonly question: string | null;
  readonly label: string;
  readonly action: string;
  /** For codes: capital letters, no spelling help. */
  readonly plain: boolean;
}

/** A packet with a field on it: what is typed goes to the server, which says whether it is right. */
export function SaidForm(props: SaidFormProps) {
  const { answer, busy, disabled, words, label } = props;
  const [said, setSaid] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useReveal(answer, OPENING_MS, props.onRevealed);
  const submit = (event: Event) => {
    event.preventDefault();
    if (disabled || busy) return;
    if (said.trim() === '') field.current?.focus();
    else props.onDraw(said.trim());
  };
  return (
    <Packet opening={answer !== null} kind="said">
      <form class="said" onSubmit={submit}>
        {props.question !== null && <p class="said-question">{props.question}</p>}
        <label class="said-label" for="said">
          {label}
        </label>
        <input
          ref={field}
          id="said"
          class="said-field"
          value={said}
          maxLength={SAID_MAX}
          autocomplete="off"
          autocapitalize={props.plain ? 'characters' : 'off'}
          spellcheck={false}
          enterkeyhint="go"
          onInput={(event) => setSaid(event.currentTarget.value)}
        />
        <button class="button play-action" type="submit" aria-disabled={disabled || busy}>
          {busy ? words.asking : props.action}
        </button>
      </form>
    </Packet>
  );
}
