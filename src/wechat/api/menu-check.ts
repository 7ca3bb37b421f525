import { WrongRequest } from '../../base/errors.ts';
import type { KeyButtonKind, MenuAction, MenuButton } from '../../flows/ports/menus.ts';

interface Fault {
  readonly path: string;
  readonly message: string;
}

interface Checking {
  readonly faults: Fault[];
  readonly path: string;
}

const TOP = { buttonsMax: 3, nameBytesMax: 16 } as const;
const SUB = { buttonsMax: 5, nameBytesMax: 60 } as const;
const KEY_BYTES_MAX = 128;
const URL_BYTES_MAX = 1024;
const ID_BYTES_MAX = 128;
const KEY_KINDS: ReadonlySet<string> = new Set<KeyButtonKind>([
  'click',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
]);

/**
 * Reads a menu's buttons from outside. Throws WrongRequest `menu-wrong` that names every fault by its path, such as
 * `button[1].sub_button[0].name`. https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
 */
export function checkMenu(buttons: unknown): readonly MenuButton[] {
  const faults: Fault[] = [];
  const checked = readButtons(buttons, TOP, { faults, path: 'button' });
  const [first] = faults;
  if (first === undefined) return checked;
  throw new WrongRequest('menu-wrong', `${first.path} ${first.message}`, { faults });
}

function readButtons(buttons: unknown, level: typeof TOP | typeof SUB, { faults, path }: Checking): MenuButton[] {
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > level.buttonsMax) {
    faults.push({ path, message: `must be a list of 1 to ${level.buttonsMax} buttons` });
    return [];
  }
  return buttons.flatMap((button: unknown, index) => readButton(button, level, { faults, path: `${path}[${index}]` }));
}

function readButton(button: unknown, level: typeof TOP | typeof SUB, { faults, path }: Checking): MenuButton[] {
  if (typeof button !== 'object' || button === null || Array.isArray(button)) {
    faults.push({ path, message: 'must be a button' });
    return [];
  }
  const fields = button as Readonly<Record<string, unknown>>;
  const name = textWithin(fields, 'name', level.nameBytesMax, { faults, path });
  const below = fields['sub_button'];
  if (below === undefined || (Array.isArray(below) && below.length === 0)) {
    return readAction(fields, name, { faults, path });
  }
  if (level === SUB) {
    faults.push({ path: `${path}.sub_button`, message: 'must not be: buttons below open no others' });
    return [];
  }
  if (fields['type'] !== undefined) {
    faults.push({ path: `${path}.type`, message: 'must not be: a button that opens others does nothing itself' });
  }
  const inner = readButtons(below, SUB, { faults, path: `${path}.sub_button` });
  return [{ name, sub_button: inner.filter((one): one is MenuAction => 'type' in one) }];
}

function readAction(fields: Readonly<Record<string, unknown>>, name: string, checking: Checking): MenuAction[] {
  const { faults, path } = checking;
  const type = fields['type'];
  const text = (field: string, bytesMax: number): string => textWithin(fields, field, bytesMax, checking);
  if (isKeyKind(type)) return [{ type, name, key: text('key', KEY_BYTES_MAX) }];
  switch (type) {
    case 'view':
      return [{ type, name, url: webAddress(fields, checking) }];
    case 'media_id':
    case 'view_limited':
      return [{ type, name, media_id: text('media_id', ID_BYTES_MAX) }];
    case 'article_id':
    case 'article_view_limited':
      return [{ type, name, article_id: text('article_id', ID_BYTES_MAX) }];
    case 'miniprogram': {
      const appid = text('appid', ID_BYTES_MAX);
      if (appid !== '' && !/^wx[0-9a-f]{16}$/.test(appid)) {
        faults.push({ path: `${path}.appid`, message: 'must be wx and 16 lower-case hex digits' });
      }
      return [{ type, name, url: webAddress(fields, checking), appid, pagepath: text('pagepath', URL_BYTES_MAX) }];
    }
    default:
      faults.push({ path: `${path}.type`, message: 'is no kind of button' });
      return [];
  }
}

function isKeyKind(type: unknown): type is KeyButtonKind {
  return typeof type === 'string' && KEY_KINDS.has(type);
}

function webAddress(fields: Readonly<Record<string, unknown>>, checking: Checking): string {
  const url = textWithin(fields, 'url', URL_BYTES_MAX, checking);
  if (url !== '' && !(/^https?:\/\//.test(url) && URL.canParse(url))) {
    checking.faults.push({ path: `${checking.path}.url`, message: 'must be an http or https address' });
  }
  return url;
}

function textWithin(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  bytesMax: number,
  { faults, path }: Checking,
): string {
  const value = fields[field];
  if (typeof value === 'string' && value.trim() !== '' && Buffer.byteLength(value) <= bytesMax) return value;
  faults.push({ path: `${path}.${field}`, message: `must have 1 to ${bytesMax} bytes` });
  return '';
}
