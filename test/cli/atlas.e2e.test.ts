// SPDX-License-Identifier: GPL-2.0-or-later
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root, specialbit } from './specialbit.testkit.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'specialbit-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('specialbit atlas', () => {
  it('prints pages as JSON, and their names', async () => {
    const { out } = await specialbit(['atlas', 'call-vmf_insert_pfn', '--json']);
    const { pages } = JSON.parse(out) as { pages: { name: string; blocks: { kind: string }[] }[] };
    expect(pages.map(({ name }) => name)).toEqual(['call-vmf_insert_pfn']);
    expect(new Set(pages[0]!.blocks.map(({ kind }) => kind))).toEqual(
      new Set(['heading', 'list', 'paragraph', 'table']),
    );
    const list = await specialbit(['atlas', '--list', '--json']);
    expect(JSON.parse(list.out)).toContain('call-vmf_insert_pfn');
    const { code, err } = await specialbit(['atlas', '--json', '--format', 'rst']);
    expect([code, err]).toEqual([2, 'specialbit: --json is printed: expected neither --output nor --format\n']);
  });

  it('prints a page as it is committed', async () => {
    const { code, out } = await specialbit(['atlas', 'call-vmf_insert_pfn']);
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(root, 'docs/atlas/call-vmf_insert_pfn.md'), 'utf8'));
  });

  it('writes links that open reads', async () => {
    const { out } = await specialbit(['atlas', 'kind-page-cache']);
    const [, link] = /\[log\]\((\S+)\)/.exec(out)!;
    const opened = await specialbit(['open', link!]);
    expect(opened.code).toBe(0);
    expect(opened.out).toContain('page-cache-P-shared: read');
  });

  it('writes a site, and reStructuredText', async () => {
    const site = folder();
    const pages = ['who-looks', 'call-vm_map_pages'];
    expect((await specialbit(['atlas', ...pages, '--format', 'site', '--output', site])).code).toBe(0);
    expect(readdirSync(site).sort()).toEqual([
      'call-vm_map_pages.html',
      'search.js',
      'style.css',
      'viewer',
      'who-looks.html',
    ]);
    const { out } = await specialbit(['atlas', 'who-looks', '--format', 'rst']);
    expect(out).toMatch(/^\.\. SPDX-License-Identifier: GPL-2\.0\n\n=+\nSpecial mappings\n=+\n/);
  });

  it.each([
    [['vm_insert_pge'], 'did you mean "vm_insert_page"?'],
    [['page'], 'no such page'],
    [['--format', 'site'], '--format site wants --output'],
    [['--format', 'pdf'], 'Allowed choices are markdown, rst, site'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await specialbit(['atlas', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
