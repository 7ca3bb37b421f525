import { Button, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import type { WebhookEvent, WebhookLine } from '../state/programs-api.ts';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { ProgramsFrame } from './programs-frame.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import type { ShownOnce } from './secret-dialog.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';

type PlacedLine = WebhookLine & { readonly account: string };

/** Where other programs are told of events, over all accounts. */
export function WebhooksPage() {
  const { programs } = useWords();
  const { api } = useSession();
  const load = useCallback(async () => {
    const accounts = (await api.accounts()).accounts.map(({ id }) => id);
    const each = await Promise.all(
      accounts.map(async (account) =>
        (await api.programs.webhooks(account)).webhooks.map((line): PlacedLine => ({ ...line, account })),
      ),
    );
    return { accounts, lines: each.flat() };
  }, [api]);
  const { loaded, reload } = useLoaded(load);
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<ShownOnce | null>(null);
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {programs.addHook}
    </Button>
  );
  return (
    <ProgramsFrame action={add}>
      <p className="quiet programs-lead">{programs.hooksLead}</p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ accounts, lines }) => (
          <section className="card">
            {lines.length === 0 ? (
              <EmptyNotice title={programs.noHooks} text={programs.noHooksText} />
            ) : (
              <WebhooksTable lines={lines} severalAccounts={accounts.length > 1} />
            )}
            {adding && (
              <WebhookDialog
                title={programs.addHook}
                accounts={accounts}
                start={{ name: '', url: '', events: Object.keys(programs.eventNames) as WebhookEvent[] }}
                onClose={() => setAdding(false)}
                onSave={async (account, content) => {
                  setShown({ kind: 'secret', text: (await api.programs.addWebhook(account, content)).secret });
                  reload();
                }}
              />
            )}
          </section>
        )}
      </WhenLoaded>
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </ProgramsFrame>
  );
}

function WebhooksTable({ lines, severalAccounts }: { lines: readonly PlacedLine[]; severalAccounts: boolean }) {
  const { programs } = useWords();
  const { hookColumns: titles } = programs;
  return (
    <DataTable
      label={programs.webhooks}
      rows={lines}
      keyOf={({ account, id }) => `${account} ${id}`}
      columns={[
        {
          key: 'name',
          title: titles.name,
          show: (line) => (
            <>
              <Link to={`/programs/webhooks/${line.account}/${line.id}`}>{line.name}</Link>
              <span className="quiet cell-note">{severalAccounts ? `${line.account} · ${line.url}` : line.url}</span>
            </>
          ),
        },
        {
          key: 'events',
          title: titles.events,
          show: ({ events }) => (
            <span className="tag-list">
              {events.map((event) => (
                <Tag key={event}>{programs.eventNames[event]}</Tag>
              ))}
            </span>
          ),
        },
        { key: 'state', title: titles.state, show: (line) => <WebhookState line={line} /> },
        { key: 'waiting', title: titles.waiting, number: true, show: ({ waiting }) => showCount(waiting) },
        { key: 'parked', title: titles.parked, number: true, show: ({ parked }) => showCount(parked) },
      ]}
    />
  );
}

/** Whether an endpoint takes what it is told. */
export function WebhookState({ line: { state, failures } }: { line: WebhookLine }) {
  const { programs } = useWords();
  if (state === 'off') return <Tag className="state state-stopped">{programs.off}</Tag>;
  if (failures > 0) return <Tag className="state state-scheduled">{programs.failing(failures)}</Tag>;
  return <Tag className="state state-published">{programs.on}</Tag>;
}
