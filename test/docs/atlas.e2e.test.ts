// SPDX-License-Identifier: GPL-2.0-or-later
/** docs/atlas is what the model says today (UPDATE_DOCS=1 writes it), and every sentence of its prose is backed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ATLAS_PAGES,
  type AtlasLanes,
  FUNCTION_FACTS,
  makeAtlas,
  markdownPage,
  type Page,
  PROSE,
  rstDocument,
  siteFiles,
} from '@specialbit/advice/atlas';
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { createWorld, judge, kernelOptions, OutcomeRecord, Player, PROVEN_PROFILES } from '@specialbit/core';
import { parseLog } from '@specialbit/events';
import { decodeLink, EMPTY, encodeLink } from '@specialbit/viewer';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../scripts/atlas-facts.mjs';
import { namedLane } from './named-lane.testkit.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'docs/atlas');
const HOME = 'https://specialbit.github.io/specialbit/';

const lanes: AtlasLanes = {
  archs: [
    { name: 'x86_64', bit: true },
    { name: 'arm', bit: false },
  ],
  huge: {
    pmd: [
      { name: 'x86_64', bit: true },
      { name: 'i386-pae', bit: false },
    ],
    pud: [{ name: 'x86_64', bit: true }],
  },
  all: [...x86, ...nospecial, ...special].map(({ name }) => name),
  kernels: PROVEN_PROFILES.map(({ name }) => name.replace('linux-', '')),
  lane: (arch, kernel, header) => namedLane(`${arch}@${kernel}`, header),
};
const { pages, chapters, matrix } = makeAtlas(lanes);

/** The logs that a page links, each with its number of events. */
function logsOf(page: Page): Map<string, number> {
  const text = JSON.stringify(page, (_, value) => value);
  const found = new Map<string, number>();
  JSON.parse(text, (_, value) => {
    if (typeof value?.log === 'string') found.set(value.log, value.events);
    return value;
  });
  return found;
}

const made = new Map<string, string>();
for (const page of pages) {
  for (const [log, events] of logsOf(page)) made.set(log, `${HOME}#${await encodeLink({ ...EMPTY, log, at: events })}`);
}
const links = { log: (log: string): string => made.get(log)!, file: (path: string): string => `../../${path}` };

describe('docs/atlas', () => {
  it('is what the model says', () => {
    const update = process.env.UPDATE_DOCS === '1';
    if (update) mkdirSync(folder, { recursive: true });
    for (const page of pages) {
      const text = markdownPage(page, links);
      const file = join(folder, `${page.name}.md`);
      if (update) writeFileSync(file, text);
      expect(readFileSync(file, 'utf8') === text, `${page.name}.md is not current: UPDATE_DOCS=1 writes it`).toBe(true);
    }
    expect(readdirSync(folder).sort()).toEqual(ATLAS_PAGES.map((name) => `${name}.md`).sort());
  });

  it('stays small', () => {
    const sizes = readdirSync(folder).map((name) => readFileSync(join(folder, name)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 << 20);
  });

  it('has links that open the log of their cell, short enough for a mail', async () => {
    const [log, link] = [...made][made.size >> 1]!;
    expect((await decodeLink(link.slice(link.indexOf('#') + 1))).log).toBe(log);
    expect(Math.max(...[...made.values()].map((one) => one.length))).toBeLessThan(2000);
    // each is a log whose last event is the operation
    for (const [text, events] of [...made.keys()].map((one) => [one, parseLog(one).events.length] as const)) {
      expect(text.split('\n').length).toBe(events + 2);
    }
  });
});

describe('the prose', () => {
  const sentences = PROSE.flatMap((passage) => passage.sentences.map((one) => [one.text, one.backing] as const));

  it.each(sentences)('%s', (_, backing) => {
    if ('cell' in backing) {
      const [kind, operation] = backing.cell;
      const section = chapters.flatMap((one) => one.sections).find((one) => one.kind.name === kind)!;
      const row = section.rows.find((one) => one.operation === operation);
      const texts = row === undefined ? [section.impossible, section.impossible] : [row.withBit, row.without];
      for (const [i, answers] of texts.entries()) {
        const said = answers.map(({ kernels, text }) => (kernels === '' ? text : `${kernels}: ${text}`));
        expect(said.join('; ')).toMatch(backing.says[i]!);
      }
    } else if ('log' in backing) {
      for (const lane of ['x86_64', 'arm']) expect(unmet(backing.log, lane)).toEqual([]);
    } else {
      const trees = (process.env.LINUX_SOURCE ?? '').split(':').filter((tree) => existsSync(join(tree, backing.file)));
      for (const tree of trees) expect(readFileSync(join(tree, backing.file), 'utf8')).toContain(`${backing.source}(`);
    }
  });
});

describe('what is said of functions', () => {
  const trees = (process.env.LINUX_SOURCE ?? '').split(':').filter((tree) => existsSync(join(tree, 'mm/memory.c')));

  it.skipIf(trees.length === 0)('is in the sources of kernels (LINUX_SOURCE names them)', () => {
    for (const tree of trees) {
      const { kernel, pages: found } = factsOf(tree, false);
      if (FUNCTION_FACTS.kernels.every((one) => one.kernel !== kernel)) continue;
      const said = Object.entries(FUNCTION_FACTS.pages).flatMap(([name, facts]) => {
        const of = facts.filter(({ callers }) => callers[kernel] !== undefined).map(({ callers: _, ...fact }) => fact);
        return of.length === 0 ? [] : [[name, of] as const];
      });
      expect(found).toEqual(Object.fromEntries(said));
    }
  });

  it('is there for every function that has a page, on some kernel', () => {
    const known = new Set(Object.keys(FUNCTION_FACTS.pages));
    const named = ATLAS_PAGES.flatMap((name) => (name.startsWith('call-') ? [name.slice(5)] : []));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !named.includes(name))).toEqual([]);
  });
});

