/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Happening } from './api.ts';
import { Commit } from './commit.tsx';
import { Decision } from './decision.tsx';
import { MoneyTrack } from './money-track.tsx';
import { fieldOf } from './pretty-xml.ts';
import type { PayCall, Story } from './stories.ts';
import { useSpeech, wordFor, yuan } from './words.ts';
import type { Words } from './words.ts';
import { XmlView } from './xml-view.tsx';

/** The steps of one story, in the order in which they happened. */
export function StorySteps({ story, mode }: { readonly story: Story; readonly mode: string }) {
  const { words } = useSpeech();
  const { message, draw, replies, calls, packets, atMs } = story;
  const ended = packets.some(({ detail }) => detail['status'] === 'RECEIVED' || detail['status'] === 'REFUND');
  return (
    <ol class="steps">
      {message !== null && (
        <Step mark="message" title={words.stepMessage} note={words.stepMessageNote(mode)}>
          <XmlView text={message.text ?? ''} />
        </Step>
      )}
      {draw !== null && (
        <Step
          mark="decision"
          title={words.stepDecision}
          note={words.stepDecisionNote(draw.activity, draw.ruleVersion)}
          open
        >
          <Decision draw={draw} />
        </Step>
      )}
      {draw !== null && (
        <Step mark="commit" title={words.stepCommit}>
          <Commit draw={draw} />
        </Step>
      )}
      {replies.map((reply) => (
        <Step key={reply.id} mark="reply" title={replyTitle(reply, words)} note={since(reply.atMs, atMs)}>
          {reply.kind === 'reply' && reply.text !== 'success' ? (
            <XmlView text={reply.text ?? ''} />
          ) : (
            <Raw reply={reply} />
          )}
        </Step>
      ))}
      {draw?.payoutState === 'waiting' && calls.length === 0 && <Step mark="wait" title={words.stepWaiting} />}
      <PayoutSteps calls={calls} packets={packets} fromMs={atMs} />
      {draw?.books && draw.books.length > 0 && (
        <Step mark="books" title={words.stepBooks} open>
          <MoneyTrack entries={draw.books} ended={ended} />
        </Step>
      )}
    </ol>
  );
}

/** Calls to WeChat Pay and what became of the packet meanwhile, as they happened. */
function PayoutSteps({ calls, packets, fromMs }: Pick<Story, 'calls' | 'packets'> & { readonly fromMs: number }) {
  const sends = calls.filter(({ kind }) => kind === 'send');
  const steps = [
    ...calls.map((call) => ({
      id: call.request.id,
      step: <CallStep key={call.request.id} call={call} turn={sends.indexOf(call) + 1} fromMs={fromMs} />,
    })),
    ...packets.map((packet) => ({
      id: packet.id,
      step: <PacketStep key={packet.id} packet={packet} fromMs={fromMs} />,
    })),
  ];
  return <>{steps.sort((left, right) => left.id - right.id).map(({ step }) => step)}</>;
}

