import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { PHONE } from '../support/browser.ts';
import { somebody } from '../support/builders.ts';
import { look, startConsoleInBrowser } from '../support/console-browser.ts';
import type { ConsoleInBrowser } from '../support/console-browser.ts';

let stage: ConsoleInBrowser;
before(async () => {
  stage = await startConsoleInBrowser();
});
after(() => stage?.close());

const dialog = (page: Page) => page.getByRole('dialog');
// While it works the button is also called loading.
const adding = (page: Page) => dialog(page).getByRole('button', { name: /添加$/ });
const open = (page: Page, path: string) => page.goto(`${stage.server.url}/console${path}`);

test('an operator makes a list, is told each faulty entry, imports a file and takes somebody off', async () => {
  const { context, page, faults } = await stage.signedIn({ role: 'operator', name: 'xiao' });
  await page.getByRole('link', { name: '名单' }).click();
  await page.getByRole('heading', { name: '还没有名单' }).waitFor();
  await look(page, 'console-lists-empty-1280');
  await page.getByRole('button', { name: '新建名单' }).first().click();
  await adding(page).click();
  await page.getByText('请至少填一个 openid。').waitFor();
  await page.getByLabel('名单名称').fill('blacklist');
  const [ann, ben, cat] = [somebody(), somebody(), somebody()];
  await page.getByLabel('openid，每行一个').fill(`${ann}\n小王\n${ben}`);
  await adding(page).click();
  await page.getByText('第 2 个: "小王"').waitFor();
  await look(page, 'console-lists-faulty-1280', false);
  await page.getByLabel('openid，每行一个').fill(`${ann}\n${ben}`);
  await adding(page).click();
  await page.getByRole('heading', { name: 'blacklist' }).waitFor();
  await page.getByText(ann).waitFor();
  await page.getByRole('button', { name: '添加', exact: true }).click();
  const choosing = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: '从文件导入' }).click();
  const file = { name: '名单.csv', mimeType: 'text/csv', buffer: Buffer.from(`姓名,openid\n王,${cat}\n李,${ann}\n`) };
  await (await choosing).setFiles(file);
  await page.getByText(cat).waitFor();
  await page.getByText('xiao').first().waitFor();
  await dialog(page).waitFor({ state: 'hidden' });
  await look(page, 'console-list-1280');
  await page.getByRole('button', { name: `移出 ${ben}` }).click();
  await dialog(page).getByRole('button', { name: '移出', exact: true }).click();
  await page.getByText(ben).first().waitFor({ state: 'detached' });
  const kept = await stage.server.database.client.query('select openid from person_list order by openid');
  assert.deepEqual(
    kept.rows.map(({ openid }) => String(openid)),
    [ann, cat].toSorted(),
  );
  assert.deepEqual(
    faults.filter((fault) => !/400/.test(fault)),
    [],
  );
  await context.close();
});

test('in English and on a phone the lists are read, and finance changes nothing', async () => {
  const { context, page, faults } = await stage.signedIn({
    role: 'finance',
    name: 'fang',
    language: 'en',
    size: PHONE,
  });
  await open(page, '/lists');
  await page.getByRole('link', { name: 'blacklist' }).click();
  await page.getByRole('heading', { name: 'blacklist' }).waitFor();
  await look(page, 'console-list-en-390');
  assert.equal(await page.getByRole('button', { name: 'Add', exact: true }).count(), 0);
  assert.equal(await page.getByRole('button', { name: /Take off/ }).count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});
