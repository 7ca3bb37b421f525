import { showYuan } from '../parts/money.ts';
import { useWords } from '../state/language.tsx';
import { list, number, object, text, valueAt } from './draft.ts';
import type { EditorForm } from './use-editor.ts';

/** A follower's chat with the texts as they stand now: a win with its packet, and what the others are told. */
export function ChatPreview({ form }: { form: EditorForm }) {
  const { texts: words } = useWords();
  const prizes = list(form.draft['prizes']).map(object);
  const prize = prizes.find(({ kind }) => String(kind).endsWith('packet')) ?? prizes[0] ?? {};
  const amountFen = number(prize['amountFen']) ?? number(prize['meanFen']) ?? 0;
  const perDay = number(valueAt(form.draft, ['limits', 'drawsPerPersonPerDay'])) ?? 1;
  const fill = (said: unknown): string =>
    text(said)
      .replaceAll('{prize}', text(prize['name']))
      .replaceAll('{amount}', (amountFen / 100).toFixed(2))
      .replaceAll('{streak}', '3')
      .replaceAll('{code}', 'ABCD2345')
      .replaceAll('{chances}', String(Math.max(0, perDay - 1)));
  const said = object(form.draft['texts']);
  const says = text(valueAt(form.draft, ['trigger', 'words', 0, 'word'])) || words.previewSays;
  const kind = valueAt(form.draft, ['mechanic', 'kind']);
  const nothing = kind === 'check-in' ? said['checkedIn'] : kind === 'lottery' ? said['lose'] : said['soldOut'];
  return (
    <aside className="preview" aria-label={words.preview}>
      <h3>{words.preview}</h3>
      <div className="chat">
        <p className="bubble bubble-mine">{says}</p>
        <p className="bubble">{fill(said['win'])}</p>
        {amountFen > 0 && (
          <div className="packet-card">
            <div>
              <span className="packet-mark" aria-hidden="true">
                ¥
              </span>
              <span>
                {text(valueAt(form.draft, ['packet', 'wishing']))}
                <small>{showYuan(amountFen)}</small>
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
