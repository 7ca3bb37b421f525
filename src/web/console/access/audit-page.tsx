import { Button, Input, Select, Tag } from 'antd';
import { useCallback, useState } from 'react';
import type { AuditAnswer, AuditLine } from '../../../http/contract/console-audit.ts';
import { Field } from '../parts/field.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { readLocalTime, showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';
import { TeamFrame } from './team-frame.tsx';

const ANY = { actor: '', action: '', from: '', until: '' };

/** Every change, filtered by who, what and when. */
export function AuditPage() {
  const { audit } = useWords();
  const { api } = useSession();
  const [filter, setFilter] = useState(ANY);
  const load = useCallback(
    (after: string | null) => {
      const at = (text: string): string | null => readLocalTime(text)?.toString() ?? null;
      const { actor, action, from, until } = filter;
      return api.access.audit({
        actor: actor === '' ? null : actor,
        action: action === '' ? null : action,
        from: at(from),
        until: at(until),
        after,
      });
    },
    [api, filter],
  );
  const pages = usePages(load);
  return (
    <TeamFrame>
      <div className="stack">
        <p className="quiet lead">{audit.lead}</p>
        <section className="card stack">
          <Filters
            filter={filter}
            onFilter={setFilter}
            choices={pages.loaded.state === 'ready' ? pages.loaded.data : null}
          />
          <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
            {() =>
              pages.rows.length === 0 ? (
                <EmptyNotice title={audit.empty} text={audit.emptyText} />
              ) : (
                <>
                  <ul className="audit-list">
                    {pages.rows.map((line) => (
                      <Entry key={line.number} line={line} />
                    ))}
                  </ul>
                  <ListMore count={pages.rows.length} {...pages} />
                </>
              )
            }
          </WhenLoaded>
        </section>
      </div>
    </TeamFrame>
  );
}

function Filters(props: {
  filter: typeof ANY;
  onFilter: (filter: typeof ANY) => void;
  choices: Pick<AuditAnswer, 'actors' | 'actions'> | null;
}) {
  const { audit } = useWords();
  const { filter, onFilter } = props;
  const options = (any: string, values: readonly string[] = []) => [
    { value: '', label: any },
    ...values.filter((value) => value !== '').map((value) => ({ value, label: value })),
  ];
  const time = (key: 'from' | 'until') => (
    <Field label={audit[key]}>
      {(ties) => (
        <Input
          {...ties}
          type="datetime-local"
          value={filter[key]}
          onChange={(event) => onFilter({ ...filter, [key]: event.target.value })}
        />
      )}
    </Field>
  );
  const choice = (key: 'actor' | 'action', label: string, any: string, values?: readonly string[]) => (
    <Field label={label}>
      {({ id }) => (
        <Select
          id={id}
          showSearch
          value={filter[key]}
          onChange={(value: string) => onFilter({ ...filter, [key]: value })}
          options={options(any, values)}
        />
      )}
    </Field>
  );
  return (
    <div className="audit-filters">
      {choice('actor', audit.who, audit.everyone, props.choices?.actors)}
      {choice('action', audit.what, audit.everything, props.choices?.actions)}
      {time('from')}
      {time('until')}
    </div>
  );
}

function Entry({ line }: { line: AuditLine }) {
  const { audit } = useWords();
  const [open, setOpen] = useState(false);
  const place = [line.via === 'cli' ? audit.cli : null, line.address.replace('::ffff:', '')];
  return (
    <li>
      <div className="audit-line">
        <span className="quiet">{showTime(line.atMs)}</span>
        <strong>{line.actor === '' ? '—' : line.actor}</strong>
        <span className="audit-what">
          {line.action} <span className="quiet">{line.subject}</span>
        </span>
        <span className="quiet">{place.filter((part) => part !== null).join(' · ')}</span>
        <Tag className={`state ${line.outcome === 'done' ? 'state-published' : 'state-stopped'}`}>
          {audit.outcomes[line.outcome]}
        </Tag>
        <Button
          size="small"
          aria-expanded={open}
          aria-label={audit.details(line.number)}
          onClick={() => setOpen(!open)}
        >
          {open ? '−' : '+'}
        </Button>
      </div>
      {open && <EntryDetail line={line} />}
    </li>
  );
}

function EntryDetail({ line }: { line: AuditLine }) {
  const { audit } = useWords();
  return (
    <div className="audit-detail stack">
      <div>
        <h3>{audit.changes}</h3>
        {line.changes.length === 0 ? (
          <p className="quiet">{audit.noChanges}</p>
        ) : (
          <dl className="change-list">
            {line.changes.map(({ path, before, after }) => (
              <div key={path}>
                <dt>{path}</dt>
                <dd>
                  <del>{show(before, audit.nothing)}</del> <span aria-hidden="true">→</span>{' '}
                  <ins>{show(after, audit.nothing)}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <div>
        <h3>{audit.requested}</h3>
        <pre tabIndex={0}>{JSON.stringify(line.request, null, 2)}</pre>
      </div>
      <p className="quiet break">
        {audit.hash} {line.hash}
      </p>
    </div>
  );
}

function show(value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === '') return nothing;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
