import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import { issueFileLines } from '../../../src/http/issue-files/issue-file-lines.ts';
import { spoolFile } from '../../../src/http/issue-files/spool-file.ts';
import { textRows } from '../../../src/http/issue-files/text-rows.ts';
import { xlsxRows } from '../../../src/http/issue-files/xlsx-rows.ts';
import { xlsxFile, zip } from '../../support/xlsx-file.ts';

const ONE = 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const TWO = 'oBBBBBBBBBBBBBBBBBBBBBBBBBBB';
/** 备注,中奖 and 谢谢 as a program of the time before UTF-8 writes them. */
const GBK = Buffer.from('openid,amount,remark\n' + `${ONE},1.5,\xd0\xbb\xd0\xbb\n`, 'latin1');

describe('a file of openids', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'issue-files-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function text(bytes: string | Uint8Array) {
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    return collect(issueFileLines(textRows(path)));
  }
  async function sheet(bytes: Uint8Array) {
    const path = join(folder, 'sheet');
    await writeFile(path, bytes);
    return collect(issueFileLines(xlsxRows(path)));
  }

  it('may be openids alone, one a line, with empty lines and any line ends', async () => {
    const lines = await text(`${ONE}\r\n\r\n  ${TWO}  \n`);
    assert.deepEqual(
      lines.map(({ line, openid, amount, note }) => ({ line, openid, amount, note })),
      [
        { line: 1, openid: ONE, amount: '', note: '' },
        { line: 3, openid: TWO, amount: '', note: '' },
      ],
    );
    assert.equal((await text(`${ONE}\r${TWO}`)).length, 2);
  });

  it('may have amounts in yuan and notes after the openids, between commas, tabs or semicolons', async () => {
    for (const delimiter of [',', '\t', ';', '，']) {
      const [line] = await text([ONE, '1.50', '"十一, ""感谢"""'].join(delimiter));
      assert.deepEqual(line, { line: 1, openid: ONE, amount: '1.50', amountIn: 'yuan', note: '十一, "感谢"' });
    }
  });

  it('may name its columns in the first row, in any order and in fen', async () => {
    const [line, ...rest] = await text(`姓名,备注,金额(分),OpenID\n甲,补发,150,${ONE}\n`);
    assert.deepEqual(line, { line: 2, openid: ONE, amount: '150', amountIn: 'fen', note: '补发' });
    assert.deepEqual(rest, []);
  });

  it('is read alike in UTF-8 with and without mark, in UTF-16 and in GBK', async () => {
    const plain = `openid,amount,remark\n${ONE},1.5,谢谢\n`;
    const wanted = [{ line: 2, openid: ONE, amount: '1.5', amountIn: 'yuan', note: '谢谢' }];
    for (const bytes of [plain, `\uFEFF${plain}`, Buffer.from(`\uFEFF${plain}`, 'utf16le'), GBK]) {
      assert.deepEqual(await text(bytes), wanted);
    }
  });

  it('is told to be GBK late, after many lines of ASCII', async () => {
    const many = Array.from({ length: 20_000 }, () => `${ONE},1`).join('\n');
    const lines = await text(Buffer.concat([Buffer.from(`${many}\n`), Buffer.from(`${TWO},1,\xd0\xbb`, 'latin1')]));
    assert.equal(lines.length, 20_001);
    assert.equal(lines.at(-1)?.note, '谢');
  });

  it('is refused as a whole when it is no text', async () => {
    await assert.rejects(text(Buffer.from([0xd0, 0xbb, 0xff, 0xff, 0x0a])), isRefused('file-not-text'));
    await assert.rejects(text(Buffer.from('a\0b')), isRefused('file-not-text'));
  });

  it('tells a line without an end as too long and goes on after it, whatever its length', async () => {
    const lines = await text(`${ONE}\n${'x'.repeat(1_000_000)}\n${TWO}\n${'y'.repeat(5000)}`);
    assert.deepEqual(
      lines.map(({ line, openid, fault }) => [line, openid, fault]),
      [
        [1, ONE, undefined],
        [2, '', 'line-too-long'],
        [3, TWO, undefined],
        [4, '', 'line-too-long'],
      ],
    );
  });

  it('may be a spreadsheet, with shared or inline texts, numbers and gaps', async () => {
    const rows = [['openid', '金额', '备注'], [ONE, 1.1000000000000001, 'A & <B>'], [], [TWO, null, '无金额']];
    for (const inline of [false, true]) {
      assert.deepEqual(await sheet(xlsxFile(rows, inline)), [
        { line: 2, openid: ONE, amount: '1.1', amountIn: 'yuan', note: 'A & <B>' },
        { line: 4, openid: TWO, amount: '', amountIn: 'yuan', note: '无金额' },
      ]);
    }
  });

  it('is refused when it only pretends to be a spreadsheet', async () => {
    const good = xlsxFile([[ONE]]);
    for (const bytes of [Buffer.from('no zip'), good.subarray(0, 200), zip([['a.txt', 'x']]), Buffer.alloc(0)]) {
      await assert.rejects(sheet(bytes), isRefused('file-not-spreadsheet'));
    }
    const broken = Buffer.from(good);
    broken.fill(0xff, 120, 220);
    await assert.rejects(sheet(broken), isRefused('file-not-spreadsheet'));
  });

  it('is spooled to disk and removed, also when the upload breaks off', async () => {
    const spooled = await spoolFile(chunks('ab', 'c'));
    assert.equal(spooled.hash, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    await spooled.remove();
    await assert.rejects(spoolFile(broken()), /cut off/);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  throw new Error('cut off');
}

function isRefused(code: string) {
  return (error: unknown): boolean => error instanceof WrongRequest && error.code === code;
}
