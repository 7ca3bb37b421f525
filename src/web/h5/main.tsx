/** @jsxImportSource preact */
import './themes.css';
import './style.css';
import './plays.css';
import { render } from 'preact';
import type { ActivityPageState } from '../../http/contract/activity-page.ts';
import { pageLanguage } from '../shared/language.ts';
import type { Language } from '../shared/language.ts';
import { App } from './app.tsx';
import { loadScript } from './load-script.ts';
import { loadWords } from './words.ts';

// A redirect hands the fragment on that WeChat's authorization page asks for; it has no business in a shared address.
if (location.hash === '#wechat_redirect') history.replaceState(null, '', location.pathname + location.search);

const place = document.getElementById('app');
const data = document.getElementById('first-state')?.textContent;
if (place !== null && data) {
  const language = pageLanguage();
  void loadWords(language).then((words) => {
    if (words === undefined) return sayUnreachable(language);
    place.textContent = '';
    render(<App first={JSON.parse(data) as ActivityPageState} language={language} words={words} />, place);
  });
}

// On the page of awards: transfers that wait to be collected.
const awards = document.querySelector<HTMLElement>('.awards');
if (awards?.querySelector('.collect') != null) {
  void loadScript(() => import('./collect.ts')).then((page) => page?.collectAwards(awards));
}

/** Without any words of its own the page still says what to do. */
function sayUnreachable(language: Language): void {
  const pill = document.querySelector('.pill');
  if (pill === null) return;
  pill.textContent = language === 'en' ? 'Weak connection, please open the page again' : '网络不太好，请重新打开本页';
}
