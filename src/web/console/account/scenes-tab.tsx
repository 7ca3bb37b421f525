import { Button, Modal, QRCode } from 'antd';
import { useCallback, useState } from 'react';
import type { SceneView } from '../../../http/contract/console-scenes.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';
import { ChatField, ChoiceField, LineField } from './account-field.tsx';
import { useActivityOptions } from './use-activity-options.ts';
import type { ActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

const MONTH_SECONDS = 2_592_000;

/** QR codes by which one sees where followers come from. */
export function ScenesTab({ account }: { account: string }) {
  const { scenes: words } = useWords();
  const { api, may } = useSession();
  const load = useCallback((after: string | null) => api.settings.scenes(account, after), [api, account]);
  const pages = usePages(load);
  const activities = useActivityOptions(account);
  const [making, setMaking] = useState(false);
  const [open, setOpen] = useState<SceneView | null>(null);
  const [changing, setChanging] = useState<SceneView | null>(null);
  const dialog = { account, activities, onSaved: pages.reload };
  const add = may('account.edit') && (
    <Button type="primary" onClick={() => setMaking(true)}>
      {words.add}
    </Button>
  );
  return (
    <section className="card stack">
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() =>
          pages.rows.length === 0 ? (
            <EmptyNotice title={words.empty} text={words.emptyText} action={add} />
          ) : (
            <>
              <div className="list-tools">
                <p className="quiet">{words.counted}</p>
                {add}
              </div>
              <SceneTable rows={pages.rows} activities={activities} onOpen={setOpen} />
              <ListMore count={pages.rows.length} {...pages} />
            </>
          )
        }
      </WhenLoaded>
      {making && <SceneDialog {...dialog} scene={null} onClose={() => setMaking(false)} />}
      {changing !== null && <SceneDialog {...dialog} scene={changing} onClose={() => setChanging(null)} />}
      {open !== null && (
        <SceneCode
          account={account}
          scene={open}
          onClose={() => setOpen(null)}
          onRenewed={pages.reload}
          onChange={() => {
            setOpen(null);
            setChanging(open);
          }}
        />
      )}
    </section>
  );
}

interface TableProps {
  readonly rows: readonly SceneView[];
  readonly activities: ActivityOptions;
  readonly onOpen: (scene: SceneView) => void;
}

function SceneTable({ rows, activities, onOpen }: TableProps) {
  const { scenes: words, none } = useWords();
  const { columns } = words;
  const number = (key: keyof SceneView['numbers']) => ({
    key,
    title: columns[key],
    number: true,
    show: ({ numbers }: SceneView) => showCount(numbers[key]),
  });
  return (
    <DataTable
      label={words.title}
      rows={rows}
      keyOf={({ scene }) => scene}
      columns={[
        {
          key: 'name',
          title: columns.name,
          show: (row) => (
            <>
              <Button type="link" className="cell-link" onClick={() => onOpen(row)}>
                {row.name}
              </Button>
              <p className="quiet">{words.code(row.scene)}</p>
            </>
          ),
        },
        { key: 'activity', title: columns.activity, show: (row) => activities.nameOf(row.activityId) ?? none },
        { key: 'state', title: columns.state, show: (row) => <SceneState scene={row} /> },
        number('visits'),
        number('people'),
        number('newFollowers'),
        number('left'),
      ]}
    />
  );
}

function SceneState({ scene }: { scene: SceneView }) {
  const { scenes: words } = useWords();
  if (scene.state !== 'works') return <strong>{words.states[scene.state]}</strong>;
  if (scene.lasting || scene.expiresAtMs === null) return words.lasting;
  return words.until(showMinute(scene.expiresAtMs));
}

const EMPTY = { name: '', reply: '', activityId: '', lives: 'month' as 'month' | 'lasting' };

