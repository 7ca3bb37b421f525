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
import { AuditDetail } from './audit-detail.tsx';
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
  const options = (any: string, values: readonly string[] = [], nameOf = (value: string): string => value) => [
    { value: '', label: any },
    ...values.filter((value) => value !== '').map((value) => ({ value, label: nameOf(value) })),
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
  const choice = (key: 'actor' | 'action', label: string, shown: ReturnType<typeof options>) => (
    <Field label={label}>
      {({ id }) => (
        <Select
          id={id}
          showSearch={{ optionFilterProp: 'label' }}
          value={filter[key]}
          onChange={(value: string) => onFilter({ ...filter, [key]: value })}
          options={shown}
        />
      )}
    </Field>
  );
  return (
    <div className="audit-filters">
      {choice('actor', audit.who, options(audit.everyone, props.choices?.actors))}
      {choice('action', audit.what, options(audit.everything, props.choices?.actions, audit.actionName))}
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
          {audit.actionName(line.action)} <span className="quiet break">{line.subject}</span>
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
      {open && <AuditDetail line={line} />}
    </li>
  );
}
