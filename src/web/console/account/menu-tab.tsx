import { Alert, Button } from 'antd';
import { useCallback, useState } from 'react';
import type { MenuAnswer } from '../../../http/contract/console-menu.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { useUnsavedGuard } from '../state/use-unsaved-guard.ts';
import { itemAt, pathOf, withItem } from './menu-draft.ts';
import type { MenuItem, MenuPlace } from './menu-draft.ts';
import { MenuItemForm } from './menu-item-form.tsx';
import { MenuPhone } from './menu-phone.tsx';
import { useActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

/** The menu under an account's chat: drawn as followers see it, changed where it is tapped. */
export function MenuTab({ account }: { account: string }) {
  const { api } = useSession();
  const load = useCallback(() => api.settings.menu(account), [api, account]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {(answer) => <MenuEditor account={account} stored={answer.menu} onStored={set} />}
    </WhenLoaded>
  );
}

type StoredMenu = MenuAnswer['menu'];

interface EditorProps {
  readonly account: string;
  readonly stored: StoredMenu;
  readonly onStored: (answer: MenuAnswer) => void;
}

function MenuEditor({ account, stored, onStored }: EditorProps) {
  const { menu: words, account: accountWords } = useWords();
  const { api, may } = useSession();
  const { busy, save, faultAt } = useSaving();
  const activities = useActivityOptions(account);
  const [items, setItems] = useState<readonly MenuItem[]>(stored.buttons);
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const dirty = JSON.stringify(items) !== JSON.stringify(stored.buttons);
  useUnsavedGuard(dirty && !busy);
  const editable = may('account.edit');
  const take = (answer: MenuAnswer): void => {
    setItems(answer.menu.buttons);
    onStored(answer);
  };
  const store = (): Promise<boolean> =>
    save(async () => {
      take(await api.settings.saveMenu(account, { revision: stored.revision, buttons: [...items] }));
    }, accountWords.saved);
  const chosen = place === null ? undefined : itemAt(items, place);
  return (
    <section className="card stack">
      <p className="quiet">{words.lead}</p>
      <Warnings items={items} warnings={stored.warnings} />
      <div className="menu-editor">
        <MenuPhone
          account={account}
          items={items}
          place={place}
          editable={editable}
          onChange={setItems}
          onChoose={setPlace}
        />
        {chosen === undefined || place === null ? (
          <p className="quiet menu-hint">{items.length === 0 ? words.empty : words.choose}</p>
        ) : (
          <MenuItemForm
            key={pathOf(place)}
            item={chosen}
            place={place}
            activities={activities}
            editable={editable}
            faultAt={(field) => faultAt(`${pathOf(place)}.${field}`)}
            onChange={(item) => setItems(withItem(items, place, item))}
            onRemove={() => {
              setItems(withItem(items, place, null));
              setPlace(null);
            }}
          />
        )}
      </div>
      {editable && (
        <MenuButtons
          account={account}
          stored={stored}
          dirty={dirty}
          busy={busy}
          empty={items.length === 0}
          onSave={store}
          onTaken={take}
        />
      )}
    </section>
  );
}

/** Buttons whose tap leads nowhere as things stand. */
function Warnings({ items, warnings }: { items: readonly MenuItem[]; warnings: StoredMenu['warnings'] }) {
  const { menu: words } = useWords();
  return warnings.map(({ path, message }) => (
    <Alert
      key={path}
      type="warning"
      showIcon
      title={`${nameAt(items, path)} ${words.leadsNowhere}`}
      description={message}
    />
  ));
}

function nameAt(items: readonly MenuItem[], path: string): string {
  const [top, below] = [...path.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]));
  return itemAt(items, { top: top ?? 0, below: below ?? null })?.name ?? path;
}

interface ButtonsProps {
  readonly account: string;
  readonly stored: StoredMenu;
  readonly dirty: boolean;
  readonly busy: boolean;
  readonly empty: boolean;
  readonly onSave: () => Promise<boolean>;
  readonly onTaken: (answer: MenuAnswer) => void;
}

function MenuButtons({ account, stored, dirty, busy, empty, onSave, onTaken }: ButtonsProps) {
  const { menu: words } = useWords();
  const { api } = useSession();
  const { save } = useSaving();
  const [question, setQuestion] = useState<Question | null>(null);
  const act = (work: () => Promise<MenuAnswer>, done: string) => () => save(async () => onTaken(await work()), done);
  const publish = (): void =>
    setQuestion({
      title: words.publishTitle,
      text: words.publishText,
      confirm: words.publish,
      onConfirm: act(() => api.settings.publishMenu(account, stored.revision), words.publishDone),
    });
  const remove = (): void =>
    setQuestion({
      title: words.takeAwayTitle,
      text: words.takeAwayText,
      confirm: words.takeAway,
      danger: true,
      onConfirm: act(() => api.settings.removeMenu(account), words.takeAwayDone),
    });
  return (
    <div className="menu-buttons">
      <Button
        type={dirty ? 'primary' : 'default'}
        loading={busy}
        disabled={!dirty || empty}
        onClick={() => void onSave()}
      >
        {words.save}
      </Button>
      <Button
        type={dirty ? 'default' : 'primary'}
        disabled={dirty || !stored.unpublished || stored.revision === 0}
        onClick={publish}
      >
        {words.publish}
      </Button>
      {stored.publishedAtMs !== null && (
        <Button danger type="text" onClick={remove}>
          {words.takeAway}
        </Button>
      )}
      <span className="quiet">
        {dirty
          ? words.unsaved
          : stored.publishedAtMs === null
            ? words.never
            : `${words.published(showMinute(stored.publishedAtMs))}${stored.unpublished ? ` · ${words.unpublished}` : ''}`}
      </span>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}
