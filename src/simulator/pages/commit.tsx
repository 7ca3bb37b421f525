/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { Draw } from './api.ts';
import { useSpeech, wordFor, yuan } from './words.ts';

/** The rows that one transaction wrote together. */
export function Commit({ draw }: { readonly draw: Draw }) {
  const { words } = useSpeech();
  const { outcome, ticket, amountFen, orderNumber, books, awardState } = draw;
  const award = books?.find(({ kind }) => kind === 'award');
  return (
    <>
      <dl class="rows">
        <Row name={words.rowDraw} code="draw">
          {words.outcome[outcome]}
          {ticket !== null && `, ${words.ticketNumber(ticket)}`}
        </Row>
        {awardState !== null && (
          <Row name={words.rowAward} code="award">
            {yuan(amountFen ?? 0)}
          </Row>
        )}
        {orderNumber !== null && (
          <Row name={words.rowPayout} code="payout">
            {words.orderNumber} <code>{orderNumber}</code>
          </Row>
        )}
        {award !== undefined && (
          <Row name={words.rowBook} code="book_entry">
            {words.movedFromTo(wordFor(words.place, award.credit), wordFor(words.place, award.debit))}{' '}
            {yuan(award.amountFen)}
          </Row>
        )}
        <Row name={words.rowReply} code="draw.reply">
          {words.rowReplyNote}
        </Row>
      </dl>
      {awardState === null && <p class="quiet">{words.noAward}</p>}
      <p class="quiet">{words.stepCommitNote}</p>
    </>
  );
}

function Row(properties: { readonly name: string; readonly code: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>
        {properties.name} <code>{properties.code}</code>
      </dt>
      <dd>{properties.children}</dd>
    </div>
  );
}
