import { Button, Tag } from 'antd';
import { useState } from 'react';
import type { ApiTokensAnswer } from '../../../http/contract/console-api.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { ProgramsFrame } from './programs-frame.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import type { ShownOnce } from './secret-dialog.tsx';
import { TokenDialog } from './token-dialog.tsx';

type TokenLine = ApiTokensAnswer['tokens'][number];

/** What lets other programs in: owners make and revoke tokens. */
export function TokensPage() {
  const { programs } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.programs.tokens);
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<ShownOnce | null>(null);
  const create = (
    <Button type="primary" onClick={() => setMaking(true)}>
      {programs.create}
    </Button>
  );
  return (
    <ProgramsFrame action={create}>
      <p className="quiet programs-lead">{programs.lead}</p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ tokens, scopes }) => (
          <section className="card">
            {tokens.length === 0 ? (
              <EmptyNotice title={programs.empty} text={programs.emptyText} />
            ) : (
              <TokensTable tokens={tokens} onChanged={reload} />
            )}
            <TokenDialog
              open={making}
              scopes={scopes}
              onClose={() => setMaking(false)}
              onMade={(token) => {
                setShown({ kind: 'token', text: token });
                reload();
              }}
            />
          </section>
        )}
      </WhenLoaded>
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </ProgramsFrame>
  );
}

function TokensTable({ tokens, onChanged }: { tokens: readonly TokenLine[]; onChanged: () => void }) {
  const { programs } = useWords();
  const { api } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const askRevoke = ({ id, name }: TokenLine): void =>
    setQuestion({
      title: programs.revokeTitle(name),
      text: programs.revokeText,
      confirm: programs.revoke,
      danger: true,
      onConfirm: async () => {
        const worked = await act(() => api.programs.revokeToken(id), programs.changed);
        onChanged();
        return worked;
      },
    });
  return (
    <>
      <DataTable
        label={programs.tokens}
        rows={tokens}
        keyOf={({ id }) => id}
        columns={[
          { key: 'name', title: programs.columns.name, show: (line) => <TokenName line={line} /> },
          { key: 'scopes', title: programs.columns.scopes, show: (line) => <Scopes names={line.scopes} /> },
          { key: 'used', title: programs.columns.used, show: (line) => <LastUse line={line} /> },
          {
            key: 'ends',
            title: programs.columns.ends,
            show: ({ expiresAtMs }) => (expiresAtMs === null ? programs.noEnd : showMinute(expiresAtMs)),
          },
          {
            key: 'action',
            title: programs.columns.action,
            show: (line) => <TokenEnd line={line} onRevoke={() => askRevoke(line)} />,
          },
        ]}
      />
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function TokenName({ line: { name, madeByName } }: { line: TokenLine }) {
  const { programs } = useWords();
  return (
    <>
      {name}
      <span className="quiet cell-note">{programs.by(madeByName)}</span>
    </>
  );
}

function Scopes({ names }: { names: readonly string[] }) {
  const { programs } = useWords();
  return (
    <span className="tag-list">
      {names.map((name) => (
        <Tag key={name}>{programs.scopeNames[name] ?? name}</Tag>
      ))}
    </span>
  );
}

function LastUse({ line: { lastUsedAtMs, lastAddress } }: { line: TokenLine }) {
  const { programs } = useWords();
  if (lastUsedAtMs === null) return <span className="quiet">{programs.neverUsed}</span>;
  return (
    <>
      {showMinute(lastUsedAtMs)}
      <span className="quiet cell-note">{lastAddress}</span>
    </>
  );
}

function TokenEnd({ line, onRevoke }: { line: TokenLine; onRevoke: () => void }) {
  const { programs } = useWords();
  if (line.revokedAtMs !== null) return <Tag className="state state-stopped">{programs.revoked}</Tag>;
  if (line.expiresAtMs !== null && line.expiresAtMs <= Date.now()) {
    return <Tag className="state state-stopped">{programs.over}</Tag>;
  }
  return (
    <Button danger onClick={onRevoke}>
      {programs.revoke}
    </Button>
  );
}
