import './console.css';
import './editor/editor.css';
import './account/account.css';
import './access/access.css';
import './payments/payments.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createNavigation } from './state/navigation.tsx';
import { takeLoginToken } from './state/login-token.ts';

const place = document.getElementById('app');
if (place !== null) {
  const loginToken = takeLoginToken();
  createRoot(place).render(<App navigation={createNavigation()} loginToken={loginToken} />);
}
