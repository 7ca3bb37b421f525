import { Select } from 'antd';
import { useCallback, useState } from 'react';
import type { VersionsAnswer } from '../../../http/contract/console-versions.ts';
import { ChangeList } from '../parts/change-list.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';

type Versions = VersionsAnswer['versions'];
type Compared = number | 'draft';

/** Who put which version in force and when, and what changed between any two. */
export function VersionsTab({ id }: { id: string }) {
  const { api } = useSession();
  const load = useCallback(() => api.versions(id), [api, id]);
  const { loaded, reload } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ versions }) => (
        <div className="stack">
          <VersionList versions={versions} />
          <Comparison id={id} versions={versions} />
        </div>
      )}
    </WhenLoaded>
  );
}

function VersionList({ versions }: { versions: Versions }) {
  const { versions: words } = useWords();
  return (
    <section className="card">
      <ul className="version-list">
        {versions.map(({ version, publishedAtMs, publishedBy, inForce }) => (
          <li key={version}>
            <strong>{words.version(version)}</strong> <span>{showTime(publishedAtMs)}</span>{' '}
            <span className="quiet">{publishedBy ?? words.unknown}</span>
            {inForce && <span> · {words.inForce}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Comparison({ id, versions }: { id: string; versions: Versions }) {
  const { versions: words } = useWords();
  const newest = versions[0]?.version ?? 1;
  const [from, setFrom] = useState<Compared>(Math.max(1, newest - 1));
  const [to, setTo] = useState<Compared>(newest);
  const options = [
    { value: 'draft' as const, label: words.draft },
    ...versions.map(({ version }) => ({ value: version, label: words.version(version) })),
  ];
  return (
    <section className="card stack">
      <h2>{words.compare}</h2>
      <div className="version-pair">
        <Select<Compared> aria-label={words.from} value={from} options={options} onChange={setFrom} />
        <span aria-hidden="true">→</span>
        <Select<Compared> aria-label={words.to} value={to} options={options} onChange={setTo} />
      </div>
      <ChangeList id={id} from={from} to={to} />
    </section>
  );
}