function unmet(file: string, name: string): string[] {
  const { header, events } = parseLog(readFileSync(join(root, file), 'utf8'));
  const { options } = namedLane(name, header);
  const player = new Player(kernelOptions(options), createWorld(options));
  const outcomes = new OutcomeRecord();
  return events.flatMap((event, i) => {
    if (event.type !== 'expect') {
      outcomes.note(i + 1, player.step(event));
      return [];
    }
    player.skip();
    // what is expected of several lanes together is the business of verify
    if (event.quantifier !== 'forall') return [];
    const { against } = judge(event, [{ name, kernel: player.kernel, outcomes }]);
    return against.flatMap((finding) => finding.unmet.map(({ member }) => `${i + 1}: ${member}`));
  });
}

describe('who looks at what', () => {
  const row = (operation: string): unknown => {
    const { pfnmap, mixedmap, bit, otherwise } = matrix.find((one) => one.operation === operation)!;
    return { pfnmap, mixedmap, bit, otherwise };
  };

  it('is found by exchanging it', () => {
    expect(row('get_user_pages_fast_only')).toEqual({ pfnmap: false, mixedmap: false, bit: true, otherwise: [] });
    expect(row('munmap')).toEqual({ pfnmap: true, mixedmap: true, bit: true, otherwise: [] });
    expect(row('mremap, moves and grows')).toEqual({ pfnmap: true, mixedmap: false, bit: false, otherwise: [] });
    // MADV_DOFORK asks for VM_SPECIAL since 7.1; zap_vma_ptes() took VM_PFNMAP alone until then
    expect(row('MADV_DOFORK')).toEqual({
      pfnmap: true,
      mixedmap: true,
      bit: false,
      otherwise: ['6.1', '6.12', '6.18'],
    });
  });
});

describe('reStructuredText', () => {
  const text = rstDocument('Special mappings', pages);

  it('keeps to 80 columns and has no link of the project', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).not.toMatch(/specialbit|https?:/);
  });

  const docutils = spawnSync('python3', ['-c', 'import docutils']).status === 0;
  it.skipIf(!docutils)('is read by docutils without a warning', () => {
    const script = `import sys, io, docutils.core
warnings = io.StringIO()
docutils.core.publish_string(sys.stdin.read(), writer_name='html5', settings_overrides={'warning_stream': warnings, 'report_level': 2, 'halt_level': 5})
print(warnings.getvalue())`;
    // a page of each kind: docutils takes seconds for all
    const some = ['index', 'who-looks', 'kind-page-cache', 'call-vmf_insert_mixed'];
    const input = rstDocument(
      'Special mappings',
      pages.filter(({ name }) => some.includes(name)),
    );
    const { stdout, status } = spawnSync('python3', ['-c', script], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect([status, stdout.trim()]).toEqual([0, '']);
  });
});

describe('the site', () => {
  const files = siteFiles(pages, links);

  it('has a page for each, and links within it that lead somewhere', () => {
    const names = files.map(({ name }) => name);
    for (const { text } of files.filter(({ name }) => name.endsWith('.html'))) {
      for (const [, href] of text.matchAll(/href="([\w-]+\.(?:html|css))"/g)) expect(names).toContain(href);
      expect(text).toContain('<input type="search"');
    }
  });

  it('finds what is looked for', () => {
    const script = files.find(({ name }) => name === 'search.js')!.text;
    const entries = JSON.parse(/^const ENTRIES = (.*);$/m.exec(script)![1]!) as [string, string, string][];
    const hits = entries.filter((one) =>
      ['zap_vma_ptes', 'unmapped', 'count'].every((word) => one.join(' ').includes(word)),
    );
    expect(hits.map(([place]) => place.split('#')[0])).toContain('kind-vmf_insert_mixed.html');
  });
});
