import { App, Button, Input, Modal, Select, Tag } from 'antd';
import { useState } from 'react';
import type { OperatorsAnswer } from '../../../http/contract/console-access.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import type { Role } from '../state/access-api.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { TeamFrame } from './team-frame.tsx';

const ROLES: readonly Role[] = ['owner', 'operator', 'finance', 'support', 'viewer'];
type OperatorLine = OperatorsAnswer['operators'][number];

/** Who works in the console: owners add, change, disable and reset others. */
export function OperatorsPage() {
  const { team } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.access.operators);
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {team.create}
    </Button>
  );
  return (
    <TeamFrame action={add}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ operators }) => (
          <section className="card">
            <OperatorsTable operators={operators} onChanged={reload} onLink={setLink} />
          </section>
        )}
      </WhenLoaded>
      <AddDialog
        open={adding}
        onClose={() => setAdding(false)}
        onMade={(made) => {
          setLink(made);
          reload();
        }}
      />
      <LinkDialog link={link} onClose={() => setLink(null)} />
    </TeamFrame>
  );
}

function OperatorsTable(props: {
  operators: readonly OperatorLine[];
  onChanged: () => void;
  onLink: (link: string) => void;
}) {
  const { team, roles } = useWords();
  const { api, who } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const change = async (id: string, changes: { role?: Role; disabled?: boolean }): Promise<boolean> => {
    const worked = await act(() => api.access.changeOperator(id, changes), team.changed);
    props.onChanged();
    return worked;
  };
  const reset = ({ id }: OperatorLine): Promise<boolean> =>
    act(async () => {
      props.onLink((await api.access.resetOperator(id)).setUpLink);
      props.onChanged();
    }, team.changed);
  const isOwn = ({ id }: OperatorLine): boolean => id === who.operator.id;
  return (
    <>
      <DataTable
        label={team.operators}
        rows={props.operators}
        keyOf={({ id }) => id}
        columns={[
          { key: 'name', title: team.columns.name, show: (line) => `${line.name}${isOwn(line) ? team.you : ''}` },
          {
            key: 'role',
            title: team.columns.role,
            show: (line) =>
              isOwn(line) ? (
                roles[line.role]
              ) : (
                <RoleChoice line={line} onAsk={setQuestion} onChange={(role) => change(line.id, { role })} />
              ),
          },
          { key: 'state', title: team.columns.state, show: (line) => <OperatorState line={line} /> },
          {
            key: 'seen',
            title: team.columns.seen,
            show: ({ lastSeenAtMs }) => (lastSeenAtMs === null ? team.never : showMinute(lastSeenAtMs)),
          },
          {
            key: 'action',
            title: team.columns.action,
            show: (line) =>
              !isOwn(line) && (
                <OperatorButtons
                  line={line}
                  onAsk={setQuestion}
                  onReset={() => reset(line)}
                  onDisable={(disabled) => change(line.id, { disabled })}
                />
              ),
          },
        ]}
      />
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function RoleChoice(props: {
  line: OperatorLine;
  onAsk: (question: Question) => void;
  onChange: (role: Role) => Promise<boolean>;
}) {
  const { team, roles } = useWords();
  const { name, role: current } = props.line;
  return (
    <Select
      aria-label={team.roleOf(name)}
      value={current}
      options={ROLES.map((role) => ({ value: role, label: roles[role] ?? role }))}
      onChange={(role) =>
        props.onAsk({
          title: team.changeRoleTitle(name, roles[role] ?? role),
          text: team.changeRoleText,
          confirm: team.changeRole,
          onConfirm: () => props.onChange(role),
        })
      }
    />
  );
}

function OperatorState({ line: { disabledAtMs, ready } }: { line: OperatorLine }) {
  const { team } = useWords();
  if (disabledAtMs !== null) return <Tag className="state state-stopped">{team.disabled}</Tag>;
  if (!ready) return <Tag className="state state-scheduled">{team.notReady}</Tag>;
  return <Tag className="state state-published">{team.ready}</Tag>;
}

function OperatorButtons(props: {
  line: OperatorLine;
  onAsk: (question: Question) => void;
  onReset: () => Promise<boolean>;
  onDisable: (disabled: boolean) => Promise<boolean>;
}) {
  const { team } = useWords();
  const { name, disabledAtMs } = props.line;
  if (disabledAtMs !== null) return <Button onClick={() => void props.onDisable(false)}>{team.enable}</Button>;
  const askReset = { title: team.resetTitle(name), text: team.resetText, confirm: team.reset };
  const askDisable = { title: team.disableTitle(name), text: team.disableText, confirm: team.disable };
  return (
    <div className="actions">
      <Button onClick={() => props.onAsk({ ...askReset, danger: true, onConfirm: props.onReset })}>{team.reset}</Button>
      <Button
        danger
        onClick={() => props.onAsk({ ...askDisable, danger: true, onConfirm: () => props.onDisable(true) })}
      >
        {team.disable}
      </Button>
    </div>
  );
}

function AddDialog(props: { open: boolean; onClose: () => void; onMade: (link: string) => void }) {
  const words = useWords();
  const { team, roles, signIn } = words;
  const { api } = useSession();
  const { busy, act } = useAct();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [asked, setAsked] = useState(false);
  const make = async (): Promise<void> => {
    setAsked(true);
    if (name.trim() === '') return;
    const worked = await act(async () => {
      props.onMade((await api.access.createOperator({ name: name.trim(), role })).setUpLink);
    }, team.changed);
    if (!worked) return;
    setName('');
    setAsked(false);
    props.onClose();
  };
  return (
    <Modal
      open={props.open}
      title={team.create}
      okText={team.make}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void make()}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <div className="stack">
        <Field label={team.name} fault={asked && name.trim() === '' ? signIn.needed : undefined}>
          {(ties) => <Input {...ties} maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label={team.role}>
          {({ id }) => (
            <Select
              id={id}
              value={role}
              onChange={setRole}
              options={ROLES.map((one) => ({ value: one, label: roles[one] ?? one }))}
            />
          )}
        </Field>
      </div>
    </Modal>
  );
}

function LinkDialog({ link, onClose }: { link: string | null; onClose: () => void }) {
  const { team } = useWords();
  const { message } = App.useApp();
  const copy = (): void =>
    void navigator.clipboard.writeText(link ?? '').then(
      () => message.success(team.copied),
      () => undefined,
    );
  return (
    <Modal
      open={link !== null}
      title={team.linkTitle}
      onCancel={onClose}
      footer={[
        <Button key="copy" onClick={copy}>
          {team.copy}
        </Button>,
        <Button key="done" type="primary" onClick={onClose}>
          {team.done}
        </Button>,
      ]}
    >
      <div className="stack">
        <p>{team.linkText}</p>
        <code className="command break">{link}</code>
      </div>
    </Modal>
  );
}
