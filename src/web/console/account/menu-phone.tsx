import { useWords } from '../state/language.tsx';
import { BELOW_MAX, kindOf, TOP_MAX, withItem } from './menu-draft.ts';
import type { MenuItem, MenuPlace } from './menu-draft.ts';

interface Props {
  readonly account: string;
  readonly items: readonly MenuItem[];
  readonly place: MenuPlace | null;
  readonly editable: boolean;
  readonly onChange: (items: readonly MenuItem[]) => void;
  readonly onChoose: (place: MenuPlace) => void;
}

/** A chat with the menu under it: a tap chooses a button, an empty place adds one. */
export function MenuPhone({ account, items, place, editable, onChange, onChoose }: Props) {
  const { menu: words } = useWords();
  const add = (where: MenuPlace): void => {
    onChange(withItem(items, where, { name: '', type: 'view', url: '' }));
    onChoose(where);
  };
  return (
    <div className="menu-phone" role="group" aria-label={words.preview}>
      <p className="menu-phone-title">{account}</p>
      <div className="menu-phone-chat" />
      <div className="menu-bar">
        {items.map((item, top) => (
          <div key={top} className="menu-column">
            {place?.top === top && kindOf(item) === 'group' && (
              <Below item={item} top={top} place={place} editable={editable} onAdd={add} onChoose={onChoose} />
            )}
            <PhoneButton
              item={item}
              now={place?.top === top && place.below === null}
              onTap={() => onChoose({ top, below: null })}
            />
          </div>
        ))}
        {editable && items.length < TOP_MAX && (
          <button type="button" className="menu-add" onClick={() => add({ top: items.length, below: null })}>
            <span className={items.length > 0 ? 'sr-only' : undefined}>{words.addTop}</span>
            {items.length > 0 && <span aria-hidden="true">＋</span>}
          </button>
        )}
      </div>
    </div>
  );
}

interface BelowProps {
  readonly item: MenuItem;
  readonly top: number;
  readonly place: MenuPlace;
  readonly editable: boolean;
  readonly onAdd: (place: MenuPlace) => void;
  readonly onChoose: (place: MenuPlace) => void;
}

function Below({ item, top, place, editable, onAdd, onChoose }: BelowProps) {
  const { menu: words } = useWords();
  const inner = item.sub_button ?? [];
  return (
    <div className="menu-below">
      {inner.map((one, below) => (
        <PhoneButton key={below} item={one} now={place.below === below} onTap={() => onChoose({ top, below })} />
      ))}
      {editable && inner.length < BELOW_MAX && (
        <button type="button" className="menu-add" onClick={() => onAdd({ top, below: inner.length })}>
          <span className="sr-only">{words.addSub}</span>
          <span aria-hidden="true">＋</span>
        </button>
      )}
    </div>
  );
}

function PhoneButton({ item, now, onTap }: { item: MenuItem; now: boolean; onTap: () => void }) {
  const { menu: words } = useWords();
  return (
    <button type="button" className="menu-item" aria-pressed={now} onClick={onTap}>
      {kindOf(item) === 'group' && <span aria-hidden="true">≡ </span>}
      {item.name.trim() === '' ? words.unnamed : item.name}
    </button>
  );
}
