// SPDX-License-Identifier: GPL-2.0-or-later
/** A page a function: where it is, who calls it, which locks it asks for, what it returns when, and on what that depends. */
import { FEATURES, findProfile } from '@specialbit/core';
import type { Feature } from '@specialbit/core/arch';
import { kernelFacts, type NamedFacts } from '@specialbit/view';
import { hookText } from '../ways.js';
import { accessRows } from './access-phys.js';
import { type AtlasChapter, type AtlasMaker, rangeText } from './atlas.js';
import { decisionsOf, decisionWords } from './decisions.js';
import { type Block, code, heading, type Inline, type Line, list, type Page, paragraph, tableOf } from './doc.js';
import type { FunctionFact } from './function-fact.js';
import { FUNCTION_FACTS } from './function-facts.js';
import { type ArchGroup, type CallPlayed, PLAYED, type PlayedCall, playCall } from './functions.js';
import { PMD_PAGES } from './ground.js';
import type { BitLevel } from './kinds.js';
import { answersLine, operationTable, reasonBlocks, same, whyLine } from './lines.js';

/** Functions that kernel code calls on mappings that are there: what they do is what these operations do. */
const OPERATED: Readonly<Record<string, readonly string[]>> = {
  get_user_pages: ['get_user_pages'],
  get_user_pages_fast: ['get_user_pages_fast'],
  get_user_pages_fast_only: ['get_user_pages_fast_only'],
  pin_user_pages: ['pin_user_pages', 'pin_user_pages, FOLL_LONGTERM and FOLL_WRITE'],
  pin_user_pages_fast: ['pin_user_pages_fast'],
  access_process_vm: ['access_process_vm, reads', 'access_process_vm, writes'],
  follow_pfnmap_start: ['follow_pfnmap_start'],
  zap_vma_ptes: ['zap_vma_ptes'],
  zap_page_range_single: ['MADV_DONTNEED', 'MADV_DONTNEED of the second page', 'unmap_mapping_range'],
  unmap_mapping_range: ['unmap_mapping_range', 'unmap_mapping_range, even_cows'],
};

const DECIDES: Readonly<Record<string, BitLevel>> = {
  vm_normal_page: 'pte',
  vm_normal_page_pmd: 'pmd',
  vm_normal_page_pud: 'pud',
};

/** Functions that the model has no event for: what the sources say is all that is known here. */
const READ: readonly string[] = ['vmf_insert_page_mkwrite', 'vmf_insert_folio_pud'];

/** What ->access is, played where access_process_vm() comes to it. */
const ACCESS = 'generic_access_phys';

/** Why there is nothing that was played. */
const UNPLAYED: Readonly<Record<string, string>> = {
  vmf_insert_page_mkwrite:
    'The model has no event for it: it makes an entry as vm_insert_page() does from ->fault, writable at once where it is a write that faults.',
  vmf_insert_folio_pud: 'The model has no event for it: vmf_insert_folio_pmd() is played, one level below.',
};

/** Pages of functions, in their order. */
export const FUNCTION_PAGES: readonly string[] = [
  ...PLAYED,
  ...Object.keys(OPERATED),
  ...Object.keys(DECIDES),
  ...READ,
  ACCESS,
];

/** Does the page of a function want every kind of mapping played? */
export const wantsChapters = (name: string): boolean => name in OPERATED;

const isPlayed = (name: string): name is PlayedCall => (PLAYED as readonly string[]).includes(name);

export function functionPage(maker: AtlasMaker, name: string, chapters: readonly AtlasChapter[]): Page {
  const blocks: Block[] = [...sourceBlocks(name)];
  if (isPlayed(name)) blocks.push(...calledBlocks(playCall(maker, name)));
  else if (name in OPERATED) blocks.push(...operatedBlocks(OPERATED[name]!, chapters));
  else if (name in DECIDES) blocks.push(...decidedBlocks(maker, DECIDES[name]!));
  else if (name === ACCESS) blocks.push(...accessBlocks(maker));
  else blocks.push(paragraph(...withCalls(UNPLAYED[name]!)));
  blocks.push(...dependsBlocks(maker, name));
  return { name: `call-${name}`, title: `${name}()`, blocks };
}

/** Names of functions are code. */
const withCalls = (text: string): Inline[] =>
  text
    .split(/(\w+\(\))/)
    .map((part): Inline => (/^\w+\(\)$/.test(part) ? code(part) : part))
    .filter((part) => part !== '');

