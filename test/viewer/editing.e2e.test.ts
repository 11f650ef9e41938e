// SPDX-License-Identifier: GPL-2.0-or-later
/** The log as text, in the page: what is written, what the file says meanwhile, and what is wrong with it. */
import { writeFileSync } from 'node:fs';
import { EMPTY } from '@specialbit/viewer';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, NEEDS, Visits } from './browser.testkit.js';
import { S01_LOG } from './s01.testkit.js';
import { inFolder, viewed } from './served.testkit.js';

const EDITING = { file: 's01.jsonl', log: S01_LOG, at: 2, switches: { ...EMPTY.switches, edit: true } };
/** Has a label that begins a block of frames. */
const WITH_BLOCK = S01_LOG.replace('{"specialbit":1,', '{"specialbit":1,"blocks":{"C0":{"order":2,"compound":true}},');
const text = (page: Page): Promise<string> =>
  page
    .locator('.cm-line')
    .allTextContents()
    .then((lines) => lines.join('\n'));
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const on = document.activeElement;
    return on.closest('.cm-editor') !== null ? 'editor' : on.id || on.getAttribute('role') || on.tagName;
  })()`);

describe.skipIf(!hasBrowser)(`editing${NEEDS}`, () => {
  const visits = new Visits();
  beforeAll(() => visits.begin());
  afterAll(() => visits.end());

  it('the keyboard goes into the editor, and out of it', () =>
    visits.at({ ...EDITING, switches: EMPTY.switches }, async (page) => {
      await page.keyboard.press('e');
      await expect.poll(() => focused(page)).toBe('editor');
      await page.keyboard.press('Control+End');
      await page.keyboard.type('{"type":"exit"}');
      await expect.poll(() => page.textContent('.position')).toContain('of 10');
      expect(await focused(page)).toBe('editor');
      // the first one may be for what is offered to complete
      await expect
        .poll(async () => {
          await page.keyboard.press('Escape');
          return focused(page);
        })
        .toBe('switch-edit');
      await page.keyboard.press('e');
      await expect.poll(() => focused(page)).toBe('listbox');
      await page.goBack();
    }));

  it('an editor that was emptied stays, and a reload brings the log back', () =>
    visits.at(EDITING, async (page) => {
      await page.click('.cm-content');
      await expect.poll(() => new URL(page.url()).hash).toContain('at=2');
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      await page.waitForTimeout(500);
      expect(await page.locator('.cm-content').count()).toBe(1);
      expect(await focused(page)).toBe('editor');
      expect(await page.locator('.start').count()).toBe(0);
      await page.reload();
      await page.waitForSelector('.lane');
      expect(await page.textContent('h1')).toBe('S01: the same driver, other reference counts');
      expect(await text(page)).toContain('vmf_insert_mixed');
    }));

  it('Back takes back a run of edits', () =>
    visits.at(EDITING, async (page) => {
      await page.click('.cm-content');
      await page.keyboard.press('Control+End');
      await page.keyboard.type('{"type":"exit"}');
      await expect.poll(() => page.textContent('.position')).toContain('of 10');
      await page.waitForTimeout(400);
      await page.goBack();
      await expect.poll(() => page.textContent('.position')).toContain('of 9');
      expect(await text(page)).not.toContain('"exit"');
    }));

  it('what a line did is not in the way of what is written', () =>
    visits.at(EDITING, async (page) => {
      await page.click('.cm-content');
      await page.keyboard.press('Control+End');
      await page.hover('.cm-line >> nth=2');
      await page.waitForSelector('.cm-tooltip pre');
      const [tip, line] = await Promise.all([
        page.locator('.cm-tooltip').boundingBox(),
        page.locator('.cm-line').last().boundingBox(),
      ]);
      expect(tip!.y + tip!.height <= line!.y || tip!.y >= line!.y + line!.height).toBe(true);
      await page.keyboard.type('#');
      await page.waitForSelector('.cm-tooltip pre', { state: 'detached' });
    }));

  it('completes what can be written', () =>
    visits.at({ ...EDITING, log: WITH_BLOCK }, async (page) => {
      await page.click('.cm-content');
      await page.keyboard.press('Control+End');
      for (const [written, word] of [
        ['{"type":"wri', 'write'],
        ['{"type":"mmap","pr', 'prot'],
        ['{"type":"write","at":"', 'bo'],
        ['{"type":"vm_flags_set","at":"bo","flags":"VM_IO|VM_DONT', 'VM_DONTEXPAND'],
        ['{"type":"get_page","frame":"P', 'P0'],
        ['{"type":"mmap","file":"', 'dri'],
        ['{"type":"tu', 'tune'],
        ['{"type":"tune","ke', 'key'],
        ['{"type":"split_folio","or', 'order'],
        ['{"type":"shrink","nr', 'nr_to_scan'],
        ['{"type":"fwrite","pg', 'pgoff'],
        ['{"type":"fpunch","file":"', 'dri'],
        ['{"type":"tune","key":"khugepaged/d', 'khugepaged/defrag'],
        ['{"type":"tune","key":"defrag","value":"de', 'defer+madvise'],
        ['{"type":"tune","value":"a","key":"hugepages-pud/nr', 'hugepages-pud/nr_hugepages'],
        ['{"specialbit":1,"thp":{"khugepaged/d', 'khugepaged/defrag'],
        ['{"specialbit":1,"thp":{"hugepages-64kB/enabled":"i', 'inherit'],
        ['{"specialbit":1,"hugetlb":{"nr_o', 'nr_overcommit_hugepages'],
        ['{"type":"madvise","at":"bo","pages":1,"advice":"MADV_DONTN', 'MADV_DONTNEED'],
        ['{"type":"get_page","frame":"C0+', 'C0+1'],
      ] as const) {
        await page.keyboard.insertText(written.slice(0, -1));
        await page.keyboard.type(written.slice(-1));
        await page.keyboard.press('Control+Space');
        const offered = page.locator('.cm-tooltip-autocomplete li');
        await expect.poll(() => offered.allTextContents(), { message: written }).toContain(word);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Shift+Home');
        await page.keyboard.press('Delete');
        await expect.poll(() => offered.count(), { message: written }).toBe(0);
      }
    }));

  it('a file that changes is shown, unless what is seen was edited: then it is asked which counts', () =>
    inFolder(async (folder) => {
      const file = `${folder}/live.jsonl`;
      const lines = S01_LOG.split('\n');
      writeFileSync(file, lines.slice(0, 3).join('\n'));
      await viewed(file, async (url) => {
        await visits.at({}, async (page) => {
          await page.goto(url);
          await page.waitForSelector('.parting');
          await page.keyboard.press('e');
          await page.waitForSelector('.cm-content');
          writeFileSync(file, lines.slice(0, 6).join('\n'));
          await expect.poll(() => page.textContent('.position'), { timeout: 10_000 }).toContain('of 5');
          // page and editor have the same log
          expect((await text(page)).split('\n')).toHaveLength(6);
          await page.click('.cm-content');
          await page.keyboard.press('Control+End');
          await page.keyboard.type('\n# mine');
          writeFileSync(file, lines.slice(0, 4).join('\n'));
          await page.waitForSelector('.conflict', { timeout: 10_000 });
          expect(await page.textContent('.conflict')).toContain('live.jsonl has another log than the one you see here');
          expect(await text(page)).toContain('# mine');
          await page.click('text=Keep mine');
          await page.waitForSelector('.conflict', { state: 'detached' });
          expect(await page.textContent('.position')).toContain('of 5');
          writeFileSync(file, lines.slice(0, 5).join('\n'));
          await page.click("text=Take the file's", { timeout: 10_000 });
          await expect.poll(() => page.textContent('.position')).toContain('of 4');
          expect(await text(page)).toBe(lines.slice(0, 5).join('\n'));
          // an address with an edited log, opened when the file has another one
          await page.click('.cm-content');
          await page.keyboard.press('Control+End');
          await page.keyboard.type('\n# mine again');
          await page.waitForTimeout(600);
          await page.reload();
          await page.waitForSelector('.conflict');
          expect(await text(page)).toContain('# mine again');
        });
      });
    }));

  it('view opens a log with errors in the editor, with the errors in its margin', () =>
    inFolder(async (folder) => {
      const file = `${folder}/wrong.jsonl`;
      writeFileSync(file, S01_LOG.replace('"value":7', '"vlue":7'));
      await viewed(file, async (url, told) => {
        expect(told()).toContain('wrong.jsonl:3: vlue');
        await visits.at({}, async (page) => {
          await page.goto(url);
          await page.waitForSelector('.cm-lint-marker-error');
          expect(await page.textContent('.problem')).toContain('Line 3, vlue');
          expect(await page.textContent('.problem')).toContain('what stands behind it is not reached');
          expect(await page.textContent('.position')).toContain('of 1');
          await page.keyboard.press('Escape');
        });
      });
    }));
});
