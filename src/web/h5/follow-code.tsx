/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Words } from './words.ts';

/** The code by which people follow the account for this activity; nothing where the account has made none. */
export function FollowCode({ slug, words }: { readonly slug: string; readonly words: Words }) {
  const [there, setThere] = useState(true);
  if (!there) return null;
  return (
    <figure class="follow-code">
      <img
        src={`/a/${slug}/follow.png`}
        width="180"
        height="180"
        alt={words.followCode}
        onError={() => setThere(false)}
      />
      <figcaption>{words.followHow}</figcaption>
    </figure>
  );
}
