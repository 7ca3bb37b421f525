import { Button } from 'antd';
import type { ReactNode } from 'react';
import { TEMPLATE_NAMES } from '../editor/templates.ts';
import type { TemplateName } from '../editor/templates.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';

/** The templates a new activity begins from. */
export function TemplatesPage() {
  const words = useWords();
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{words.templates.title}</h1>
          <p className="quiet">{words.templates.lead}</p>
        </div>
      </div>
      <ul className="templates">
        {TEMPLATE_NAMES.map((name) => (
          <li key={name} className="card template">
            <Template name={name} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Template({ name }: { name: TemplateName }) {
  const words = useWords();
  const navigation = useNavigation();
  const { name: title, text, facts } = words.templates[name];
  return (
    <>
      <TemplateMark name={name} />
      <h2>{title}</h2>
      <p>{text}</p>
      <ul className="facts">
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      <Button
        block
        aria-label={`${words.templates.use}${words.colon}${title}`}
        onClick={() => void navigation.go(`/activities/new/${name}`)}
      >
        {words.templates.use}
      </Button>
    </>
  );
}

/** A small picture of each way to win. */
function TemplateMark({ name }: { name: TemplateName }) {
  return (
    <svg viewBox="0 0 56 56" width="56" height="56" aria-hidden="true" focusable="false">
      <rect width="56" height="56" rx="14" fill="#f6e9e6" />
      {MARKS[name]}
    </svg>
  );
}

const RED = '#9e1b2c';
const GOLD = '#d9a441';

const MARKS: Readonly<Record<TemplateName, ReactNode>> = {
  spring: (
    <g>
      <circle cx="28" cy="28" r="17" fill={RED} />
      <path
        d="M28 28V11a17 17 0 0 1 14.700 8.500zM28 28l14.700 8.500A17 17 0 0 1 28 45zM28 28l-14.700-8.500A17 17 0 0 0 13.300 36.500z"
        fill={GOLD}
      />
      <circle cx="28" cy="28" r="4.500" fill="#fff" />
    </g>
  ),
  password: (
    <g>
      <path d="M12 15h32a3 3 0 0 1 3 3v17a3 3 0 0 1-3 3H27l-8 7v-7h-7a3 3 0 0 1-3-3V18a3 3 0 0 1 3-3z" fill={RED} />
      <circle cx="20" cy="26.500" r="2.600" fill={GOLD} />
      <circle cx="28" cy="26.500" r="2.600" fill={GOLD} />
      <circle cx="36" cy="26.500" r="2.600" fill={GOLD} />
    </g>
  ),
  'check-in': (
    <g>
      <rect x="12" y="14" width="32" height="30" rx="4" fill={RED} />
      <rect x="12" y="14" width="32" height="8" rx="4" fill="#7c1422" />
      <path d="M20 33l5.500 5.500L37 27" fill="none" stroke={GOLD} strokeWidth="3.500" strokeLinecap="round" />
    </g>
  ),
  greeting: (
    <g>
      <circle cx="28" cy="21" r="8" fill={RED} />
      <path d="M13 45a15 15 0 0 1 30 0z" fill={RED} />
      <path d="M40 12v10M35 17h10" stroke={GOLD} strokeWidth="3.500" strokeLinecap="round" />
    </g>
  ),
  receipt: (
    <g>
      <path d="M17 11h22v34l-5.500-4-5.500 4-5.500-4-5.500 4z" fill={RED} />
      <path d="M22 19h12M22 25h12M22 31h7" stroke={GOLD} strokeWidth="3" strokeLinecap="round" />
    </g>
  ),
  spend: (
    <g>
      <path d="M14 21h28l-3 24H17z" fill={RED} />
      <path d="M21 24v-5a7 7 0 0 1 14 0v5" fill="none" stroke={GOLD} strokeWidth="3" strokeLinecap="round" />
      <path
        d="M23 30l5 5 5-5M28 35v7M23.500 37.500h9"
        fill="none"
        stroke={GOLD}
        strokeWidth="2.500"
        strokeLinecap="round"
      />
    </g>
  ),
};
