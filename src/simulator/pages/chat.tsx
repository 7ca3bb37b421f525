/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatItem, Follower, PacketItem } from './api.ts';
import { AccountAvatar, Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { linkedText, webUrl } from './linked-text.ts';
import { PacketCard } from './packet-card.tsx';
import { PacketOverlay } from './packet-overlay.tsx';
import type { PersonView } from './use-playground.ts';
import { clockText, useSpeech } from './words.ts';

// WeChat shows the time again when the chat was silent for so long.
const SILENCE_MS = 3 * 60_000;

/** The phone: what one follower sees of the account. */
export function Chat(properties: {
  readonly person: PersonView | null;
  readonly followers: readonly Follower[];
  readonly nowMs: number;
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onOpen: (number: string) => Promise<boolean>;
}) {
  const { words } = useSpeech();
  const { person, followers, nowMs, onSend, onOpen } = properties;
  const [sending, setSending] = useState(0);
  const [opened, setOpened] = useState<string | null>(null);
  const chat = person?.chat ?? [];
  const follower = followers.find(({ openid }) => openid === person?.openid);
  const card = chat.find((item): item is PacketItem => item.kind === 'packet' && item.number === opened);
  const say = (text: string): void => {
    setSending((count) => count + 1);
    void onSend(text).then(() => setSending((count) => count - 1));
  };
  return (
    <section class="phone" aria-label={words.tabChat}>
      <div class="phone-head">
        <strong>{words.account}</strong>
        <span>{words.accountNote}</span>
      </div>
      <ChatLog chat={chat} follower={follower} nowMs={nowMs} typing={sending > 0} onCard={setOpened} />
      <Composer disabled={person === null} onSay={say} />
      {card !== undefined && <PacketOverlay card={card} onOpen={onOpen} onClose={() => setOpened(null)} />}
    </section>
  );
}

function ChatLog(properties: {
  readonly chat: readonly ChatItem[];
  readonly follower: Follower | undefined;
  readonly nowMs: number;
  readonly typing: boolean;
  readonly onCard: (number: string) => void;
}) {
  const { words } = useSpeech();
  const { chat, follower, nowMs, typing, onCard } = properties;
  const list = useRef<HTMLDivElement>(null);
  const last = chat.at(-1)?.id ?? 0;
  useFollowEnd(list, `${last}/${typing}`);
  return (
    <div class="chat-log" ref={list} role="log" aria-label={words.chatLog} tabIndex={0}>
      {chat.length === 0 && <p class="chat-empty">{words.chatEmpty}</p>}
      {chat.map((item, at) => (
        <div key={item.id} class="chat-entry">
          {item.atMs - (chat[at - 1]?.atMs ?? 0) > SILENCE_MS && <time>{clockText(item.atMs, nowMs)}</time>}
          <ChatLine item={item} follower={follower} onCard={onCard} />
        </div>
      ))}
      {typing && (
        <div class="line" data-from="account">
          <AccountAvatar />
          <p class="bubble typing">
            <span class="only-read">{words.typing}</span>
            <i />
            <i />
            <i />
          </p>
        </div>
      )}
    </div>
  );
}

/** Keeps the newest line in sight, except for someone who has scrolled up to read. */
function useFollowEnd(list: { readonly current: HTMLDivElement | null }, news: string): void {
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const note = (): void => {
      atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    };
    // A tab that was hidden, or a keyboard that came up, changes the height without any scrolling.
    const size = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    size.observe(element);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [list]);
  useLayoutEffect(() => {
    if (list.current !== null && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [list, news]);
}

function ChatLine(properties: {
  readonly item: ChatItem;
  readonly follower: Follower | undefined;
  readonly onCard: (number: string) => void;
}) {
  const { words } = useSpeech();
  const { item, follower, onCard } = properties;
  if (item.kind === 'notice') return <p class="notice">{item.text}</p>;
  const mine = item.from === 'user';
  return (
    <div class="line" data-from={item.from}>
      {mine ? <Avatar openid={follower?.openid ?? ''} nickname={follower?.nickname ?? ''} /> : <AccountAvatar />}
      <span class="only-read">{mine ? words.you : words.account}</span>
      <LineBody item={item} onCard={onCard} />
    </div>
  );
}

function LineBody({ item, onCard }: { readonly item: ChatItem; readonly onCard: (number: string) => void }) {
  const { words } = useSpeech();
  switch (item.kind) {
    case 'packet':
      return <PacketCard card={item} onTap={() => onCard(item.number)} />;
    case 'news':
      return (
        <div class="bubble news">
          {item.articles.map((article) => (
            <a key={article.url} href={webUrl(article.url) ?? '#'} target="_blank" rel="noopener noreferrer">
              <strong>{article.title}</strong>
              <span>{article.description}</span>
            </a>
          ))}
        </div>
      );
    case 'other':
      return <p class="bubble">{`[${words.otherItem}: ${item.type}]`}</p>;
    case 'text':
    case 'notice':
      return <p class="bubble">{linkedText(item.text).map(textRun)}</p>;
  }
}

function textRun({ text, url }: { readonly text: string; readonly url: string | null }) {
  if (url === null) return text;
  return (
    <a key={url} href={url} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}
