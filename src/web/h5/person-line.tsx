/** @jsxImportSource preact */
import type { ActivityPageState } from '../../http/contract/activity-page.ts';
import type { Language } from '../shared/language.ts';
import type { Words } from './words.ts';

/**
 * Whom the page takes this person for: by the nickname they showed, else by a short code and with a way to show one.
 * WeChat asks for consent only after a person's own tap; a page that sends people there by itself becomes a snapshot.
 */
export function PersonLine(props: {
  readonly state: ActivityPageState;
  readonly language: Language;
  readonly words: Words;
}) {
  const { state, language, words } = props;
  const { nickname, code } = state.person;
  if (code === null) return null;
  // Names may be written from right to left; the line around them is not.
  if (nickname !== null) {
    return (
      <p class="person-line">
        {words.hello}
        <bdi>{nickname}</bdi>
      </p>
    );
  }
  const to = encodeURIComponent(`/a/${state.slug}${language === 'en' ? '?lang=en' : ''}`);
  return (
    <p class="person-line">
      <span>
        {words.someone}
        {code}
      </span>
      <a href={`/oauth/${state.account}/start?to=${to}&profile=1`} aria-describedby="show-name-why">
        {words.showName}
      </a>
      <small id="show-name-why">{words.showNameWhy}</small>
    </p>
  );
}
