import { useCallback, useMemo, useRef, useState } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { ApiProblem } from '../state/api.ts';
import type { Api } from '../state/api.ts';
import { draftOf } from './editor-form.ts';
import type { EditorForm } from './editor-form.ts';
import { keepUnshown } from './kept-draft.ts';
import { faultAtField, stepOf, STEPS } from './faults.ts';
import type { Fault, StepName } from './faults.ts';

/** The editor's state and what can be done with it. */
export interface Editor {
  readonly form: EditorForm;
  /** Changes parts of the form; `path` names the field, whose fault is thereby out of date. */
  readonly update: (path: string, change: Partial<EditorForm>) => void;
  /** What the service last said; null before the first save. */
  readonly answer: ActivityAnswer | null;
  /** Money, prizes, odds, limits, triggers and times are fixed. */
  readonly locked: boolean;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly savedAtMs: number | null;
  readonly problem: ApiProblem | null;
  readonly step: StepName;
  /** Steps that were left once: their faults are shown. */
  readonly visited: ReadonlySet<StepName>;
  readonly faults: readonly Fault[];
  /** The fault to show at a field, when its step was left once. */
  readonly faultAt: (path: string) => Fault | undefined;
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
  const { save, faults } = stored;
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
  const faultAt = useCallback(
    (path: string) => (visited.has(stepOf(path)) ? faults.find((fault) => fault.path === path) : undefined),
    [faults, visited],
  );
  const locked = stored.answer !== null && stored.answer.activity.publishedVersion !== null;
  return { ...stored, locked, step, visited, faultAt, goTo };
}

type StoredForm = Omit<Editor, 'locked' | 'step' | 'visited' | 'faultAt' | 'goTo'> & {
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

  const update = useCallback((path: string, change: Partial<EditorForm>) => {
    setForm((before) => ({ ...before, ...change }));
    setFaults((before) => before.filter((fault) => faultAtField(fault).path !== path));
  }, []);
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
  const shown = useMemo(() => faults.map(faultAtField), [faults]);
  const refusedSteps = useMemo(() => (problem?.faults ?? []).map((fault) => stepOf(fault.path)), [problem]);
  const dirty = form !== savedForm;
  return { form, update, answer, dirty, saving, savedAtMs, problem, faults: shown, refusedSteps, save, refuse };
}

function store(api: Api, form: EditorForm, answer: ActivityAnswer | null): Promise<ActivityAnswer> {
  const { accountId, name, slug } = form;
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
  const edit = { name, slug, draft: draftToStore(form, answer) };
  if (answer === null) return api.createActivity({ accountId, ...edit });
  return api.editActivity(answer.activity.id, { ...edit, revision: answer.activity.revision });
}

/** Of a published rule only what may still change is taken from the form; the rest stays as it is in force. */
function draftToStore(form: EditorForm, answer: ActivityAnswer | null): Readonly<Record<string, unknown>> {
  const draft = keepUnshown(draftOf(form), answer?.activity.draft ?? {});
  const rule = answer?.rule ?? null;
  return rule === null ? draft : { ...rule, texts: draft['texts'], packet: draft['packet'] };
}

function stepsBefore(step: StepName): ReadonlySet<StepName> {
  return new Set(STEPS.slice(0, STEPS.indexOf(step)));
}
