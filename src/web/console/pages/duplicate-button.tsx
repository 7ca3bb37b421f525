import { Button } from 'antd';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';

const NAME_MAX = 60;
const SLUG_MAX = 64;

/** Makes a new draft of everything an activity is, with an address of its own. */
export function DuplicateButton({ answer }: { answer: ActivityAnswer }) {
  const { duplicate: words } = useWords();
  const { api, may } = useSession();
  const navigation = useNavigation();
  const { busy, act } = useAct();
  if (!may('activities.edit')) return null;
  const copy = (): Promise<boolean> =>
    act(async () => {
      const { accountId, name, slug, draft } = answer.activity;
      const made = await api.createActivity({
        accountId,
        name: words.name(name).slice(0, NAME_MAX),
        slug: freshSlug(slug),
        // When it was is over or still to come for the old one alone.
        draft: { ...draft, startsAtMs: null, endsAtMs: null },
      });
      await navigation.go(`/activities/${made.activity.id}/edit`);
    }, words.done);
  return (
    <Button loading={busy} onClick={() => void copy()}>
      {words.action}
    </Button>
  );
}

function freshSlug(slug: string): string {
  const ending = Math.trunc(Math.random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0');
  return `${slug.slice(0, SLUG_MAX - ending.length - 1)}-${ending}`;
}
