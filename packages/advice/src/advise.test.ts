// SPDX-License-Identifier: GPL-2.0-or-later
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile, judge, laneOf, type NamedLane, OutcomeRecord, Player } from '@specialbit/core';
import { type LogHeader, parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import { type Advice, advise, needVerdict, type Question } from './advise.js';
import { AdviceError } from './errors.js';
import { event } from './line.js';
import { memoryNamed } from './memory.js';
import { needsNamed } from './needs.js';
import { proofLog } from './proof.js';
import { skeleton } from './skeleton.js';
import { adviceLines, recommendation } from './text.js';
import { playLines, readLines, Starts } from './trial.js';

const known = [...x86, ...nospecial];

/** A lane is what it is: one is made for each name and machine. */
const made = new Map<string, NamedLane>();
const starts = new Starts();

function laneNamed(name: string, header: LogHeader): NamedLane {
  const key = `${name} ${JSON.stringify([header.files, header.blocks, header.thp])}`;
  const lane = made.get(key) ?? newLane(name, header);
  made.set(key, lane);
  return lane;
}

function newLane(name: string, header: LogHeader): NamedLane {
  const [arch, kernel = '7.3'] = name.split('@') as [string, string?];
  return { name, options: laneOf(header, known.find((one) => one.name === arch)!, findProfile(kernel)) };
}

interface Asked extends Partial<Omit<Question, 'memory' | 'needs' | 'lanes'>> {
  readonly lanes?: readonly string[];
}

/** The same is asked once. */
const answers = new Map<string, Advice>();

function ask(memory: string, needs: string, asked: Asked = {}): Advice {
  const key = JSON.stringify([memory, needs, asked]);
  const advice = answers.get(key) ?? askAnew(memory, needs, asked);
  answers.set(key, advice);
  return advice;
}

function askAnew(memory: string, needs: string, { lanes = ['x86_64', 'arm'], ...more }: Asked = {}): Advice {
  return advise({
    memory: memoryNamed(memory),
    scattered: false,
    map: ['shared'],
    prot: 'rw',
    on: ['mmap', 'fault'],
    ...more,
    needs: needsNamed(needs === '' ? [] : [needs]),
    lanes: (header) => lanes.map((name) => laneNamed(name, header)),
  });
}

const idOf = ({ ways }: Advice): string => ways[0]!.way.id;
const found = (advice: Advice, id: string): Advice['ways'][number] => advice.ways.find(({ way }) => way.id === id)!;

/** What does not hold of a log on the lanes of its header. */
function unmetOf(text: string): string[] {
  const { header, events } = parseLog(text);
  const unmet: string[] = [];
  for (const name of header.arch ?? []) {
    const { options } = laneNamed(name, header);
    const start = starts.of(options);
    const player = new Player(start.options, start.world);
    const outcomes = new OutcomeRecord();
    for (const [i, event] of events.entries()) {
      if (event.type !== 'expect') {
        try {
          outcomes.note(i + 1, player.step(event));
        } catch {
          player.skip();
          outcomes.note(i + 1, null);
        }
        continue;
      }
      player.skip();
      for (const { unmet: list } of judge(event, [{ name, kernel: player.kernel, outcomes }]).against)
        unmet.push(
          ...list.map(
            ({ member, expected, found: is }) => `${header.title} ${name} ${i + 1}: ${member} ${expected} ${is}`,
          ),
        );
    }
  }
  return unmet;
}

describe('advice', () => {
  it('is what does all that was asked and no harm', () => {
    const lanes = ['x86_64@6.12', 'arm'];
    expect(idOf(ask('pages', 'gup,fork,revoke', { scattered: true, lanes }))).toBe('page/fault/none');
    expect(idOf(ask('device', 'revoke'))).toBe('vmf_insert_pfn/fault/VM_PFNMAP');
    // pgprot_decrypted() is for a device's memory, and not for RAM
    expect(idOf(ask('device', 'no-grow,no-coredump'))).toBe('io_remap_pfn_range/mmap/none');
    expect(idOf(ask('pages', 'no-grow,no-coredump'))).not.toMatch(/^io_|^vm_iomap/);
    expect(idOf(ask('vmalloc', 'gup', { on: ['mmap'] }))).toBe('remap_vmalloc_range/mmap/none');
  });

  it('says what the others do wrong, with the kernel function that decides', () => {
    const advice = ask('pages', 'gup,revoke');
    const remap = found(advice, 'remap_pfn_range/mmap/none');
    expect(needVerdict(remap, 'gup')).toMatchObject({
      kind: 'refused',
      found: '-EFAULT',
      reasons: [{ where: 'check_vma_flags' }],
    });
    expect(needVerdict(remap, 'revoke')).toMatchObject({ kind: 'wrong', found: 'it is mapped' });
    expect(remap.harmful).toEqual(['revoke']);
    // a page without a reference of its own is refused, or freed under the driver
    const tails = ask('pages:1', '', { on: ['fault'] });
    expect(needVerdict(found(tails, 'page/fault/none'), 'use').kind).toBe('freed');
    expect(needVerdict(found(tails, 'vmf_insert_pfn/fault/none'), 'use').kind).toBe('dies');
  });

  it('tells lanes apart', () => {
    const mixed = found(ask('pages', 'gup'), 'vmf_insert_mixed/fault/VM_MIXEDMAP');
    expect(mixed.parted).toEqual(['gup']);
    const groups = mixed.claims.find(({ need }) => need === 'gup')!.groups;
    expect(groups.map(({ lanes, verdict }) => [lanes, verdict.kind])).toEqual([
      [['x86_64'], 'refused'],
      [['arm'], 'works'],
    ]);
  });

  it('adds flags and handlers where they help, and only there', () => {
    const { extras } = found(ask('pages', 'no-fork,write-notify'), 'page/fault/none');
    expect(extras).toEqual({ flags: ['VM_DONTCOPY'], handlers: ['page_mkwrite'] });
    expect(found(ask('pages', 'gup'), 'page/fault/none').extras.flags).toEqual([]);
    // the page cache of a file system that names a handler of its own
    const cache = found(ask('page-cache', 'write-notify,rss'), 'generic_file_mmap/mmap/none');
    expect([cache.extras.handlers, cache.unmet]).toEqual([['page_mkwrite'], []]);
    const code = skeleton(cache, findProfile('7.3')!).join('\n');
    expect(code).toMatch(/\.fault = filemap_fault,[\s\S]*\.page_mkwrite = foo_page_mkwrite,/);
    expect(code).toContain('if (folio->mapping != vmf->vma->vm_file->f_mapping) {');
    // VM_IO would make a core dump leave it out, and GUP refuse it
    expect(found(ask('pages', 'gup,no-coredump'), 'page/fault/none').extras.flags).toEqual(['VM_DONTDUMP']);
  });

  it.each([
    ['pages', 'gup,no-grow,mlock', { map: ['shared', 'private'] }],
    ['dma-buf', 'fork,zap,longterm', { scattered: true, lanes: ['x86_64@6.1', 'x86_64', 'm68k'] }],
    ['pages:1', 'uncounted,write-notify,no-coredump', { on: ['fault', 'later'] }],
    ['device', 'huge,munmap-part,mremap,mprotect', { lanes: ['x86_64@6.12', 'arm'] }],
  ] as const)('has a log for each claim that shows it: %s, %s', (memory, needs, more) => {
    const { ways } = ask(memory, needs, more);
    const logs = ways
      .filter((_, i) => i % 3 === 0)
      .flatMap(({ claims }) => claims.map(({ log }) => log()))
      .filter((text) => text !== '');
    expect(logs.length).toBeGreaterThan(15);
    expect(logs.flatMap(unmetOf)).toEqual([]);
    // and each of them says something
    expect(logs.filter((text) => !text.includes('"expect"'))).toEqual([]);
  });

  it('is another one when the model is another one', () => {
    const zap = (kernel: string): string =>
      needVerdict(
        found(ask('device', 'zap', { lanes: [`x86_64@${kernel}`] }), 'vmf_insert_pfn/fault/VM_MIXEDMAP'),
        'zap',
      ).kind;
    expect([zap('6.12'), zap('6.12+zap_special_vma_range'), zap('7.3'), zap('7.3-zap_special_vma_range')]).toEqual([
      'wrong',
      'works',
      'works',
      'wrong',
    ]);
  });

  it('knows which kernels have a call', () => {
    const { ways } = ask('device', '', { lanes: ['x86_64@6.12'] });
    expect(ways.some(({ way }) => way.hook === 'mmap_prepare')).toBe(false);
    const both = found(ask('device', '', { lanes: ['x86_64@6.12', 'x86_64'] }), 'remap_pfn_range/mmap_prepare/none');
    expect(both.claims[0]!.groups.map(({ lanes, verdict }) => [lanes, verdict.kind])).toEqual([
      [['x86_64@6.12'], 'absent'],
      [['x86_64'], 'works'],
    ]);
  });

  it('fits a mail, in five lines and a table', () => {
    const advice = ask('pages', 'gup,no-grow,write-notify', { scattered: true, lanes: ['x86_64'] });
    expect(recommendation(advice).map(([word]) => word)).toEqual(['call', 'does', 'not', 'lanes', 'next']);
    const lines = adviceLines(advice, { most: 50, skeletons: [] });
    expect(lines.filter((line) => line.length > 78)).toEqual([]);
  });

  it.each([
    ['page', '', 'advice.memory', /did you mean "pages"\?/],
    ['pages:0', '', 'advice.memory', /order from 1 to 9/],
    ['pages', 'gpu', 'advice.need', /did you mean "gup"\?/],
    ['pages', 'gup,no-gup', 'advice.need', /contradict/],
  ])('refuses %s %s', (memory, needs, code, message) => {
    const refused = (): unknown => ask(memory, needs);
    expect(refused).toThrow(AdviceError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ code }));
  });
});

