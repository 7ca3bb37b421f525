/** @jsxImportSource preact */
import { useMemo } from 'preact/hooks';
import { fieldGloss } from './field-words.ts';
import { prettyLines } from './pretty-xml.ts';
import { useSpeech } from './words.ts';

/** XML (or what came in its place) with one element a line, coloured, each known field explained beside it. */
export function XmlView({ text }: { readonly text: string }) {
  const { language } = useSpeech();
  const lines = useMemo(() => prettyLines(text), [text]);
  return (
    <pre class="code" tabIndex={0}>
      <code>
        {lines.map(({ depth, parts, field }, at) => {
          const gloss = field === null ? null : fieldGloss(field, language);
          return (
            <span key={at} class="code-line" style={{ paddingLeft: `${depth * 1.25}em` }}>
              {parts.map((part, index) => (
                <span key={index} class={`code-${part.kind}`}>
                  {part.text}
                </span>
              ))}
              {gloss !== null && <span class="code-gloss">{gloss}</span>}
            </span>
          );
        })}
      </code>
    </pre>
  );
}