/** What the sources of kernels say. */
function sourceBlocks(name: string): Block[] {
  const { kernels, pages } = FUNCTION_FACTS;
  const rows = kernels.flatMap(({ kernel, exact }) =>
    (pages[name] ?? []).flatMap((fact) => {
      const callers = fact.callers[kernel];
      return callers === undefined ? [] : [{ kernel, exact, fact, callers }];
    }),
  );
  const without = kernels
    .filter((one) => rows.every(({ kernel }) => kernel !== one.kernel))
    .map(({ kernel }) => kernel);
  const table = tableOf(
    ['kernel', 'function', 'file', 'how', 'takes', 'locks that it names', 'called in'],
    rows.map(({ exact, fact, callers }): readonly Line[] => [
      [exact],
      [code(`${fact.name}()`)],
      [fact.file],
      [fact.kind],
      fact.takes === undefined ? [] : [code(fact.takes.join(', '))],
      (fact.locks ?? []).flatMap((lock, i): Inline[] => [i === 0 ? '' : ', ', code(lock)]).filter((one) => one !== ''),
      [callersText(callers)],
    ]),
  );
  return [
    heading('In the source'),
    table,
    ...(without.length === 0 ? [] : [paragraph(`There is none in ${without.join(', ')}.`)]),
  ];
}

function accessBlocks(maker: AtlasMaker): Block[] {
  const rows = accessRows(maker);
  const reasons = rows.flatMap(({ withBit, without }) => [...withBit, ...without].flatMap((answer) => answer.reasons));
  return [
    heading('What access_process_vm() comes to'),
    paragraph(
      ...withCalls(
        "It is nobody's call but that of ->access: access_process_vm() comes here where get_user_pages() finds no page, for mappings whose handlers name it. Shared mappings that can be written to, with such a handler:",
      ),
    ),
    tableOf(
      ['mapped by', 'frames', 'access_process_vm', 'with the bit', 'without', 'why'],
      rows.map(({ ways, frames, op, withBit, without }): readonly Line[] => {
        const [set, none] = [answersLine(withBit), answersLine(without)];
        return [
          [ways.join('; ')],
          [frames],
          [op],
          set,
          same(set, none) ? ['the same'] : none,
          whyLine([...withBit, ...without]),
        ];
      }),
    ),
    ...reasonBlocks(reasons.filter((one, i) => reasons.findIndex(({ name }) => name === one.name) === i)),
  ];
}

/** Architectures that are named, at most, of those that most answer like. */
const NAMED = 20;

/** Folders that are named; others are counted together. */
const FOLDERS = 6;

/** `53 files: arch 9, kernel 6, drivers/video 4 ...`. */
function callersText(callers: FunctionFact['callers'][string]): string {
  const all = Object.entries(callers);
  const sum = all.reduce((total, [, count]) => total + count, 0);
  if (sum === 0) return 'no file';
  const shown = all.slice(0, FOLDERS).map(([folder, count]) => `${folder} ${count}`);
  const rest = all.slice(FOLDERS).reduce((total, [, count]) => total + count, 0);
  return `${sum} file${sum === 1 ? '' : 's'}: ${[...shown, ...(rest === 0 ? [] : [`elsewhere ${rest}`])].join(', ')}`;
}

function calledBlocks({ level, sets, needsNoLock, rows, archs, reasons }: CallPlayed): Block[] {
  const lock: Inline[] =
    sets === ''
      ? ['It changes no flag of the VMA by itself: the mmap lock for reading, or that of the VMA, is enough for that.']
      : [
          'It sets ',
          code(sets),
          ' where that is not set, which wants the mmap lock for writing',
          ...(needsNoLock.length === 0
            ? ['.']
            : ['; it changes none where ', code(needsNoLock.join(', ')), ' is set before.']),
        ];
  const bare = level !== 'pud';
  return [
    heading('Locks and flags'),
    { kind: 'paragraph', line: lock },
    heading('What it returns'),
    tableOf(
      [
        '',
        'called from',
        'flags set before',
        'frames and mapping',
        'with the bit',
        ...(bare ? ['without'] : []),
        'why',
      ],
      rows.map(({ hook, flags, what, withBit, without }, i): readonly Line[] => {
        const [set, none] = [answersLine(withBit), answersLine(without)];
        return [
          [String(i + 1)],
          [hookText(hook)],
          flags === '' ? [] : [code(flags.replace('|', ' '))],
          [what.join(', ')],
          set,
          ...(bare ? [same(set, none) ? ['the same'] : none] : []),
          whyLine([...withBit, ...without]),
        ];
      }),
    ),
    ...(archs.length === 0 ? [] : archBlocks(archs, level)),
    ...reasonBlocks(reasons),
  ];
}

/** Each architecture, beside those of the columns. */
function archBlocks(groups: readonly ArchGroup[], level: BitLevel): Block[] {
  const most = Math.max(...groups.map(({ archs }) => archs.length));
  return [
    heading('On every architecture'),
    paragraph(
      `On the newest kernel${level === 'pte' ? '' : `, where a PMD maps ${PMD_PAGES} pages`}; numbers are those of the rows above, of which the first kind of frames was played.`,
    ),
    tableOf(
      ['architectures', 'answer as', 'but'],
      groups.map(({ archs, as, otherwise }): readonly Line[] => [
        [archs.length === most && most > NAMED ? `all others: ${archs.length}` : archs.join(', ')],
        [as],
        [otherwiseText(otherwise)],
      ]),
    ),
  ];
}

