/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { useSpeech } from './words.ts';

/** The demo's words; said in Chinese whatever the page's language is, because the rules listen to these. */
const QUICK_WORDS = [
  ['抽奖', 'glossDraw'],
  ['恭喜发财', 'glossPassword'],
  ['签到', 'glossCheckIn'],
] as const;

const TEXT_LENGTH_MAX = 2000;

/** Chips with the demo's words, and the line to type in. */
export function Composer({ disabled, onSay }: { readonly disabled: boolean; readonly onSay: (text: string) => void }) {
  const { words, language } = useSpeech();
  const [text, setText] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '' || disabled) return;
    onSay(text);
    setText('');
  };
  return (
    <div class="composer">
      <ul class="chips" aria-label={words.tryWords}>
        {QUICK_WORDS.map(([word, gloss]) => (
          <li key={word}>
            <button type="button" class="chip" disabled={disabled} title={words[gloss]} onClick={() => onSay(word)}>
              <span lang="zh-CN">{word}</span>
              {language === 'en' && <small>{words[gloss]}</small>}
            </button>
          </li>
        ))}
      </ul>
      <form class="say" onSubmit={submit}>
        <input
          type="text"
          value={text}
          maxLength={TEXT_LENGTH_MAX}
          aria-label={words.message}
          placeholder={words.messageHint}
          autocomplete="off"
          enterkeyhint="send"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="send" disabled={disabled || text.trim() === ''}>
          {words.send}
        </button>
      </form>
    </div>
  );
}
