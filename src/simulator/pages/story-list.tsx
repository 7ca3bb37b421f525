/** @jsxImportSource preact */
import { useMemo, useState } from 'preact/hooks';
import type { SimulatorState } from './api.ts';
import { standingOf, tellStories } from './stories.ts';
import type { Story } from './stories.ts';
import { StorySteps } from './story-steps.tsx';
import type { PersonView } from './use-playground.ts';
import { clockText, useSpeech, yuan } from './words.ts';
import type { Speech } from './words.ts';

const SHOWN_MAX = 60;

/** What happened, newest message first; the newest is unfolded. */
export function StoryList({
  person,
  state,
}: {
  readonly person: PersonView | null;
  readonly state: SimulatorState | null;
}) {
  const { words } = useSpeech();
  const stories = useMemo(
    () => (person === null ? [] : tellStories(person.openid, person.happenings, person.draws ?? [])),
    [person],
  );
  const nowMs = state?.clock.nowMs ?? 0;
  const newest = stories.find(({ kind }) => kind !== 'note')?.key;
  return (
    <>
      {person !== null && person.draws === null && <p class="quiet">{words.noService}</p>}
      {newest === undefined && <Preview />}
      <ol class="stories">
        {stories.slice(0, SHOWN_MAX).map((story) => (
          <li key={story.key}>
            {story.kind === 'note' ? (
              <Note story={story} nowMs={nowMs} />
            ) : (
              <StoryCard story={story} nowMs={nowMs} mode={state?.account.mode ?? ''} newest={story.key === newest} />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a newcomer will see here. */
function Preview() {
  const { words } = useSpeech();
  return (
    <div class="story-empty">
      <p>{words.happenedEmpty}</p>
      <ol>
        {words.happenedSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}

/** Something that belongs to no message: a skipped day, a login. */
function Note({ story, nowMs }: { readonly story: Story; readonly nowMs: number }) {
  const { language } = useSpeech();
  return (
    <p class="note">
      <span>{language === 'zh' ? story.said.chinese : story.said.english}</span>
      <time>{clockText(story.atMs, nowMs)}</time>
    </p>
  );
}

function StoryCard(properties: {
  readonly story: Story;
  readonly nowMs: number;
  readonly mode: string;
  readonly newest: boolean;
}) {
  const speech = useSpeech();
  const { story, nowMs, mode, newest } = properties;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? newest;
  const body = `story-${story.key.replaceAll(/[^\w-]/g, '-')}`;
  return (
    <article class="story">
      <h3>
        <button
          type="button"
          class="story-head"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setChosen(!open)}
        >
          <span class="story-said">{storyTitle(story, speech)}</span>
          <Chip story={story} />
          <time>{clockText(story.atMs, nowMs)}</time>
        </button>
      </h3>
      <div id={body} hidden={!open}>
        {open && <StorySteps story={story} mode={mode} />}
      </div>
    </article>
  );
}

/** The whole story in two or three words. */
function Chip({ story }: { readonly story: Story }) {
  const { words } = useSpeech();
  const standing = standingOf(story);
  const amountFen = story.draw?.amountFen ?? 0;
  return (
    <span class="standing" data-standing={standing ?? 'working'}>
      {amountFen > 0 && <b>{yuan(amountFen)}</b>}
      {standing === null ? words.working : words.standing[standing]}
    </span>
  );
}

function storyTitle({ kind, said }: Story, { words, language }: Speech): string {
  const text = language === 'zh' ? said.chinese : said.english;
  switch (kind) {
    case 'message':
      return words.saidMessage(text);
    case 'event':
      return words.saidEvent(text);
    case 'page':
      return words.saidPage(text);
    case 'earlier':
      return words.saidEarlier(text);
    case 'note':
      return text;
  }
}
