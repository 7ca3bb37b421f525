import { Button, Input, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { NoticeKeysAnswer } from '../../../http/contract/console-shop-payments.ts';
import { LineField } from '../account/account-field.tsx';
import { useSaving } from '../account/use-saving.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { useUnsavedGuard } from '../state/use-unsaved-guard.ts';
import { PaymentsFrame } from './payments-frame.tsx';
import { NO_VERIFIER, VerifierFields } from './verifier-fields.tsx';

/** Where a merchant's payments are told of, and by which keys these notices are believed. */
export function NoticeKeysPage() {
  const { noticeKeys: words } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.payments.show);
  return (
    <PaymentsFrame section="shop" lead={words.lead}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ merchants }) =>
          merchants.length === 0 ? (
            <section className="card">
              <EmptyNotice title={words.noMerchant} text={words.noMerchantText} />
            </section>
          ) : (
            <OfMerchant merchants={merchants} />
          )
        }
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function OfMerchant({ merchants }: { merchants: readonly { readonly id: string; readonly sendName: string }[] }) {
  const { noticeKeys: words } = useWords();
  const { api } = useSession();
  const [merchant, setMerchant] = useState(merchants[0]?.id ?? '');
  const load = useCallback(() => api.operations.noticeKeys(merchant), [api, merchant]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <section className="card stack">
      <div className="list-tools">
        <h2>{words.title}</h2>
        <Link to="/payments/shop">{words.back}</Link>
      </div>
      {merchants.length > 1 && (
        <Field label={words.merchant}>
          {({ id }) => (
            <Select
              id={id}
              value={merchant}
              onChange={setMerchant}
              options={merchants.map((one) => ({ value: one.id, label: `${one.sendName} · ${one.id}` }))}
            />
          )}
        </Field>
      )}
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(keys) => <KeysForm key={merchant} merchant={merchant} keys={keys} onSaved={set} />}
      </WhenLoaded>
    </section>
  );
}

interface KeysProps {
  readonly merchant: string;
  readonly keys: NoticeKeysAnswer;
  readonly onSaved: (keys: NoticeKeysAnswer) => void;
}

const NOTHING = { apiV3Key: '', forwardKey: '', verifiers: [NO_VERIFIER] };

/** A key left empty stays as it is; none is ever shown again. */
function KeysForm({ merchant, keys, onSaved }: KeysProps) {
  const { noticeKeys: words } = useWords();
  const { api, may } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [given, setGiven] = useState(NOTHING);
  const disabled = !may('account.secrets');
  const dirty = JSON.stringify(given) !== JSON.stringify(NOTHING);
  useUnsavedGuard(dirty && !busy);
  const change = (changes: Parameters<typeof api.operations.changeNoticeKeys>[1]): Promise<boolean> =>
    save(async () => {
      onSaved(await api.operations.changeNoticeKeys(merchant, changes));
      setGiven(NOTHING);
    }, words.saved);
  const said = (path: string, text: string) => (faultAt(path) === undefined ? undefined : text);
  const secret = (name: 'apiV3Key' | 'forwardKey', label: string, wrong: string) => (
    <LineField
      label={label}
      hint={keys[name] ? words.isSet : words.isNotSet}
      fault={said(name, wrong)}
      disabled={disabled}
      secret
      value={given[name]}
      onChange={(value) => setGiven({ ...given, [name]: value.trim() })}
    />
  );
  return (
    <div className="stack narrow-form">
      <Address label={words.noticeUrl} hint={words.noticeUrlHint} value={keys.noticeUrl} />
      {secret('apiV3Key', words.apiV3Key, words.apiV3KeyWrong)}
      <VerifierFields
        known={keys.verifierIds}
        given={given.verifiers}
        disabled={disabled}
        fault={said('verifiers', words.verifierWrong)}
        onChange={(verifiers) => setGiven({ ...given, verifiers: [...verifiers] })}
      />
      <Address label={words.forwardUrl} hint={words.forwardUrlHint} value={keys.forwardUrl} />
      {secret('forwardKey', words.forwardKey, words.forwardKeyWrong)}
      {keys.updatedAtMs !== null && <p className="quiet">{words.changed(showMinute(keys.updatedAtMs))}</p>}
      {disabled ? (
        <p className="quiet">{words.readOnly}</p>
      ) : (
        <div className="actions">
          <Button type="primary" loading={busy} disabled={!dirty} onClick={() => void change(changesOf(given))}>
            {words.save}
          </Button>
          <TakeAway keys={keys} onTakeAway={change} />
        </div>
      )}
    </div>
  );
}

function Address({ label, hint, value }: { label: string; hint: string; value: string }) {
  return (
    <Field label={label} hint={hint}>
      {(ties) => <Input {...ties} readOnly value={value} onFocus={(event) => event.target.select()} />}
    </Field>
  );
}

function TakeAway({
  keys,
  onTakeAway,
}: {
  keys: NoticeKeysAnswer;
  onTakeAway: (changes: { apiV3Key: null } | { forwardKey: null }) => Promise<boolean>;
}) {
  const { noticeKeys: words } = useWords();
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = (label: string, changes: { apiV3Key: null } | { forwardKey: null }): void =>
    setQuestion({
      title: label,
      text: words.takeAwayText,
      confirm: label,
      danger: true,
      onConfirm: () => onTakeAway(changes),
    });
  return (
    <>
      {keys.apiV3Key && (
        <Button danger onClick={() => ask(words.takeApiV3Key, { apiV3Key: null })}>
          {words.takeApiV3Key}
        </Button>
      )}
      {keys.forwardKey && (
        <Button danger onClick={() => ask(words.takeForwardKey, { forwardKey: null })}>
          {words.takeForwardKey}
        </Button>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

/** Only what was given; the public keys replace all there were. */
function changesOf({ apiV3Key, forwardKey, verifiers }: typeof NOTHING) {
  const pairs = verifiers.filter(({ id, pem }) => id.trim() !== '' || pem.trim() !== '');
  return {
    ...(apiV3Key === '' ? {} : { apiV3Key }),
    ...(forwardKey === '' ? {} : { forwardKey }),
    ...(pairs.length === 0
      ? {}
      : { verifiers: Object.fromEntries(pairs.map(({ id, pem }) => [id.trim(), pem.trim()])) }),
  };
}
