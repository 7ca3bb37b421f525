import { Alert, Button, Tag } from 'antd';
import type { LawFinding } from '../../../http/contract/console-activities.ts';
import { useSpeech } from '../state/language.tsx';
import { useEditorTools } from './editor-context.tsx';
import { nameField } from './faults.ts';
import { stepOf } from './steps.ts';
import type { Editor } from './use-editor.ts';

/** What the law says of the draft; nothing once it is published, when only texts can change. */
export function lawOf({ locked, answer }: Editor): readonly LawFinding[] {
  return locked ? [] : (answer?.law ?? []);
}

/** What must not be published so, then what is right only with care, each with why and where that comes from. */
export function LawList({ editor }: { editor: Editor }) {
  const { words, language } = useSpeech();
  const findings = lawOf(editor).toSorted((one, other) => one.level.localeCompare(other.level));
  if (findings.length === 0) return null;
  const blocked = findings.some(({ level }) => level === 'block');
  const list = (
    <ul className="fault-list">
      {findings.map((finding) => (
        <Finding key={`${finding.check} ${finding.level}`} editor={editor} finding={finding} />
      ))}
    </ul>
  );
  const title = blocked ? words.law.blockedTitle : words.law.title;
  return (
    <Alert
      type={blocked ? 'error' : 'info'}
      showIcon
      title={title}
      description={
        <>
          {list}
          <p className="law-source" lang={language}>
            {words.law.noAdvice}
          </p>
        </>
      }
    />
  );
}

function Finding({
  editor,
  finding: { check, level, paths, reason, source },
}: {
  editor: Editor;
  finding: LawFinding;
}) {
  const { words, language } = useSpeech();
  const { root } = useEditorTools();
  const [first = ''] = paths;
  const step = stepOf(first);
  return (
    <li data-law={check}>
      <span>
        <Tag color={level === 'block' ? 'error' : 'warning'}>{words.law[level]}</Tag>
        {nameField(first, { form: editor.form, root, language, words })}
        {words.colon}
        {reason[language]}
        <span className="law-source">{words.law.source(source[language])}</span>
      </span>
      {step !== 'review' && (
        <Button type="link" size="small" onClick={() => void editor.goTo(step)}>
          {words.review.fix}
        </Button>
      )}
    </li>
  );
}
