import { formatYuan } from '../../base/fen.ts';
import type { Fen } from '../../base/fen.ts';
import type { BatchLine } from '../../flows/ports/draw-batches.ts';
import type { ConsoleFile } from '../console-file.ts';

const LINES_PER_PAGE = 5000;
const HEAD = 'line,openid,fault,outcome,prize,yuan';

/**
 * Reads all lines and returns them as CSV (https://www.rfc-editor.org/rfc/rfc4180). Openids and prize ids have neither
 * comma nor quote, so no cell needs quoting.
 */
export async function batchFile(
  id: string,
  lines: (page: { readonly after: number; readonly most: number }) => Promise<readonly BatchLine[]>,
): Promise<ConsoleFile> {
  const parts = [HEAD];
  for (let after = 0; ;) {
    const page = await lines({ after, most: LINES_PER_PAGE });
    parts.push(...page.map(cells));
    const last = page.at(-1);
    if (last === undefined || page.length < LINES_PER_PAGE) break;
    after = last.line;
  }
  const text = `\uFEFF${parts.join('\r\n')}\r\n`;
  return { name: `list-${id.slice(0, 8)}.csv`, type: 'text/csv; charset=utf-8', text };
}

function cells({ line, openid, fault, outcome, prizeId, amountFen }: BatchLine): string {
  const yuan = amountFen === 0 ? '' : formatYuan(amountFen as Fen);
  return [line, plain(openid), fault ?? '', outcome ?? (fault === null ? 'open' : ''), prizeId ?? '', yuan].join(',');
}

/** An openid may begin with a minus, which a spreadsheet would calculate with. */
function plain(openid: string): string {
  return openid.startsWith('-') ? `'${openid}` : openid;
}
