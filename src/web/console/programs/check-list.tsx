import { Checkbox } from 'antd';
import { useId } from 'react';

/** Several of a few, each with its name. */
export function CheckList<Value extends string>(props: {
  label: string;
  options: readonly { readonly value: Value; readonly label: string }[];
  values: readonly Value[];
  fault?: string | undefined;
  onChange: (values: readonly Value[]) => void;
}) {
  const { label, options, values, fault, onChange } = props;
  const noteId = useId();
  const turn = (value: Value, on: boolean): void =>
    onChange(options.map((one) => one.value).filter((one) => (one === value ? on : values.includes(one))));
  return (
    <fieldset className="check-list" aria-describedby={fault === undefined ? undefined : noteId}>
      <legend>{label}</legend>
      {options.map((one) => (
        <Checkbox
          key={one.value}
          checked={values.includes(one.value)}
          onChange={(event) => turn(one.value, event.target.checked)}
        >
          {one.label}
        </Checkbox>
      ))}
      {fault !== undefined && (
        <p id={noteId} className="field-fault">
          {fault}
        </p>
      )}
    </fieldset>
  );
}
