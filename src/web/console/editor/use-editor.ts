import { useCallback, useMemo, useRef, useState } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { ApiProblem } from '../state/api.ts';
import type { Api } from '../state/api.ts';
import { object, valueAt, withValue } from './draft.ts';
import type { Json, Path } from './draft.ts';
import type { Fault } from './faults.ts';
import { isChangeable, stepOf, STEPS } from './steps.ts';
import type { StepName } from './steps.ts';

/** The whole editor as plain data. */
export interface EditorForm {
  readonly accountId: string;
  readonly name: string;
  readonly slug: string;
  readonly draft: Json;
}

/** The editor's state and what can be done with it. */
export interface Editor {
  readonly form: EditorForm;
  /** What stands at a path of the draft. */
  readonly at: (path: Path) => unknown;
  /** Puts a value into the draft; undefined takes it out. */
  readonly set: (path: Path, value: unknown) => void;
  /** Changes what stands beside the draft. */
  readonly update: (change: Partial<Omit<EditorForm, 'draft'>>) => void;
  /** What the service last said; null before the first save. */
  readonly answer: ActivityAnswer | null;
  /** Published: money, prizes, odds, limits, triggers and times are fixed. */
  readonly locked: boolean;
  /** Whether the field at a path cannot change any more. */
  readonly lockedAt: (path: Path) => boolean;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly savedAtMs: number | null;
  readonly problem: ApiProblem | null;
  readonly step: StepName;
  /** Steps that were left once: their faults are shown. */
  readonly visited: ReadonlySet<StepName>;
  readonly faults: readonly Fault[];
  /** The fault to show at a field, when its step was left once. */
  readonly faultAt: (path: Path) => Fault | undefined;
  /** Whether anything at a path or below has a fault that is to be shown. */
  readonly isFaulty: (path: Path) => boolean;
  /** Saves what is unsaved. Resolves to the service's answer, or null when it was not saved. */
  readonly save: () => Promise<ActivityAnswer | null>;
  /** Saves and shows another step; stays when saving failed. */
  readonly goTo: (step: StepName) => Promise<ActivityAnswer | null>;
  /** Shows what a publication was refused for. */
  readonly refuse: (problem: ApiProblem) => void;
}

interface EditorOptions {
  readonly api: Api;
  readonly first: EditorForm;
  readonly stored: ActivityAnswer | null;
  readonly firstStep: StepName;
}

/** The form, its storing, and the steps it is shown in. */
export function useEditor(options: EditorOptions): Editor {
  const stored = useStoredForm(options);
  const { save, faults, form } = stored;
  const [step, setStep] = useState(options.firstStep);
  const [left, setLeft] = useState<ReadonlySet<StepName>>(() => stepsBefore(options.firstStep));
  // A step the service refused outright counts as left: what is wrong there must be seen.
  const visited = useMemo(() => new Set([...left, ...stored.refusedSteps]), [left, stored.refusedSteps]);

  const goTo = useCallback(
    async (next: StepName) => {
      const answer = await save();
      if (answer === null) return null;
      setLeft((before) => new Set([...before, step, ...(next === 'review' ? STEPS : [])]));
      setStep(next);
      return answer;
    },
    [save, step],
  );
  const shown = useMemo(() => faults.filter(({ path }) => visited.has(stepOf(path))), [faults, visited]);
  const faultAt = useCallback((path: Path) => shown.find((fault) => fault.path === path.join('.')), [shown]);
  const isFaulty = useCallback(
    (path: Path) => shown.some((fault) => `${fault.path}.`.startsWith(`${path.join('.')}.`)),
    [shown],
  );
  const locked = stored.answer !== null && stored.answer.activity.publishedVersion !== null;
  const lockedAt = useCallback((path: Path) => locked && !isChangeable(path.join('.')), [locked]);
  const at = useCallback((path: Path) => valueAt(form.draft, path), [form.draft]);
  return { ...stored, at, locked, lockedAt, step, visited, faultAt, isFaulty, goTo };
}

