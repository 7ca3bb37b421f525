import { Input } from 'antd';
import { useEffect, useState } from 'react';
import { useWords } from '../state/language.tsx';
import { readYuan, writeYuan } from './money.ts';

interface TypedInputProps {
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly label?: string;
  readonly id?: string;
  readonly status?: '' | 'error';
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly suffix?: string;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-describedby'?: string | undefined;
}

interface Reading {
  readonly read: (text: string) => { readonly value: number | null; readonly fault: string | null };
  readonly write: (value: number | null) => string;
  readonly prefix?: string;
}

/** An input of yuan whose value is whole fen. While the text means no money, the value is null and the input says so. */
export function MoneyInput(props: TypedInputProps) {
  const { faults } = useWords();
  const read = (text: string) => {
    const { fen, fault } = readYuan(text);
    return { value: fen, fault: fault === null ? null : faults.notMoney };
  };
  return <TypedInput {...props} reading={{ read, write: writeYuan, prefix: '¥' }} />;
}

/** An input of a whole number. */
export function CountInput(props: TypedInputProps) {
  const { faults } = useWords();
  const read = (text: string) => {
    const bare = text.normalize('NFKC').replaceAll(/[\s,]/g, '');
    if (bare === '') return { value: null, fault: null };
    return /^\d{1,10}$/.test(bare) ? { value: Number(bare), fault: null } : { value: null, fault: faults.notCount };
  };
  const write = (value: number | null): string => (value === null ? '' : String(value));
  return <TypedInput {...props} reading={{ read, write }} />;
}

/** An input of a number with at most two decimals. */
export function DecimalInput(props: TypedInputProps) {
  const { merchantForm } = useWords();
  const read = (text: string) => {
    const bare = text.normalize('NFKC').replaceAll(/[\s,]/g, '');
    if (bare === '') return { value: null, fault: null };
    const fits = /^\d{1,6}(\.\d{1,2})?$/.test(bare);
    return fits ? { value: Number(bare), fault: null } : { value: null, fault: merchantForm.notDecimal };
  };
  const write = (value: number | null): string => (value === null ? '' : String(value));
  return <TypedInput {...props} reading={{ read, write }} />;
}

function TypedInput({
  value,
  onChange,
  label,
  reading,
  status,
  suffix,
  ...rest
}: TypedInputProps & { reading: Reading }) {
  const [text, setText] = useState(() => reading.write(value));
  const { value: means, fault } = reading.read(text);
  // A value set from outside replaces what was typed; the value typed just now is no news.
  useEffect(() => {
    if (value !== means && (value !== null || fault === null)) setText(reading.write(value));
  }, [value]);
  return (
    <>
      <Input
        {...rest}
        aria-label={label}
        className="number-input"
        inputMode="decimal"
        autoComplete="off"
        prefix={reading.prefix}
        suffix={suffix}
        status={fault === null ? (status ?? '') : 'error'}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChange(reading.read(event.target.value).value);
        }}
        onBlur={() => fault === null && setText(reading.write(means))}
      />
      {fault !== null && (
        <span className="field-fault" role="alert">
          {fault}
        </span>
      )}
    </>
  );
}
