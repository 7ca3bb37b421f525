import { Button, Switch } from 'antd';
import { useState } from 'react';
import type { AccountAnswer } from '../../../http/contract/console-accounts.ts';
import { Field } from '../parts/field.tsx';
import { CountInput } from '../parts/number-inputs.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useUnsavedGuard } from '../state/use-unsaved-guard.ts';
import { ChatField, LineField } from './account-field.tsx';
import { useSaving } from './use-saving.ts';

type Account = AccountAnswer['account'];

interface Props {
  readonly account: Account;
  readonly onChange: (answer: AccountAnswer) => void;
}

/** What an account says by itself, and how long messages are kept. */
export function TextsTab({ account, onChange }: Props) {
  const { account: words } = useWords();
  const { api, may } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [given, setGiven] = useState(() => textsOf(account));
  const change = (part: Partial<typeof given>): void => setGiven((before) => ({ ...before, ...part }));
  const disabled = !may('account.edit');
  const dirty = JSON.stringify(given) !== JSON.stringify(textsOf(account));
  useUnsavedGuard(dirty && !busy);
  const store = (): Promise<boolean> =>
    save(async () => {
      const answer = await api.settings.changeTexts(account.id, { revision: account.revision, ...given });
      setGiven(textsOf(answer.account));
      onChange(answer);
    }, words.saved);
  const field = (name: 'welcomeText' | 'fallbackText' | 'myAwardsKeyword', label: string, hint: string) => ({
    label,
    hint,
    disabled,
    fault: faultAt(name),
    value: given[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  return (
    <section className="card stack account-form">
      <ChatField {...field('welcomeText', words.welcome, words.welcomeHint)} />
      <ChatField {...field('fallbackText', words.fallback, words.fallbackHint)} />
      <div className="field-pair">
        <LineField {...field('myAwardsKeyword', words.myAwards, words.myAwardsHint)} />
        <Field label={words.retention} hint={words.retentionHint} fault={faultAt('retentionDays')}>
          {(ties) => (
            <CountInput
              {...ties}
              disabled={disabled}
              value={given.retentionDays}
              onChange={(retentionDays) => change({ retentionDays })}
            />
          )}
        </Field>
      </div>
      <Field label={words.customerMessages} hint={words.customerMessagesHint}>
        {({ id }) => (
          <div>
            <Switch
              id={id}
              aria-label={words.customerMessages}
              disabled={disabled}
              checked={given.customerMessages}
              onChange={(customerMessages) => change({ customerMessages })}
            />
          </div>
        )}
      </Field>
      {!disabled && (
        <div>
          <Button type="primary" loading={busy} disabled={!dirty} onClick={() => void store()}>
            {words.save}
          </Button>
        </div>
      )}
    </section>
  );
}

function textsOf({ welcomeText, fallbackText, myAwardsKeyword, retentionDays, customerMessages }: Account) {
  return { welcomeText, fallbackText, myAwardsKeyword, retentionDays, customerMessages };
}
