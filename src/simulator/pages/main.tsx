/** @jsxImportSource preact */
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';
import './header.css';
import './chat.css';
import './packet.css';
import './books.css';
import './story.css';
import './steps.css';

const page = document.getElementById('page');
if (page === null) throw new Error('the page has no place to draw in');
render(<App />, page);
