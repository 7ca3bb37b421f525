import { Alert, Button, Input } from 'antd';
import { useState } from 'react';
import type { AccountAnswer, ChangeKeysRequest } from '../../../http/contract/console-accounts.ts';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useUnsavedGuard } from '../state/use-unsaved-guard.ts';
import { ChoiceField, LineField } from './account-field.tsx';
import { NO_SECRETS, SecretFields } from './secret-fields.tsx';
import { useSaving } from './use-saving.ts';

type Account = AccountAnswer['account'];

interface Props {
  readonly account: Account;
  readonly onChange: (answer: AccountAnswer) => void;
}

/** How we speak to WeChat for an account. A secret left empty changes nothing. */
export function KeysTab({ account, onChange }: Props) {
  const { account: words } = useWords();
  const { api, may } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [secrets, setSecrets] = useState(NO_SECRETS);
  const [given, setGiven] = useState(() => identityOf(account));
  const disabled = !may('account.secrets') || account.keysFrom === 'environment';
  const dirty =
    JSON.stringify(given) !== JSON.stringify(identityOf(account)) ||
    Object.values(secrets).some((value) => value !== '');
  useUnsavedGuard(dirty && !busy);
  const store = (): Promise<boolean> =>
    save(async () => {
      const answer = await api.settings.changeKeys(account.id, {
        revision: account.revision,
        ...changesOf(given),
        ...Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== '')),
      });
      setGiven(identityOf(answer.account));
      setSecrets(NO_SECRETS);
      onChange(answer);
    }, words.saved);
  return (
    <section className="card stack account-form">
      {account.keysFrom === 'environment' && <Alert type="info" showIcon title={words.keysFromEnvironment} />}
      <Field label={words.callback} hint={words.callbackHint}>
        {(ties) => <Input {...ties} readOnly value={account.callbackUrl} />}
      </Field>
      <Identity given={given} onChange={setGiven} disabled={disabled} faultAt={faultAt} />
      {!disabled && <SecretFields secrets={secrets} onChange={setSecrets} faultAt={faultAt} hint={words.secretHint} />}
      {account.previousKeyKept && <p className="quiet">{words.previousKey}</p>}
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

type Given = ReturnType<typeof identityOf>;

function identityOf({ appId, originalId, merchantId, paysThrough, messageMode }: Account) {
  return {
    appId,
    originalId: originalId ?? '',
    merchantId: merchantId ?? '',
    paysThrough: paysThrough ?? '',
    messageMode,
  };
}

function changesOf({ originalId, merchantId, paysThrough, ...rest }: Given): Omit<ChangeKeysRequest, 'revision'> {
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  return {
    ...rest,
    originalId: orNull(originalId),
    merchantId: orNull(merchantId),
    paysThrough: orNull(paysThrough),
  };
}

interface IdentityProps {
  readonly given: Given;
  readonly onChange: (given: Given) => void;
  readonly disabled: boolean;
  readonly faultAt: (path: string) => string | undefined;
}

function Identity({ given, onChange, disabled, faultAt }: IdentityProps) {
  const { account: words } = useWords();
  const field = (name: 'appId' | 'originalId' | 'merchantId' | 'paysThrough') => ({
    label: words[name],
    fault: faultAt(name),
    disabled,
    value: given[name],
    onChange: (value: string) => onChange({ ...given, [name]: value }),
  });
  return (
    <div className="field-pair">
      <LineField {...field('appId')} />
      <LineField {...field('originalId')} />
      <LineField {...field('merchantId')} hint={words.merchantHint} />
      <LineField {...field('paysThrough')} hint={words.paysThroughHint} />
      <ChoiceField
        label={words.mode}
        disabled={disabled}
        value={given.messageMode}
        options={(['safe', 'compatible', 'plain'] as const).map((value) => ({ value, label: words.modes[value] }))}
        onChange={(messageMode) => onChange({ ...given, messageMode })}
      />
    </div>
  );
}