/** What of a code can be changed, and at first how long it works. */
function SceneDialog(props: {
  account: string;
  activities: ActivityOptions;
  /** Null for a new one. */
  scene: SceneView | null;
  onClose: () => void;
  onSaved: () => void;
}) {
  const { scenes: words, account: accountWords, cancel } = useWords();
  const { api } = useSession();
  const { busy, save, faultAt } = useSaving();
  const { account, scene } = props;
  const first = scene === null ? EMPTY : { ...EMPTY, ...scene, activityId: scene.activityId ?? '' };
  const [given, setGiven] = useState({ name: first.name, reply: first.reply, activityId: first.activityId });
  const [lives, setLives] = useState(EMPTY.lives);
  const store = async (): Promise<void> => {
    const content = { ...given, activityId: given.activityId === '' ? null : given.activityId };
    const livesSeconds = lives === 'month' ? MONTH_SECONDS : null;
    const work = (): Promise<unknown> =>
      scene === null
        ? api.settings.makeScene(account, { ...content, livesSeconds })
        : api.settings.changeScene(account, scene.scene, { ...content, updatedAtMs: scene.updatedAtMs });
    if (!(await save(work, accountWords.saved))) return;
    props.onSaved();
    props.onClose();
  };
  return (
    <Modal
      open
      title={scene === null ? words.add : words.change}
      okText={scene === null ? words.make : accountWords.save}
      cancelText={cancel}
      confirmLoading={busy}
      onOk={() => void store()}
      onCancel={props.onClose}
    >
      <div className="stack">
        <LineField
          label={words.name}
          hint={words.nameHint}
          fault={faultAt('name')}
          value={given.name}
          onChange={(name) => setGiven({ ...given, name })}
        />
        {scene === null && (
          <ChoiceField
            label={words.lives}
            hint={words.livesHint}
            value={lives}
            options={(['month', 'lasting'] as const).map((value) => ({ value, label: words[value] }))}
            onChange={setLives}
          />
        )}
        <ChoiceField
          label={words.activity}
          fault={faultAt('activityId')}
          value={given.activityId}
          options={[{ value: '', label: words.noActivity }, ...props.activities.options]}
          onChange={(activityId) => setGiven({ ...given, activityId })}
        />
        <ChatField
          label={words.reply}
          fault={faultAt('reply')}
          value={given.reply}
          onChange={(reply) => setGiven({ ...given, reply })}
        />
      </div>
    </Modal>
  );
}

interface CodeProps {
  readonly account: string;
  readonly scene: SceneView;
  readonly onClose: () => void;
  readonly onRenewed: () => void;
  readonly onChange: () => void;
}

/** A code to scan or print, and the days on which people came by it. */
function SceneCode({ account, scene, onClose, onRenewed, onChange }: CodeProps) {
  const { scenes: words, account: accountWords } = useWords();
  const { api, may } = useSession();
  const { busy, save } = useSaving();
  const renew = async (): Promise<void> => {
    if (!(await save(() => api.settings.renewScene(account, scene.scene), accountWords.saved))) return;
    onRenewed();
    onClose();
  };
  const renewable = may('account.edit') && (!scene.lasting || scene.state === 'unfinished');
  return (
    <Modal open title={scene.name} footer={null} onCancel={onClose} width={560}>
      <div className="stack">
        <div className="scene-code">
          {scene.url !== null && scene.state === 'works' && (
            <QRCode type="svg" value={scene.url} size={200} aria-label={words.picture} />
          )}
          <div>
            <p>
              <SceneState scene={scene} />
            </p>
            <p className="quiet">{words.code(scene.scene)}</p>
            {scene.pictureUrl !== null && scene.state === 'works' && (
              <p>
                <a href={scene.pictureUrl} target="_blank" rel="noreferrer">
                  {words.wechatPicture}
                </a>
              </p>
            )}
            {may('account.edit') && <Button onClick={onChange}>{words.change}</Button>}
            {renewable && (
              <Button loading={busy} onClick={() => void renew()}>
                {words.renew}
              </Button>
            )}
          </div>
        </div>
        {scene.days.length > 0 && <SceneDays days={scene.days} />}
      </div>
    </Modal>
  );
}

function SceneDays({ days }: { days: SceneView['days'] }) {
  const { scenes: words } = useWords();
  const number = (key: keyof SceneView['numbers']) => ({
    key,
    title: words.columns[key],
    number: true,
    show: (row: SceneView['days'][number]) => showCount(row[key]),
  });
  return (
    <DataTable
      label={words.days}
      rows={days}
      keyOf={({ day }) => day}
      columns={[
        { key: 'day', title: words.days, show: ({ day }) => day },
        number('visits'),
        number('people'),
        number('newFollowers'),
        number('left'),
      ]}
    />
  );
}
