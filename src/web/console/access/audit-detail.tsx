import type { AuditLine } from '../../../http/contract/console-audit.ts';
import { showYuan } from '../parts/money.ts';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';

type Change = AuditLine['changes'][number];

/** One entry opened: what changed field by field, what was sent, and the hash that ties it to the entry before. */
export function AuditDetail({ line }: { line: AuditLine }) {
  const { audit } = useWords();
  const changes = line.changes.flatMap(changedLeaves);
  return (
    <div className="audit-detail stack">
      <div>
        <h3>{audit.changes}</h3>
        {changes.length === 0 ? (
          <p className="quiet">{audit.noChanges}</p>
        ) : (
          <dl className="change-list">
            {changes.map(({ path, before, after }) => (
              <div key={path}>
                <dt>{path}</dt>
                <dd>
                  <del>{show(path, before, audit.nothing)}</del> <span aria-hidden="true">→</span>{' '}
                  <ins>{show(path, after, audit.nothing)}</ins>
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

/** Takes what changed as a whole apart, down to the fields that differ. */
function changedLeaves({ path, before, after }: Change): readonly Change[] {
  if (!isWhole(before) && !isWhole(after)) return [{ path, before, after }];
  const [old, fresh] = [wholeOf(before), wholeOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  if (names.length === 0) return [{ path, before, after }];
  return names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]))
    .flatMap((name) => changedLeaves({ path: `${path}.${name}`, before: old[name], after: fresh[name] }));
}

function isWhole(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const wholeOf = (value: unknown): Readonly<Record<string, unknown>> => (isWhole(value) ? value : {});

function show(path: string, value: unknown, nothing: string): string {
  if (value === null || value === undefined || value === '') return nothing;
  if (typeof value === 'number' && path.endsWith('Fen')) return showYuan(value);
  if (typeof value === 'number' && path.endsWith('AtMs')) return showTime(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
