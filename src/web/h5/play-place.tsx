/** @jsxImportSource preact */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { loadPlay } from './load-play.ts';
import type { PlayProps } from './plays/play-props.ts';

/** Keeps the play's place free until its script is there, and says so when it does not come. */
export function PlayPlace(props: PlayProps) {
  const { play } = props.state.look;
  const [loaded, setLoaded] = useState<{ readonly Play: ComponentType<PlayProps> | undefined } | null>(null);
  useEffect(() => {
    let wanted = true;
    void loadPlay(play).then((Play) => wanted && setLoaded({ Play }));
    return () => {
      wanted = false;
    };
  }, [play]);
  if (loaded === null) return <div class={`waiting waiting-${play}`} />;
  if (loaded.Play !== undefined) return <loaded.Play {...props} />;
  return (
    <div class="notice">
      <p>{props.words.loadFailed}</p>
      <button class="button button-small" type="button" onClick={() => location.reload()}>
        {props.words.reload}
      </button>
    </div>
  );
}
