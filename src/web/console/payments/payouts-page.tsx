import { Button, Drawer, Input, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { OpenState } from '../../../http/contract/console-payments.ts';
import type { PayoutLine } from '../../../http/contract/console-payouts.ts';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, sayProblem, WhenLoaded } from '../parts/notices.tsx';
import { ApiProblem } from '../state/api.ts';
import type { PayoutPlace } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { usePages } from '../state/use-pages.ts';
import { PaymentsFrame } from './payments-frame.tsx';
import { payoutAddress } from './payout-address.ts';
import { PayoutHistory } from './payout-history.tsx';
import { PayoutTable } from './payout-table.tsx';

export const OPEN_STATES: readonly OpenState[] = ['parked', 'dead', 'unknown', 'waiting'];

/** What was won and is not paid yet, by why, with everything known of each. */
export function PayoutsPage({ state }: { state: OpenState }) {
  const words = useWords();
  const [merchant, setMerchant] = useState<string | null>(null);
  const [shown, setShown] = useState<PayoutPlace | null>(null);
  // A payout that was told to go again is no longer where it was.
  const [round, setRound] = useState(0);
  const { payments } = words;
  return (
    <PaymentsFrame section="payouts" lead={`${payments.stateHints[state]}${words.payouts.lead}`}>
      <section className="card stack">
        <div className="list-tools">
          <nav className="tabs-line" aria-label={payments.sections.payouts}>
            {OPEN_STATES.map((name) => (
              <Link key={name} to={`/payments/payouts/${name}`} current={name === state}>
                {payments.openStates[name]}
              </Link>
            ))}
          </nav>
          <div className="tools">
            <MerchantChoice merchant={merchant} onChange={setMerchant} />
            <FindPayout onFound={setShown} />
          </div>
        </div>
        <Payouts key={round} state={state} merchant={merchant} onShow={setShown} />
      </section>
      <Drawer title={words.payouts.history} open={shown !== null} onClose={() => setShown(null)} size={640}>
        {shown !== null && (
          <PayoutHistory
            key={shown.orderNumber}
            place={shown}
            onShow={setShown}
            onChanged={() => setRound((before) => before + 1)}
          />
        )}
      </Drawer>
    </PaymentsFrame>
  );
}

/** One order number at an address of its own: where the people and awards it belongs to lead. */
export function PayoutPage({ place }: { place: PayoutPlace }) {
  const { payouts } = useWords();
  const { go } = useNavigation();
  return (
    <PaymentsFrame section="payouts">
      <section className="card stack">
        <h2>{payouts.history}</h2>
        <PayoutHistory place={place} onShow={(other) => void go(payoutAddress(other))} onChanged={() => {}} />
      </section>
    </PaymentsFrame>
  );
}

function Payouts(props: { state: OpenState; merchant: string | null; onShow: (payout: PayoutLine) => void }) {
  const words = useWords();
  const { api } = useSession();
  const { state, merchant } = props;
  const load = useCallback(
    (after: string | null) => api.payments.payouts({ state, merchant }, after),
    [api, state, merchant],
  );
  const pages = usePages(load);
  return (
    <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
      {() =>
        pages.rows.length === 0 ? (
          <EmptyNotice title={words.payouts.none[state]} text={words.payouts.noneText} />
        ) : (
          <>
            <PayoutTable label={words.payments.openStates[state]} rows={pages.rows} onShow={props.onShow} />
            <ListMore {...pages} count={pages.rows.length} />
          </>
        )
      }
    </WhenLoaded>
  );
}

/** Which merchant's payouts are listed; nothing to choose where there is one merchant. */
function MerchantChoice(props: { merchant: string | null; onChange: (merchant: string | null) => void }) {
  const { payouts } = useWords();
  const { api } = useSession();
  const { loaded } = useLoaded(api.payments.show);
  if (loaded.state !== 'ready' || loaded.data.merchants.length < 2) return null;
  return (
    <Select
      aria-label={payouts.merchant}
      className="merchant-choice"
      value={props.merchant ?? ''}
      onChange={(value) => props.onChange(value === '' ? null : value)}
      options={[
        { value: '', label: payouts.allMerchants },
        ...loaded.data.merchants.map(({ id, sendName }) => ({ value: id, label: sendName })),
      ]}
    />
  );
}

/** Goes from an order number, as support is told it, to its history. */
function FindPayout({ onFound }: { onFound: (place: PayoutPlace) => void }) {
  const words = useWords();
  const { api } = useSession();
  const [number, setNumber] = useState('');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const find = async (): Promise<void> => {
    setProblem(null);
    try {
      onFound(await api.payments.findPayout(number.trim()));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <form
      className="find"
      onSubmit={(event) => {
        event.preventDefault();
        if (number.trim() !== '') void find();
      }}
    >
      <Input
        aria-label={words.payouts.findLabel}
        placeholder={words.payouts.findLabel}
        value={number}
        maxLength={64}
        status={problem === null ? '' : 'error'}
        onChange={(event) => setNumber(event.target.value)}
      />
      <Button htmlType="submit">{words.payouts.find}</Button>
      {problem !== null && (
        <span className="field-fault" role="alert">
          {sayProblem(problem, words)}
        </span>
      )}
    </form>
  );
}
