import { Button } from 'antd';
import { useState } from 'react';
import { sayProblem } from '../parts/notices.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';

const MASKED = '••••••••';

/** The voucher of an award: masked until somebody who may asks for it, which is written down. */
export function VoucherCell({ account, award }: { account: string; award: string }) {
  const words = useWords();
  const { api, may } = useSession();
  const [shown, setShown] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const reveal = async (): Promise<void> => {
    setBusy(true);
    try {
      setShown((await api.operations.revealVoucher(account, award)).code);
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      setShown(sayProblem(problem, words));
    } finally {
      setBusy(false);
    }
  };
  if (shown !== null) return <code>{shown}</code>;
  return (
    <span className="voucher">
      <code aria-hidden="true">{MASKED}</code>
      {may('codes.reveal') && (
        <Button size="small" loading={busy} title={words.voucher.shownBy} onClick={() => void reveal()}>
          {words.voucher.show}
        </Button>
      )}
    </span>
  );
}
