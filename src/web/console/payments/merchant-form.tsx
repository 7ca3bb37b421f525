import { Alert, App, Button, Checkbox, Drawer, Input } from 'antd';
import { useState } from 'react';
import type { MerchantChanges, MerchantView, PaymentsAnswer } from '../../../http/contract/console-payments.ts';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import { CountInput, DecimalInput, MoneyInput } from '../parts/number-inputs.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { PacketKindsFields } from './packet-kinds-fields.tsx';
import type { PacketKinds } from './packet-kinds-fields.tsx';
import { useDialogGuard } from '../state/use-dialog-guard.ts';
import { useSession } from '../state/session.tsx';
import type { Words } from '../words/words-zh.ts';

type NumberName =
  'amountMinFen' | 'amountMaxFen' | 'personDayPackets' | 'personDayFen' | 'dayFen' | 'spacingMs' | 'callsMax';
type TextName = 'subMchId' | 'msgAppId' | 'consumeMchId';

/** The settings as typed: a number is null while its text means none. */
type Form = Record<NumberName, number | null> &
  Record<TextName, string> &
  PacketKinds & {
    readonly scenes: readonly string[];
    readonly riskInfo: boolean;
    readonly rail: MerchantView['rail'];
    readonly transferRedPacketLook: boolean;
  };

const SCENES = Array.from({ length: 8 }, (_, index) => `PRODUCT_${index + 1}`);
const TEXTS: readonly TextName[] = ['subMchId', 'msgAppId', 'consumeMchId'];
const NUMBERS: readonly (readonly [NumberName, typeof MoneyInput])[] = [
  ['amountMinFen', MoneyInput],
  ['amountMaxFen', MoneyInput],
  ['personDayPackets', CountInput],
  ['personDayFen', MoneyInput],
  ['dayFen', MoneyInput],
  ['spacingMs', DecimalInput],
  ['callsMax', CountInput],
];

/** Changes what a merchant may pay and how fast. Only what was changed is sent. */
export function MerchantForm(props: {
  merchant: MerchantView;
  onSaved: (answer: PaymentsAnswer) => void;
  onClose: () => void;
}) {
  const words = useWords();
  const { merchantForm } = words;
  const { merchant } = props;
  const [form, setForm] = useState<Form>(() => formOf(merchant));
  const saving = useSaving(merchant, props);
  const changed = Object.keys(changesIn(form, formOf(merchant))).length > 0;
  const close = useDialogGuard(changed && !saving.busy, props.onClose);
  const change = (part: Partial<Form>): void => setForm((before) => ({ ...before, ...part }));
  const faultAt = (path: string) => {
    const fault = saving.problem?.faults.find((one) => one.path.split('.')[0] === path);
    return fault === undefined ? undefined : sayFault(fault.message, words);
  };
  const hints: Partial<Record<NumberName, string>> = { spacingMs: merchantForm.spacingHint };
  return (
    <Drawer
      open
      title={merchantForm.title(merchant.sendName)}
      size={520}
      onClose={close}
      footer={
        <div className="actions">
          <Button type="primary" loading={saving.busy} onClick={() => void saving.save(form)}>
            {merchantForm.save}
          </Button>
          <Button onClick={close}>{words.cancel}</Button>
        </div>
      }
    >
      <div className="stack">
        <p className="quiet">{merchantForm.lead}</p>
        {saving.problem !== null && <Alert type="error" showIcon title={sayProblem(saving.problem, words)} />}
        <div className="field-pair">
          {NUMBERS.map(([name, NumberInput]) => (
            <Field key={name} label={merchantForm[name]} hint={hints[name]} fault={faultAt(name)}>
              {(ties) => <NumberInput {...ties} value={form[name]} onChange={(value) => change({ [name]: value })} />}
            </Field>
          ))}
        </div>
        <Scenes scenes={form.scenes} fault={faultAt('scenes')} onChange={(scenes) => change({ scenes })} />
        <Provider form={form} faultAt={faultAt} onChange={change} />
        <PacketKindsFields kinds={form} faultAt={faultAt} onChange={change} />
        <Checkbox checked={form.riskInfo} onChange={(event) => change({ riskInfo: event.target.checked })}>
          {merchantForm.riskInfo}
        </Checkbox>
        <Checkbox
          checked={form.rail === 'transfer'}
          onChange={(event) => change({ rail: event.target.checked ? 'transfer' : 'red-packet' })}
        >
          {merchantForm.byTransfer}
        </Checkbox>
        <Checkbox
          checked={form.transferRedPacketLook}
          onChange={(event) => change({ transferRedPacketLook: event.target.checked })}
        >
          {merchantForm.transferRedPacketLook}
        </Checkbox>
      </div>
    </Drawer>
  );
}