type StoredForm = Omit<Editor, 'at' | 'locked' | 'lockedAt' | 'step' | 'visited' | 'faultAt' | 'isFaulty' | 'goTo'> & {
  readonly refusedSteps: readonly StepName[];
};

/** The form and what the service says of it. */
function useStoredForm({ api, first, stored }: EditorOptions): StoredForm {
  const [form, setForm] = useState(first);
  const [savedForm, setSavedForm] = useState<EditorForm | null>(stored === null ? null : first);
  const [answer, setAnswer] = useState(stored);
  const [faults, setFaults] = useState<readonly Fault[]>(stored?.faults ?? []);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [saving, setSaving] = useState(false);
  const busy = useRef(false);
  const [savedAtMs, setSavedAtMs] = useState<number | null>(null);

  const forget = useCallback((path: string) => {
    setFaults((before) => before.filter((fault) => !`${fault.path}.`.startsWith(`${path}.`)));
  }, []);
  const set = useCallback(
    (path: Path, value: unknown) => {
      setForm((before) => ({ ...before, draft: withValue(before.draft, path, value) }));
      forget(path.join('.'));
    },
    [forget],
  );
  const update = useCallback(
    (change: Partial<Omit<EditorForm, 'draft'>>) => {
      setForm((before) => ({ ...before, ...change }));
      for (const name of Object.keys(change)) forget(name);
    },
    [forget],
  );
  const refuse = useCallback((failed: ApiProblem) => {
    setProblem(failed);
    if (failed.faults.length > 0) setFaults(failed.faults);
  }, []);
  const save = useCallback(async (): Promise<ActivityAnswer | null> => {
    if (answer !== null && form === savedForm) return answer;
    // A second press while the first is under way would be refused as stale, by our own doing.
    if (busy.current) return null;
    busy.current = true;
    setSaving(true);
    setProblem(null);
    try {
      const written = await store(api, form, answer);
      setAnswer(written);
      setSavedForm(form);
      setSavedAtMs(Date.now());
      setFaults(written.faults);
      return written;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      refuse(error);
      return null;
    } finally {
      busy.current = false;
      setSaving(false);
    }
  }, [api, answer, form, savedForm, refuse]);
  const refusedSteps = useMemo(() => (problem?.faults ?? []).map((fault) => stepOf(fault.path)), [problem]);
  const dirty = form !== savedForm;
  return { form, set, update, answer, dirty, saving, savedAtMs, problem, faults, refusedSteps, save, refuse };
}

function store(api: Api, form: EditorForm, answer: ActivityAnswer | null): Promise<ActivityAnswer> {
  const { accountId, name, slug, draft } = form;
  const missing = [
    ...(name.trim() === '' ? ['name'] : []),
    ...(slug === '' ? ['slug'] : []),
    ...(accountId === '' ? ['accountId'] : []),
  ];
  if (missing.length > 0) {
    // Told as the service would, without asking it.
    const faults = missing.map((path) => ({ path, code: 'too_small', bound: 1, message: '' }));
    return Promise.reject(new ApiProblem(400, { code: 'request-invalid', message: '', faults }));
  }
  const edit = { name, slug, draft };
  if (answer === null) return api.createActivity({ accountId, ...edit });
  return api.editActivity(answer.activity.id, { ...edit, revision: answer.activity.revision });
}

/** What the editor begins with: of a published rule only what may still change is taken from the draft. */
export function formOf({ activity, rule }: Pick<ActivityAnswer, 'activity' | 'rule'>): EditorForm {
  const { accountId, name, slug, draft } = activity;
  if (rule === null) return { accountId, name, slug, draft };
  const { wishing, activityName, remark } = object(draft['packet']);
  const packet = { ...object(rule['packet']), wishing, activityName, remark };
  return { accountId, name, slug, draft: { ...rule, texts: draft['texts'], look: draft['look'] ?? {}, packet } };
}

function stepsBefore(step: StepName): ReadonlySet<StepName> {
  return new Set(STEPS.slice(0, STEPS.indexOf(step)));
}
