import { Checkbox, Input, Select } from 'antd';
import type { MerchantView } from '../../../http/contract/console-payments.ts';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';

/** What a merchant has beside plain packets, and which app ids are bound to it. */
export type PacketKinds = Pick<MerchantView, 'groupPackets' | 'appIds' | 'miniAppIds' | 'miniClaim'>;

const LISTS = ['appIds', 'miniAppIds'] as const;
const CLAIMS: readonly MerchantView['miniClaim'][] = ['encoded-lower', 'encoded-upper', 'raw-lower', 'raw-upper'];

/** The fields of packets that friends share, of mini programs and of what is bound to the merchant. */
export function PacketKindsFields(props: {
  kinds: PacketKinds;
  faultAt: (path: string) => string | undefined;
  onChange: (part: Partial<PacketKinds>) => void;
}) {
  const { merchantForm } = useWords();
  const { kinds, onChange } = props;
  return (
    <fieldset className="stack">
      <legend>{merchantForm.bound}</legend>
      <p className="field-hint">{merchantForm.boundHint}</p>
      {LISTS.map((name) => (
        <Field key={name} label={merchantForm[name]} fault={props.faultAt(name)}>
          {(ties) => (
            <Input.TextArea
              {...ties}
              autoSize={{ minRows: 1, maxRows: 6 }}
              value={kinds[name].join('\n')}
              onChange={(event) => onChange({ [name]: linesOf(event.target.value) })}
            />
          )}
        </Field>
      ))}
      <Field label={merchantForm.miniClaim} hint={merchantForm.miniClaimHint} fault={props.faultAt('miniClaim')}>
        {(ties) => (
          <Select
            {...ties}
            value={kinds.miniClaim}
            onChange={(miniClaim) => onChange({ miniClaim })}
            options={CLAIMS.map((value) => ({ value, label: merchantForm.miniClaims[value] }))}
          />
        )}
      </Field>
      <Checkbox checked={kinds.groupPackets} onChange={(event) => onChange({ groupPackets: event.target.checked })}>
        {merchantForm.groupPackets}
      </Checkbox>
    </fieldset>
  );
}

/** One app id a line; a line that is still empty stays while it is typed. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}
