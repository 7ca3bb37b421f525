import type { ReactNode } from 'react';
import { LanguageButton } from '../parts/frame.tsx';
import { BrandMark } from '../parts/marks.tsx';

/** The card of pages for people who are not signed in. */
export function LoginCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="login">
      <div className="card login-card">
        <div className="login-head">
          <BrandMark />
          <LanguageButton />
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
