import { Button, Input } from 'antd';
import { LineField } from '../account/account-field.tsx';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';

/** A public key as it is typed in. */
export const NO_VERIFIER = { id: '', pem: '' };
type Verifier = typeof NO_VERIFIER;

const VERIFIERS_MAX = 10;

/** WeChat Pay's public keys: which are known, and those that take their place. */
export function VerifierFields(props: {
  readonly known: readonly string[];
  readonly given: readonly Verifier[];
  readonly disabled: boolean;
  readonly fault: string | undefined;
  readonly onChange: (given: readonly Verifier[]) => void;
}) {
  const { noticeKeys: words } = useWords();
  const { known, given, disabled, fault, onChange } = props;
  const put = (index: number, part: Partial<Verifier>): void =>
    onChange(given.map((one, place) => (place === index ? { ...one, ...part } : one)));
  return (
    <fieldset className="stack">
      <legend>{words.verifiers}</legend>
      <p className="field-hint">{known.length === 0 ? words.noVerifier : words.known(known.join(', '))}</p>
      {!disabled && <p className="field-hint">{words.verifiersHint}</p>}
      {!disabled &&
        given.map((one, index) => (
          // A row is its place: rows are only added at the end.
          <div key={index} className="stack">
            <LineField label={words.verifierId} value={one.id} onChange={(id) => put(index, { id })} />
            <Field label={words.verifierPem}>
              {(ties) => (
                <Input.TextArea
                  {...ties}
                  autoSize={{ minRows: 3, maxRows: 8 }}
                  spellCheck={false}
                  value={one.pem}
                  onChange={(event) => put(index, { pem: event.target.value })}
                />
              )}
            </Field>
          </div>
        ))}
      {fault !== undefined && <p className="field-fault">{fault}</p>}
      {!disabled && given.length < VERIFIERS_MAX && (
        <div>
          <Button size="small" onClick={() => onChange([...given, NO_VERIFIER])}>
            {words.addVerifier}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
