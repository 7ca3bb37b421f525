import { xmlText } from '../../base/xml.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { EventBody } from './inbound-event.ts';
import { fieldNumber, fieldText, fieldTextOrNull, nestedElements } from './message-fields.ts';

const SCENE_PREFIX = 'qrscene_';
// Rarely more than 9; a body of 64 KB could name a thousand.
const PICTURES_MAX = 100;

/** Reads what a follower did: followed, left, scanned, tapped the menu. Returns null for any other event. */
export function readFollowerEvent(fields: XmlElement, name: string): EventBody | null {
  const eventKey = fieldText(fields, 'EventKey');
  const ticket = fieldTextOrNull(fields, 'Ticket');
  switch (name) {
    case 'subscribe':
      return { event: name, ticket, scene: eventKey.startsWith(SCENE_PREFIX) ? sceneOf(eventKey) : null };
    case 'unsubscribe':
    case 'click':
      return { event: name };
    case 'scan':
      return { event: name, ticket, scene: eventKey };
    case 'location':
      return {
        event: name,
        ...place(fields, 'Latitude', 'Longitude'),
        precisionMetres: fieldNumber(fields, 'Precision'),
      };
    case 'view':
    case 'view_miniprogram':
      return { event: name, menuId: fieldTextOrNull(fields, 'MenuId') };
    default:
      return readMenuTool(fields, name);
  }
}

/** Only the first prefix is WeChat's: a scene may itself begin with the same word. */
function sceneOf(eventKey: string): string {
  return eventKey.slice(SCENE_PREFIX.length);
}

function readMenuTool(fields: XmlElement, name: string): EventBody | null {
  switch (name) {
    case 'scancode_push':
    case 'scancode_waitmsg': {
      const code = nestedElements(fields, 'ScanCodeInfo')[0] ?? {};
      return { event: name, scanType: fieldText(code, 'ScanType'), scanResult: fieldText(code, 'ScanResult') };
    }
    case 'pic_sysphoto':
    case 'pic_photo_or_album':
    case 'pic_weixin':
      return { event: name, ...pictures(fields) };
    case 'location_select': {
      const chosen = nestedElements(fields, 'SendLocationInfo')[0] ?? {};
      const words = { label: fieldText(chosen, 'Label'), placeName: fieldText(chosen, 'Poiname') };
      return {
        event: name,
        ...place(chosen, 'Location_X', 'Location_Y'),
        scale: fieldNumber(chosen, 'Scale'),
        ...words,
      };
    }
    default:
      return null;
  }
}

function place(fields: XmlElement, latitude: string, longitude: string) {
  return { latitude: fieldNumber(fields, latitude), longitude: fieldNumber(fields, longitude) };
}

function pictures(fields: XmlElement): { count: number | null; pictureDigests: readonly string[] } {
  const info = nestedElements(fields, 'SendPicsInfo')[0] ?? {};
  const digests = nestedElements(info, 'PicList', 'item').map((item) => xmlText(item, 'PicMd5Sum') ?? '');
  const real = digests.filter((digest) => /^[0-9a-f]{32}$/i.test(digest));
  return { count: fieldNumber(info, 'Count'), pictureDigests: real.slice(0, PICTURES_MAX) };
}
