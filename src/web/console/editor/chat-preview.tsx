import { showYuan } from '../parts/money.ts';
import { useWords } from '../state/language.tsx';
import type { EditorForm } from './editor-form.ts';

/** A follower's chat with the texts as they stand now: a win with its packet, and what the others are told. */
export function ChatPreview({ form }: { form: EditorForm }) {
  const { texts: words } = useWords();
  const prize = form.prizes.find(({ kind }) => kind === 'red-packet') ?? form.prizes[0];
  const fill = (text: string): string =>
    text
      .replaceAll('{prize}', prize?.name ?? '')
      .replaceAll('{amount}', ((prize?.amountFen ?? 0) / 100).toFixed(2))
      .replaceAll('{streak}', String(prize?.streakDays ?? 1))
      .replaceAll('{chances}', String(Math.max(0, (form.limits.drawsPerPersonPerDay ?? 1) - 1)));
  const says = form.words[0]?.word ?? words.previewSays;
  const nothing =
    form.kind === 'check-in' ? form.texts.checkedIn : form.kind === 'keyword' ? form.texts.soldOut : form.texts.lose;
  return (
    <aside className="preview">
      <h3>{words.preview}</h3>
      <div className="chat">
        <p className="bubble bubble-mine">{says}</p>
        <p className="bubble">{fill(form.texts.win)}</p>
        {prize?.kind === 'red-packet' && (
          <div className="packet-card">
            <div>
              <span className="packet-mark" aria-hidden="true">
                ¥
              </span>
              <span>
                {form.packet.wishing}
                <small>{showYuan(prize.amountFen ?? 0)}</small>
              </span>
            </div>
            <p>{words.packetCard}</p>
          </div>
        )}
        <p className="bubble bubble-mine">{says}</p>
        <p className="bubble">{fill(nothing)}</p>
      </div>
    </aside>
  );
}
