import { Button, Modal, QRCode } from 'antd';
import { useCallback, useState } from 'react';
import type { MakeSceneRequest, SceneView } from '../../../http/contract/console-scenes.ts';
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
      {making && (
        <NewScene account={account} activities={activities} onClose={() => setMaking(false)} onMade={pages.reload} />
      )}
      {open !== null && (
        <SceneCode account={account} scene={open} onClose={() => setOpen(null)} onRenewed={pages.reload} />
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

function NewScene(props: { account: string; activities: ActivityOptions; onClose: () => void; onMade: () => void }) {
  const { scenes: words, account: accountWords, cancel } = useWords();
  const { api } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [given, setGiven] = useState(EMPTY);
  const make = async (): Promise<void> => {
    const scene: MakeSceneRequest = {
      name: given.name,
      reply: given.reply,
      activityId: given.activityId === '' ? null : given.activityId,
      livesSeconds: given.lives === 'month' ? MONTH_SECONDS : null,
    };
    if (!(await save(() => api.settings.makeScene(props.account, scene), accountWords.saved))) return;
    props.onMade();
    props.onClose();
  };
  return (
    <Modal
      open
      title={words.add}
      okText={words.make}
      cancelText={cancel}
      confirmLoading={busy}
      onOk={() => void make()}
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
        <ChoiceField
          label={words.lives}
          hint={words.livesHint}
          value={given.lives}
          options={(['month', 'lasting'] as const).map((value) => ({ value, label: words[value] }))}
          onChange={(lives) => setGiven({ ...given, lives })}
        />
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
}

/** A code to scan or print, and the days on which people came by it. */
function SceneCode({ account, scene, onClose, onRenewed }: CodeProps) {
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
