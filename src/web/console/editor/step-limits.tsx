import { CountInput } from '../parts/number-inputs.tsx';
import { useWords } from '../state/language.tsx';
import { EditorField } from './editor-field.tsx';
import { LIMIT_NAMES } from './editor-form.ts';
import type { Editor } from './use-editor.ts';

/** How often one person and everyone together may draw and win. */
export function StepLimits({ editor }: { editor: Editor }) {
  const { limits: words } = useWords();
  const { form, update, locked } = editor;
  return (
    <>
      <p className="quiet">{form.kind === 'check-in' ? words.checkInLead : words.lead}</p>
      <div className="field-grid">
        {LIMIT_NAMES.map((name) => (
          <EditorField
            key={name}
            editor={editor}
            path={`limits.${name}`}
            label={words[name]}
            hint={name === 'winsPerDay' ? words.winsPerDayHint : undefined}
          >
            {(ties) => (
              <CountInput
                {...ties}
                disabled={locked}
                placeholder={words.unlimited}
                suffix={words.times}
                value={form.limits[name]}
                onChange={(limit) => update(`limits.${name}`, { limits: { ...form.limits, [name]: limit } })}
              />
            )}
          </EditorField>
        ))}
      </div>
    </>
  );
}