describe('the skeleton', () => {
  const code = (memory: string, id: string, kernel: string): string =>
    skeleton(found(ask(memory, '', { on: ['mmap', 'fault', 'later'] }), id), findProfile(kernel)!).join('\n');

  it('has the API of the kernel', () => {
    const mixed = 'vmf_insert_mixed/fault/VM_MIXEDMAP';
    expect(code('pages', mixed, '6.1')).toContain('vma->vm_flags |= VM_MIXEDMAP;');
    expect(code('pages', mixed, '6.12')).toContain('vm_flags_set(vma, VM_MIXEDMAP);');
    expect(code('pages', mixed, '6.12')).toContain('pfn_to_pfn_t(');
    expect(code('pages', mixed, '7.3')).toContain('vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT);');
    expect(code('pages', mixed, '7.3')).not.toContain('pfn_t');
    expect(code('device', 'vmf_insert_pfn_pmd/huge_fault/VM_PFNMAP', '6.1')).toContain('enum page_entry_size');
    expect(code('device', 'remap_pfn_range/mmap_prepare/none', '7.3')).toContain(
      'mmap_action_remap_full(desc, foo->pfn);',
    );
    expect(code('pages', 'vm_insert_page/later/none', '7.3')).toContain('mmap_write_lock(mm);');
    expect(code('pages', 'vm_insert_page/later/VM_MIXEDMAP', '7.3')).toContain('mmap_read_lock(mm);');
  });

  it('of every way is C with as many braces that open as close', () => {
    const { ways } = ask('pages', '', { on: ['mmap', 'fault', 'later'] });
    for (const judged of ways) {
      for (const kernel of ['6.1', '6.12', '6.19', '7.3']) {
        const text = skeleton(judged, findProfile(kernel)!).join('\n');
        expect(text.split('{').length, text).toBe(text.split('}').length);
        expect(text).not.toMatch(/undefined|\[object/);
      }
    }
  });
});

describe('both flags together', () => {
  it('stand behind all that the kernel does not take for a contradiction, whatever they do', () => {
    const { ways } = ask('pages', 'fork', { lanes: ['x86_64', 'arm'] });
    const usable = ways.filter(({ unmet }) => !unmet.includes('use'));
    const both = usable.filter(({ way }) => way.flags === 'VM_PFNMAP|VM_MIXEDMAP');
    expect(both.length).toBeGreaterThan(0);
    expect(usable.slice(-both.length)).toEqual(both);
    expect(usable.filter(({ contradictory }) => contradictory)).toEqual(both);
  });
});

describe('an answer', () => {
  it('says which events name what is not there, and were not played', () => {
    const lane = laneNamed('x86_64', { specialbit: 1 });
    const lines = readLines([
      event({ type: 'mmap', label: 'm', pages: 1, prot: 'rw' }),
      event({ type: 'munmap', at: 'm', pages: 1 }),
      event({ type: 'read', at: 'n' }),
    ]);
    const trial = playLines(lane, lines, [], starts);
    expect(trial.skipped).toEqual(['read n[0]']);
    const log = proofLog(
      { title: 'gone', description: [], header: {} },
      lines.map(({ line }) => line),
      [trial],
    );
    expect(parseLog(log).header.description).toEqual([
      'Not played on x86_64@7.3, where what it names is not there: read n[0]',
    ]);
  });

  it('has each reason once', () => {
    const lines = adviceLines(ask('pages', 'gup,longterm', { lanes: ['x86_64'] }), { most: 30, skeletons: [] });
    const text = lines.join(' ').replace(/\s+/g, ' ');
    const told = [...text.matchAll(/-E[A-Z]+; (?!as \d)(.*?\(\w+, mm\/\w+\.c\))/g)].map(([, why]) => why);
    expect(told.length).toBeGreaterThan(1);
    expect(new Set(told).size).toBe(told.length);
    expect(text).toMatch(/-EFAULT; as \d+, gup/);
  });
});
