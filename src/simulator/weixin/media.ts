import type { SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { ApiFault, done, FileReply, jsonBody, requireGet, type ApiCall } from './api-call.ts';
import { readForm, type FormFile } from './multipart-form.ts';

type MediaType = 'image' | 'voice' | 'video' | 'thumb';
type Stored = { id: string; type: MediaType; file: FormFile; madeAtMs: number; expiresAtMs: number };
type Parts = { clock: SimulatorClock; random: Random; made: (mediaId: string) => void };

const daysKept = 3;
const dayMs = 86_400_000;
const limits: Readonly<Record<MediaType, { bytesMax: number; tooLarge: number; names: RegExp }>> = {
  image: { bytesMax: 10_485_760, tooLarge: 40009, names: /\.(png|jpe?g|gif|bmp)$/i },
  voice: { bytesMax: 2_097_152, tooLarge: 40010, names: /\.(amr|mp3)$/i },
  video: { bytesMax: 10_485_760, tooLarge: 40011, names: /\.mp4$/i },
  thumb: { bytesMax: 65_536, tooLarge: 40012, names: /\.jpe?g$/i },
};
const articleImageBytesMax = 1_048_576;

/** Temporary media and permanent material: https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html */
export class Media {
  readonly #parts: Parts;
  readonly #stored = new Map<string, Stored>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  upload(call: ApiCall): object {
    const stored = this.#take(call, daysKept * dayMs);
    const name = stored.type === 'thumb' ? 'thumb_media_id' : 'media_id';
    return { type: stored.type, [name]: stored.id, created_at: Math.floor(stored.madeAtMs / 1000) };
  }

  /** A video is answered by an address, anything else by itself. */
  download(call: ApiCall): object {
    requireGet(call);
    return this.#answerFile(this.#living(call.query.get('media_id')));
  }

  uploadImage(call: ApiCall): object {
    const file = readForm(call).files.get('media');
    if (!file) throw new ApiFault(41005, 'media data missing');
    if (!/\.(png|jpe?g)$/i.test(file.fileName)) throw new ApiFault(40005, 'invalid file type');
    if (file.bytes.length > articleImageBytesMax) throw new ApiFault(40009, 'invalid image size');
    return { url: `http://mmbiz.qpic.cn/mmbiz_jpg/${this.#parts.random.text(86)}/0` };
  }

  addMaterial(call: ApiCall): object {
    const { id, type } = this.#take(call, Infinity);
    return type === 'image'
      ? { media_id: id, url: `http://mmbiz.qpic.cn/mmbiz_jpg/${this.#parts.random.text(86)}/0?wx_fmt=jpeg` }
      : { media_id: id };
  }

  getMaterial(call: ApiCall): object {
    return this.#answerFile(this.#permanent(jsonBody(call)['media_id']));
  }

  deleteMaterial(call: ApiCall): object {
    this.#stored.delete(this.#permanent(jsonBody(call)['media_id']).id);
    return done;
  }

  countMaterial(call: ApiCall): object {
    requireGet(call);
    const count = (type: MediaType): number => this.#material(type).length;
    return { voice_count: count('voice'), video_count: count('video'), image_count: count('image'), news_count: 0 };
  }

  listMaterial(call: ApiCall): object {
    const { type, offset, count } = jsonBody(call);
    if (typeof count !== 'number' || count < 1 || count > 20) throw new ApiFault(40035, 'invalid count');
    const all = this.#material(type);
    const page = all.slice(Number(offset), Number(offset) + count);
    const item = page.map(({ id, file, madeAtMs }) => {
      return { media_id: id, name: file.fileName, update_time: Math.floor(madeAtMs / 1000), url: '' };
    });
    return { total_count: all.length, item_count: page.length, item };
  }

  exists(mediaId: unknown): boolean {
    const stored = this.#stored.get(String(mediaId));
    return stored !== undefined && stored.expiresAtMs > this.#parts.clock.nowMs();
  }

  isPermanent(mediaId: string): boolean {
    return this.#stored.get(mediaId)?.expiresAtMs === Infinity;
  }

  #take(call: ApiCall, keptMs: number): Stored {
    const type = call.query.get('type') as MediaType;
    const limit = Object.hasOwn(limits, type) ? limits[type] : undefined;
    if (!limit) throw new ApiFault(40004, 'invalid media type');
    const form = readForm(call);
    const file = form.files.get('media');
    if (!file || file.bytes.length === 0) throw new ApiFault(41005, 'media data missing');
    if (!limit.names.test(file.fileName)) throw new ApiFault(40005, 'invalid file type');
    if (file.bytes.length > limit.bytesMax) throw new ApiFault(limit.tooLarge, 'invalid media size');
    if (type === 'video' && keptMs === Infinity && !form.texts.has('description')) {
      throw new ApiFault(41005, 'description missing');
    }
    const { random, clock, made } = this.#parts;
    const madeAtMs = clock.nowMs();
    const stored = { id: random.text(64), type, file, madeAtMs, expiresAtMs: madeAtMs + keptMs };
    this.#stored.set(stored.id, stored);
    made(stored.id);
    return stored;
  }

  #answerFile({ type, file }: Stored): object {
    if (type === 'video') return { video_url: `http://127.0.0.1/video/${encodeURIComponent(file.fileName)}` };
    return new FileReply(file.contentType, file.bytes, file.fileName);
  }

  #living(mediaId: unknown): Stored {
    const stored = this.#stored.get(String(mediaId));
    if (!stored || !this.exists(mediaId)) throw new ApiFault(40007, 'invalid media_id');
    return stored;
  }

  #permanent(mediaId: unknown): Stored {
    const stored = this.#living(mediaId);
    if (stored.expiresAtMs !== Infinity) throw new ApiFault(40007, 'invalid media_id');
    return stored;
  }

  #material(type: unknown): Stored[] {
    return [...this.#stored.values()].filter((one) => one.type === type && one.expiresAtMs === Infinity);
  }
}
