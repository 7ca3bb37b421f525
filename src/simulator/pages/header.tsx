/** @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks';
import type { Follower, SimulatorState } from './api.ts';
import { Avatar } from './avatar.tsx';
import { webUrl } from './linked-text.ts';
import { useSpeech } from './words.ts';
import type { Language } from './words.ts';

// More than these show their names only when chosen.
const NAMED_MAX = 4;

/** Who one is, which language is spoken, and where the service's own pages are. */
export function Header(properties: {
  readonly followers: readonly Follower[];
  readonly chosen: string | null;
  readonly links: SimulatorState['links'];
  readonly onChoose: (openid: string) => void;
  readonly onAdd: () => void;
  readonly onLanguage: (language: Language) => void;
}) {
  const { words } = useSpeech();
  const { links } = properties;
  return (
    <header class="head">
      <div class="brand">
        <span class="seal" aria-hidden="true">
          {'红\n包'}
        </span>
        <div>
          <h1>{words.title}</h1>
          <p class="subtitle">{words.subtitle}</p>
        </div>
      </div>
      <FollowerPicker {...properties} />
      <div class="head-end">
        <PageLink url={webUrl(links?.activity)} text={words.activityPage} />
        <PageLink url={webUrl(links?.console)} text={words.console} />
        <LanguageSwitch onLanguage={properties.onLanguage} />
      </div>
    </header>
  );
}

function FollowerPicker(properties: {
  readonly followers: readonly Follower[];
  readonly chosen: string | null;
  readonly onChoose: (openid: string) => void;
  readonly onAdd: () => void;
}) {
  const { words } = useSpeech();
  const { followers, chosen, onChoose, onAdd } = properties;
  const row = useRef<HTMLFieldSetElement>(null);
  const count = followers.length;
  useEffect(() => {
    row.current?.querySelector('input:checked')?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen, count]);
  return (
    <fieldset class="followers" ref={row} data-many={count > NAMED_MAX}>
      <legend>{words.followers}</legend>
      {followers.map(({ openid, nickname, subscribed }) => (
        <label key={openid} class="follower" title={nickname}>
          <input
            type="radio"
            name="follower"
            checked={openid === chosen}
            onChange={() => onChoose(openid)}
            class="hidden-input"
            aria-label={nickname}
          />
          <Avatar openid={openid} nickname={nickname} />
          <span class="nickname">
            {nickname}
            {!subscribed && words.unfollowed}
          </span>
        </label>
      ))}
      <button
        type="button"
        class="add-follower"
        onClick={onAdd}
        aria-label={words.addFollower}
        title={words.addFollower}
      >
        +
      </button>
    </fieldset>
  );
}

function PageLink({ url, text }: { readonly url: string | undefined; readonly text: string }) {
  const { words } = useSpeech();
  if (url === undefined) return null;
  return (
    <a class="page-link" href={url} target="_blank" rel="noopener">
      {text}
      <span class="only-read">{words.opensNewTab}</span>
    </a>
  );
}

function LanguageSwitch({ onLanguage }: { readonly onLanguage: (language: Language) => void }) {
  const { words, language } = useSpeech();
  return (
    <div class="languages" role="group" aria-label={words.language}>
      <button type="button" lang="zh-CN" aria-pressed={language === 'zh'} onClick={() => onLanguage('zh')}>
        中文
      </button>
      <button type="button" lang="en" aria-pressed={language === 'en'} onClick={() => onLanguage('en')}>
        English
      </button>
    </div>
  );
}
