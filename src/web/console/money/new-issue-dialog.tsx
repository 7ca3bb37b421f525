import { Input, Modal } from 'antd';
import { useState } from 'react';
import { Field } from '../parts/field.tsx';
import { CountInput, MoneyInput } from '../parts/number-inputs.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';

const TEXTS = ['name', 'wishing', 'activityName', 'remark'] as const;
type Texts = Readonly<Record<(typeof TEXTS)[number], string>>;
/** As WeChat Pay takes them; the service counts bytes and says where one is too long. */
const LENGTHS: Readonly<Record<(typeof TEXTS)[number], number>> = {
  name: 40,
  wishing: 128,
  activityName: 32,
  remark: 256,
};
const EMPTY: Texts = { name: '', wishing: '', activityName: '', remark: '' };
const LINES_PER_MINUTE = 1200;

/** Asks for a batch's texts, amount and pace, and makes it. */
export function NewIssueDialog(props: { account: string; onClose: () => void; onMade: (id: string) => void }) {
  const words = useWords();
  const { form, create, made } = words.issues;
  const { api } = useSession();
  const { busy, act } = useAct();
  const [texts, setTexts] = useState(EMPTY);
  const [amountFen, setAmountFen] = useState<number | null>(null);
  const [pace, setPace] = useState<number | null>(LINES_PER_MINUTE);
  const [asked, setAsked] = useState(false);
  const make = async (): Promise<void> => {
    setAsked(true);
    if (pace === null || TEXTS.some((name) => texts[name].trim() === '')) return;
    const { name, ...packet } = texts;
    const wish = { name, packet, defaultAmountFen: amountFen, linesPerMinute: pace };
    await act(async () => props.onMade((await api.money.createIssue(props.account, wish)).id), made);
  };
  const missing = (isMissing: boolean): string | undefined => (asked && isMissing ? form.missing : undefined);
  return (
    <Modal
      open
      title={create}
      okText={form.submit}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void make()}
      onCancel={props.onClose}
    >
      <div className="stack">
        {TEXTS.map((name) => (
          <Field key={name} label={form[name]} fault={missing(texts[name].trim() === '')}>
            {(ties) => (
              <Input
                {...ties}
                value={texts[name]}
                maxLength={LENGTHS[name]}
                onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <Field label={form.amount} hint={form.amountHint}>
          {(ties) => <MoneyInput {...ties} value={amountFen} onChange={setAmountFen} />}
        </Field>
        <Field label={form.pace} hint={form.paceHint} fault={missing(pace === null)}>
          {(ties) => <CountInput {...ties} value={pace} onChange={setPace} />}
        </Field>
      </div>
    </Modal>
  );
}