/** One line of a story; what it holds is folded away until it is asked for. */
function Step(properties: {
  readonly mark: string;
  readonly title: string;
  readonly note?: string | undefined;
  readonly badge?: ComponentChildren;
  readonly open?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { mark, title, note, badge, children } = properties;
  const [open, setOpen] = useState(properties.open ?? false);
  const head = (
    <>
      <span class="step-title">{title}</span>
      {badge}
      {note !== undefined && <span class="step-note">{note}</span>}
    </>
  );
  if (children === undefined) {
    return (
      <li class="step" data-mark={mark}>
        <p class="step-head">{head}</p>
      </li>
    );
  }
  return (
    <li class="step" data-mark={mark}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary class="step-head">{head}</summary>
        {open && <div class="step-body">{children}</div>}
      </details>
    </li>
  );
}

function CallStep({ call, turn, fromMs }: { readonly call: PayCall; readonly turn: number; readonly fromMs: number }) {
  const { words } = useSpeech();
  const { kind, request, answer, count } = call;
  const title = kind === 'query' ? words.stepQuery : turn > 1 ? words.stepSendAgain(turn) : words.stepSend;
  const note = count > 1 ? words.times(count) : since(request.atMs, fromMs);
  const fault = answer?.detail['fault'];
  return (
    <Step mark="call" title={title} badge={<Answer call={call} />} note={note}>
      {typeof fault === 'string' && (
        <p class="fault-played">
          {Object.hasOwn(words.faultPlayed, fault) ? wordFor(words.faultPlayed, fault) : words.faultOther(fault)}
        </p>
      )}
      <h4>{words.requestXml}</h4>
      <XmlView text={request.text ?? ''} />
      <h4>{words.answerXml}</h4>
      {answer === null ? <p class="quiet">{words.noAnswerYet}</p> : <XmlView text={answer.text ?? ''} />}
    </Step>
  );
}

/** What the service may conclude from an answer: a spoiled one says nothing, whatever was written in it. */
function Answer({ call }: { readonly call: PayCall }) {
  const { words } = useSpeech();
  const [kind, text] = judge(call, words);
  return (
    <span class="answer" data-answer={kind}>
      {text}
    </span>
  );
}

const SPOILED = ['answer-lost-after-paying', 'hang', 'reset', 'garbage', 'http-500', 'trickle'];
const UNCLEAR = ['SYSTEMERROR', 'PROCESSING', 'ACCOUNT_CHECK_PENDING'];

function judge({ kind, answer }: PayCall, words: Words): readonly [string, string] {
  if (answer === null) return ['none', words.answerNone];
  const xml = answer.text ?? '';
  if (SPOILED.includes(String(answer.detail['fault'] ?? ''))) return ['unknown', words.answerUnknown];
  const code = fieldOf(xml, 'err_code') ?? '';
  const done = fieldOf(xml, 'return_code') === 'SUCCESS' && fieldOf(xml, 'result_code') === 'SUCCESS';
  if (done && kind === 'send') return ['paid', words.answerPaid];
  if (done) return ['paid', `${words.answerFound} ${fieldOf(xml, 'status') ?? ''}`];
  if (code === 'NOT_FOUND') return ['unknown', words.answerNotFound];
  if (kind === 'query' || UNCLEAR.includes(code)) return ['unknown', `${words.answerUnknown} ${code}`];
  return ['refused', `${words.answerRefused} ${code}`];
}

function PacketStep({ packet, fromMs }: { readonly packet: Happening; readonly fromMs: number }) {
  const { words, language } = useSpeech();
  const { detail, title, titleEn } = packet;
  const status = String(detail['status'] ?? '');
  const known = Object.hasOwn(words.stepPacket, status);
  const note = since(packet.atMs, fromMs);
  return (
    <Step
      mark={`packet-${status}`}
      title={known ? wordFor(words.stepPacket, status) : language === 'zh' ? title : titleEn}
      badge={typeof detail['amountFen'] === 'number' && <span class="step-amount">{yuan(detail['amountFen'])}</span>}
      note={note}
    />
  );
}

function Raw({ reply }: { readonly reply: Happening }) {
  const { language } = useSpeech();
  return <p class="quiet">{reply.text ?? (language === 'zh' ? reply.title : reply.titleEn)}</p>;
}

function replyTitle({ kind, text }: Happening, words: Words): string {
  if (kind === 'fault') return words.stepFault;
  return text === 'success' ? words.stepNoReply : words.stepReply;
}

/** How long after the message, `+38 ms` or `+1.2 s`; nothing across a skipped day. */
function since(atMs: number, fromMs: number): string | undefined {
  const ms = atMs - fromMs;
  if (ms < 0 || ms > 3_600_000) return undefined;
  return ms < 1000 ? `+${ms} ms` : `+${(ms / 1000).toFixed(1)} s`;
}