function otherwiseText(otherwise: ArchGroup['otherwise']): string {
  const byText = new Map<string, number[]>();
  for (const { row, text } of otherwise) byText.set(text, [...(byText.get(text) ?? []), row + 1]);
  return [...byText].map(([text, rows]) => `${rows.join(', ')}: ${text}`).join('; ');
}

function operatedBlocks(operations: readonly string[], chapters: readonly AtlasChapter[]): Block[] {
  const rows = chapters.flatMap(({ sections }) => sections.flatMap((section) => section.rows));
  const reasons = rows
    .filter(({ operation }) => operations.includes(operation))
    .flatMap(({ withBit, without }) => [...withBit, ...without].flatMap((answer) => answer.reasons));
  return [
    ...operations.flatMap((operation) => [
      heading(operations.length === 1 ? 'What it does' : operation),
      ...operationTable(operation, chapters),
    ]),
    ...reasonBlocks(reasons.filter((one, i) => reasons.findIndex(({ name }) => name === one.name) === i)),
  ];
}

function decidedBlocks(maker: AtlasMaker, level: BitLevel): Block[] {
  const rows = decisionsOf(maker, level);
  const bare = level !== 'pud';
  const how =
    level === 'pte'
      ? 'Entries were written by hand, special or not, and the flags of the VMA set behind them.'
      : `Entries were made by vmf_insert_pfn_${level}(), and the flags of the VMA changed behind them. Whether such an entry is special the kernel decides: since 6.12 it is, where the architecture has the bit at that level.`;
  return [
    heading('What it answers'),
    paragraph(...withCalls(how)),
    tableOf(
      ['flags', 'entry', 'with the bit', ...(bare ? ['without'] : [])],
      rows.map(({ flags, entry, withBit, without }): readonly Line[] => {
        const [set, none] = [answersLine(withBit), answersLine(without)];
        return [
          flags === '' ? [] : [code(flags.replace('|', ' '))],
          [entry.join('; ')],
          set,
          ...(bare ? [same(set, none) ? ['the same'] : none] : []),
        ];
      }),
    ),
    heading('Why'),
    tableOf(
      ['name', 'condition'],
      decisionWords(rows).map(([name, text]) => [[code(name)], [text]]),
    ),
  ];
}

/** Names of mechanisms of the model whose page has another name. */
const MECHANISM: Readonly<Record<string, string>> = {
  follow_pfnmap_start: 'follow_pfnmap',
  zap_page_range_single: 'unmap_page_range',
  vm_normal_page_pmd: 'vm_normal_page',
  vm_normal_page_pud: 'vm_normal_page',
};

/** What its answers depend on: what kernels differ in, what it asks of an architecture, and what the model leaves out. */
function dependsBlocks({ given }: AtlasMaker, name: string): Block[] {
  const of = kernelFacts(findProfile(given.kernels.at(-1)!)!);
  const asked = MECHANISM[name] ?? name;
  const found = of.filter((facts) => facts.name === asked);
  const facts = found.find(({ kind }) => kind === 'event') ?? found[0];
  if (facts === undefined) return [];
  const parts = facts.through.flatMap((part) => of.filter((one) => one.name === part && one.kind === 'part'));
  const features = distinct([facts, ...parts], (one) => one.features);
  const changed = features.map(featureNamed).filter((feature) => feature !== undefined);
  const archFacts = distinct([facts, ...parts], (one) => one.facts);
  const blocks: Block[] = [];
  if (changed.length > 0) {
    blocks.push(
      heading('What kernels differ in'),
      tableOf(
        ['since', 'with it', 'before', 'on'],
        changed.map((feature): readonly Line[] => [
          [sinceText(feature)],
          [feature.summary],
          [feature.without],
          [kernelsWith(feature, given.kernels)],
        ]),
      ),
    );
  }
  if (archFacts.length > 0)
    blocks.push(heading('What it asks of an architecture'), list(archFacts.map((fact): Line => [code(fact)])));
  if (facts.omits.length > 0)
    blocks.push(heading('What the model leaves out'), list(facts.omits.map((text): Line => [text])));
  return blocks;
}

const distinct = (all: readonly NamedFacts[], of: (facts: NamedFacts) => readonly string[]): string[] => [
  ...new Set(all.flatMap(of)),
];

const featureNamed = (name: string): Feature | undefined => (FEATURES as Readonly<Record<string, Feature>>)[name];

const sinceText = ({ since }: Feature): string =>
  `${since.version === 'none' ? 'proposed' : since.version}${since.commit === undefined ? '' : ` (${since.commit})`}`;

/** Those of the atlas's kernels that have a feature. */
function kernelsWith(feature: Feature, kernels: readonly string[]): string {
  const on = kernels.filter((kernel) => findProfile(kernel)!.has(feature));
  return on.length === 0 ? 'none' : on.length === kernels.length ? 'all' : rangeText(on, kernels);
}