/** The ids that only service providers have. */
function Provider(props: {
  form: Form;
  faultAt: (path: string) => string | undefined;
  onChange: (part: Partial<Form>) => void;
}) {
  const { merchantForm } = useWords();
  return (
    <fieldset className="stack">
      <legend>{merchantForm.provider}</legend>
      <p className="field-hint">{merchantForm.providerHint}</p>
      {TEXTS.map((name) => (
        <Field key={name} label={merchantForm[name]} fault={props.faultAt(name)}>
          {(ties) => (
            <Input
              {...ties}
              value={props.form[name]}
              maxLength={32}
              onChange={(event) => props.onChange({ [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

function Scenes(props: {
  scenes: readonly string[];
  fault: string | undefined;
  onChange: (scenes: readonly string[]) => void;
}) {
  const { merchantForm } = useWords();
  return (
    <fieldset>
      <legend>{merchantForm.scenes}</legend>
      <p className="field-hint">{merchantForm.scenesHint}</p>
      <Checkbox.Group
        className="scenes"
        value={[...props.scenes]}
        onChange={props.onChange}
        options={SCENES.map((value) => ({ value, label: `${value} ${merchantForm.sceneNames[value] ?? ''}` }))}
      />
      {props.fault !== undefined && <p className="field-fault">{props.fault}</p>}
    </fieldset>
  );
}

/** Saves the form, or keeps what the service found wrong with it. */
function useSaving(
  merchant: MerchantView,
  { onSaved, onClose }: { onSaved: (answer: PaymentsAnswer) => void; onClose: () => void },
) {
  const { merchantForm } = useWords();
  const { api } = useSession();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const save = async (form: Form): Promise<void> => {
    setBusy(true);
    try {
      onSaved(await api.payments.changeMerchant(merchant.id, changesIn(form, formOf(merchant))));
      void message.success(merchantForm.saved);
      onClose();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, save };
}

function formOf({ limits, ...merchant }: MerchantView): Form {
  return {
    ...limits,
    scenes: limits.scenes,
    subMchId: merchant.subMchId ?? '',
    msgAppId: merchant.msgAppId ?? '',
    consumeMchId: merchant.consumeMchId ?? '',
    riskInfo: merchant.riskInfo,
    rail: merchant.rail,
    transferRedPacketLook: merchant.transferRedPacketLook,
    groupPackets: merchant.groupPackets,
    appIds: merchant.appIds,
    miniAppIds: merchant.miniAppIds,
    miniClaim: merchant.miniClaim,
  };
}

/** What differs, as the service takes it; an empty text is none, and a number that is none is refused there. */
function changesIn(form: Form, before: Form): MerchantChanges {
  const changed = Object.entries(form).filter(([name, value]) => {
    return JSON.stringify(value) !== JSON.stringify(before[name as keyof Form]);
  });
  const isText = (name: string): boolean => TEXTS.some((text) => text === name);
  return Object.fromEntries(
    changed.map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.map((item) => item.trim()).filter((item) => item !== '')];
      return [name, isText(name) && value === '' ? null : value];
    }),
  ) as MerchantChanges;
}

function sayFault(text: string, words: Words): string {
  const known = Object.entries(words.paymentFaults).find(([start]) => text.startsWith(start));
  return known?.[1] ?? text;
}
