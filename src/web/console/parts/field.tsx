import { useId } from 'react';
import type { ReactNode } from 'react';

/** What a field's input needs to be tied to its label, hint and fault. */
export interface FieldTies {
  readonly id: string;
  readonly status: '' | 'error';
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** A count beside the label, such as bytes used. */
  readonly count?: ReactNode;
  readonly fault?: string | undefined;
  readonly optional?: boolean;
  readonly children: (ties: FieldTies) => ReactNode;
}

/** A label above its input, a hint below, and in place of the hint the fault when there is one. */
export function Field({ label, hint, count, fault, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = fault ?? hint;
  return (
    <div className={fault === undefined ? 'field' : 'field field-faulty'}>
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        {count !== undefined && <span className="field-count">{count}</span>}
      </div>
      {children({
        id,
        status: fault === undefined ? '' : 'error',
        'aria-invalid': fault !== undefined,
        'aria-describedby': note === undefined ? undefined : noteId,
      })}
      {note !== undefined && (
        <p id={noteId} className={fault === undefined ? 'field-hint' : 'field-fault'}>
          {note}
        </p>
      )}
    </div>
  );
}
