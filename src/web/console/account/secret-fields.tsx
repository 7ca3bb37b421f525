import { useWords } from '../state/language.tsx';
import { LineField } from './account-field.tsx';

/** Nothing given yet. */
export const NO_SECRETS = { appSecret: '', token: '', encodingAesKey: '' };
export type Secrets = typeof NO_SECRETS;

interface Props {
  readonly secrets: Secrets;
  readonly onChange: (secrets: Secrets) => void;
  readonly faultAt: (path: string) => string | undefined;
  readonly hint?: string;
}

/** Secrets are written and never read. */
export function SecretFields({ secrets, onChange, faultAt, hint }: Props) {
  const { account: words } = useWords();
  const field = (name: keyof Secrets, label: string) => (
    <LineField
      label={label}
      hint={hint}
      fault={faultAt(name)}
      secret
      value={secrets[name]}
      onChange={(value) => onChange({ ...secrets, [name]: value.trim() })}
    />
  );
  return (
    <div className="field-pair">
      {field('appSecret', words.appSecret)}
      {field('token', words.token)}
      {field('encodingAesKey', words.aesKey)}
    </div>
  );
}
