import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import type { LookUpAnswer, PoolAnswer } from '../../../http/contract/console-codes.ts';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';

type Found = LookUpAnswer | ApiProblem | null;

/** Says who used a code and when, as support is asked it. */
export function LookUpCode({ account, pool }: { account: string; pool: PoolAnswer }) {
  const { pools: words } = useWords();
  const { api } = useSession();
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState('');
  const [found, setFound] = useState<Found>(null);
  const lookUp = async (): Promise<void> => {
    try {
      setFound(await api.operations.lookUpCode(account, pool.id, code.trim()));
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      setFound(problem);
    }
  };
  const close = (): void => {
    setOpen(false);
    setCode('');
    setFound(null);
  };
  return (
    <>
      <Button size="small" aria-label={`${words.lookUp} ${pool.name}`} onClick={() => setOpen(true)}>
        {words.lookUp}
      </Button>
      <Modal open={open} title={words.lookUpTitle(pool.name)} footer={null} onCancel={close} destroyOnHidden>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim() !== '') void lookUp();
          }}
        >
          <Field label={words.code}>
            {(ties) => (
              <Input {...ties} autoComplete="off" value={code} onChange={(event) => setCode(event.target.value)} />
            )}
          </Field>
          <FoundUse account={account} found={found} />
          <div>
            <Button type="primary" htmlType="submit">
              {words.lookUp}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}

function FoundUse({ account, found }: { account: string; found: Found }) {
  const words = useWords();
  if (found === null) return null;
  if (found instanceof ApiProblem) return <Alert type="warning" showIcon title={sayProblem(found, words)} />;
  const { use } = found;
  if (use === null) return <Alert type="success" showIcon title={words.pools.unused} />;
  return (
    <Alert
      type="info"
      showIcon
      title={words.pools.usedAt(showTime(use.usedAtMs))}
      description={<Link to={`/people/${account}/${use.openid}`}>{use.openid}</Link>}
    />
  );
}
