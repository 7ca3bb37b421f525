import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import readExcelFile from 'read-excel-file/node';
import type { ExportCell, ExportColumn } from '../../../src/flows/ports/exports.ts';
import { csvFile } from '../../../src/http/exports/csv-file.ts';
import { xlsxFile } from '../../../src/http/exports/xlsx-file.ts';
import { NOON_MS } from '../../support/builders.ts';

const columns: readonly ExportColumn[] = [
  { name: 'at', holds: 'time' },
  { name: 'nickname', holds: 'text' },
  { name: 'amount', holds: 'money' },
  { name: 'draws', holds: 'number' },
  { name: 'order', holds: 'text' },
];

async function* batches(...given: readonly (readonly (readonly ExportCell[])[])[]) {
  yield* given;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('a CSV file', () => {
  test('begins with a byte order mark and lets no spreadsheet calculate what people call themselves', async () => {
    const rows = batches([
      [NOON_MS, '=HYPERLINK("http://x","y")', 12_345, 3, '12345678901234567890'],
      [NOON_MS, '+1', null, 0, 'hb1'],
      [NOON_MS, '小明, "明"\n', 100, 1, null],
    ]);
    const text = (await bytesOf(csvFile({ columns, rows, language: 'zh' }))).toString();
    assert.equal(
      text,
      '\uFEFF时间（北京）,昵称,金额（元）,抽奖次数,商户订单号\r\n' +
        `2026-11-21 12:00:00,"'=HYPERLINK(""http://x"",""y"")",123.45,3,12345678901234567890\t\r\n` +
        "2026-11-21 12:00:00,'+1,,0,hb1\r\n" +
        '2026-11-21 12:00:00,"小明, ""明""\n",1.00,1,\r\n',
    );
  });
});

describe('a workbook', () => {
  test('is read by another program as it was written, over as many sheets as it needs', async () => {
    const rows = batches(
      [
        [NOON_MS, '=1+1', 12_345, 3, '12345678901234567890'],
        [NOON_MS, 'a<b>&"c"\u0007\uD800', 1, 0, null],
      ],
      [[NOON_MS, '第三行', null, 1, 'hb3']],
    );
    const bytes = await bytesOf(xlsxFile({ columns, rows, language: 'en', sheetRowsMax: 3 }));
    const sheets = await readExcelFile(bytes);
    const [first, second] = sheets.map(({ data }) => data);
    assert.deepEqual(first, [
      ['Time (Beijing)', 'Nickname', 'Amount (yuan)', 'Draws', 'Order number'],
      ['2026-11-21 12:00:00', '=1+1', 123.45, 3, '12345678901234567890'],
      ['2026-11-21 12:00:00', 'a<b>&"c"\uFFFD', 0.01, 0, null],
    ]);
    assert.deepEqual(second?.[1], ['2026-11-21 12:00:00', '第三行', null, 1, 'hb3']);
    assert.equal(sheets.length, 2);
  });

  test('without rows has a sheet with its heads', async () => {
    const bytes = await bytesOf(xlsxFile({ columns, rows: batches(), language: 'zh' }));
    const sheets = await readExcelFile(bytes);
    assert.deepEqual(sheets[0]?.data, [['时间（北京）', '昵称', '金额（元）', '抽奖次数', '商户订单号']]);
  });
});
