import { Button } from 'antd';
import { useState } from 'react';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { ChoiceField, LineField } from './account-field.tsx';
import { NO_SECRETS, SecretFields } from './secret-fields.tsx';
import { useSaving } from './use-saving.ts';

const EMPTY = {
  id: '',
  appId: '',
  merchantId: '',
  kind: 'service' as 'service' | 'subscription',
  messageMode: 'safe' as 'safe' | 'compatible' | 'plain',
};

/** Adds an Official Account with everything WeChat must know of it. */
export function NewAccountPage() {
  const { account: words } = useWords();
  const { api } = useSession();
  const navigation = useNavigation();
  const { busy, save, faultAt } = useSaving();
  const [secrets, setSecrets] = useState(NO_SECRETS);
  const [given, setGiven] = useState(EMPTY);
  const add = async (): Promise<void> => {
    const merchantId = given.merchantId.trim() === '' ? null : given.merchantId.trim();
    const account = { ...given, ...secrets, id: given.id.trim(), appId: given.appId.trim(), merchantId };
    const worked = await save(() => api.settings.addAccount(account), words.saved);
    if (worked) await navigation.go(`/accounts/${account.id}`);
  };
  const field = (name: 'id' | 'appId' | 'merchantId') => ({
    label: words[name],
    fault: faultAt(name),
    value: given[name],
    onChange: (value: string) => setGiven({ ...given, [name]: value }),
  });
  return (
    <>
      <nav className="crumbs">
        <Link to="/accounts">{words.title}</Link>
      </nav>
      <div className="page-head">
        <div>
          <h1>{words.add}</h1>
          <p className="quiet">{words.addLead}</p>
        </div>
      </div>
      <section className="card stack account-form">
        <div className="field-pair">
          <LineField {...field('id')} hint={words.idHint} />
          <LineField {...field('appId')} />
          <ChoiceField
            label={words.kind}
            value={given.kind}
            options={(['service', 'subscription'] as const).map((value) => ({ value, label: words.kinds[value] }))}
            onChange={(kind) => setGiven({ ...given, kind })}
          />
          <ChoiceField
            label={words.mode}
            value={given.messageMode}
            options={(['safe', 'compatible', 'plain'] as const).map((value) => ({ value, label: words.modes[value] }))}
            onChange={(messageMode) => setGiven({ ...given, messageMode })}
          />
          <LineField {...field('merchantId')} hint={words.merchantHint} />
        </div>
        <SecretFields secrets={secrets} onChange={setSecrets} faultAt={faultAt} />
        <div>
          <Button type="primary" loading={busy} onClick={() => void add()}>
            {words.add}
          </Button>
        </div>
      </section>
    </>
  );
}
