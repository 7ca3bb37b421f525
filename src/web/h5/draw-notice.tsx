/** @jsxImportSource preact */
import type { Trouble } from './draw-client.ts';
import { FollowCode } from './follow-code.tsx';
import type { DrawStage } from './use-draw.ts';
import type { Words } from './words.ts';

/** What stands between a person and the draw, and what to do about it; null when nothing does. */
export function noticeText(stage: DrawStage, words: Words): string | null {
  switch (stage.kind) {
    case 'asking':
      return stage.trouble === null
        ? null
        : { busy: words.busy, connection: words.retrying, unproven: words.unproven, 'too-many': words.tooMany }[
            stage.trouble
          ];
    case 'gave-up':
      return gaveUpText(stage.trouble, words);
    case 'fault':
      if (stage.code === 'snapshot-user') return words.snapshot;
      if (stage.code === 'answer-wrong') return words.answerWrong;
      return stage.code === 'follow-needed' ? words.followNeeded : words.wrong;
    default:
      return null;
  }
}

function gaveUpText(trouble: Trouble, words: Words): string {
  if (trouble === 'too-many') return words.tooManyGaveUp;
  return trouble === 'unproven' ? words.unprovenGaveUp : words.gaveUp;
}

/** Shows it, with a button where a tap helps. */
export function DrawNotice(props: {
  readonly stage: DrawStage;
  readonly slug: string;
  readonly words: Words;
  readonly onGoOn: () => void;
  readonly onReload: () => void;
}) {
  const { stage, words } = props;
  const text = noticeText(stage, words);
  if (text === null) return null;
  if (stage.kind === 'asking') return <p class="notice">{text}</p>;
  const button = (label: string, onClick: () => void) => (
    <button class="button button-small" type="button" onClick={onClick}>
      {label}
    </button>
  );
  return (
    <div class="notice">
      <p>{text}</p>
      {stage.kind === 'fault' && stage.code === 'follow-needed' && <FollowCode slug={props.slug} words={words} />}
      {stage.kind === 'gave-up' && button(words.goOn, props.onGoOn)}
      {stage.kind === 'fault' && stage.code === 'follow-needed' && button(words.tryAgain, props.onGoOn)}
      {stage.kind === 'fault' && !KNOWN_FAULTS.includes(stage.code) && button(words.reload, props.onReload)}
    </div>
  );
}

const KNOWN_FAULTS: readonly string[] = ['snapshot-user', 'follow-needed', 'answer-wrong'];
