// SPDX-License-Identifier: GPL-2.0-or-later
/** The atlas as pages: of prose, of who looks at what, of each kind of mapping, and of each call. */
import type { ReasonView } from '@specialbit/core';
import { ownText } from '../text.js';
import { callText, hookText } from '../ways.js';
import { type Answer, type AtlasChapter, type AtlasLanes, AtlasMaker, type Section } from './atlas.js';
import { type Block, code, heading, type Inline, type Line, list, type Page, paragraph, tableOf } from './doc.js';
import { FUNCTIONS, type FunctionPage, functionPage } from './functions.js';
import { ATLAS_CHAPTERS } from './kinds.js';
import { type MatrixRow, matrixOf } from './matrix.js';
import { OPERATIONS } from './operations.js';
import { type Backing, PROSE } from './prose.js';

export interface Atlas {
  readonly pages: readonly Page[];
  readonly chapters: readonly AtlasChapter[];
  readonly matrix: readonly MatrixRow[];
}

/** Plays everything; `only`: names of pages that are wanted, all when absent. */
export function makeAtlas(lanes: AtlasLanes, only?: ReadonlySet<string>): Atlas {
  const maker = new AtlasMaker(lanes);
  const wanted = (name: string): boolean => only === undefined || only.has(name);
  // the prose links cells of every chapter, and so do operations
  const needed =
    wanted('index') || wanted('operations')
      ? ATLAS_CHAPTERS
      : ATLAS_CHAPTERS.filter(({ name }) => wanted(kindPage(name)));
  const chapters = needed.map((chapter) => maker.chapter(chapter));
  const matrix = wanted('who-looks') ? matrixOf(maker) : [];
  const pages: Page[] = [];
  if (wanted('index')) pages.push(indexPage(chapters, lanes));
  if (wanted('who-looks')) pages.push(matrixPage(matrix, lanes));
  if (wanted('operations')) pages.push(operationsPage(chapters));
  pages.push(
    ...chapters.filter(({ chapter }) => wanted(kindPage(chapter.name))).map((chapter) => chapterPage(chapter)),
  );
  pages.push(...FUNCTIONS.filter((call) => wanted(`call-${call}`)).map((call) => callPage(functionPage(maker, call))));
  return { pages, chapters, matrix };
}

const kindPage = (name: string): string => `kind-${name}`;

/** Names of all pages. */
export const ATLAS_PAGES: readonly string[] = [
  'index',
  'who-looks',
  'operations',
  ...ATLAS_CHAPTERS.map(({ name }) => kindPage(name)),
  ...FUNCTIONS.map((call) => `call-${call}`),
];

function indexPage(chapters: readonly AtlasChapter[], { archs, kernels }: AtlasLanes): Page {
  const blocks: Block[] = [];
  for (const { title, sentences } of PROSE) {
    blocks.push(heading(title));
    const line: Inline[] = [];
    for (const { text, backing } of sentences) {
      if (line.length > 0) line.push(' ');
      line.push(...withCode(text), ...backed(backing, chapters));
    }
    blocks.push({ kind: 'paragraph', line });
  }
  const named = (bit: boolean): string =>
    archs
      .filter((arch) => arch.bit === bit)
      .map(({ name }) => name)
      .join(', ');
  blocks.push(
    heading('What follows'),
    paragraph(
      `All that follows was made by playing it: with the bit on ${named(true)}, without on ${named(false)}, on the kernels ${kernels.join(', ')}, which transcripts of real kernels prove. A word on the left of a colon names the kernels that it is about.`,
    ),
    list([
      [{ text: 'Who looks at which flag, and who at the bit', page: 'who-looks' }],
      [{ text: 'What each operation does', page: 'operations' }],
      ...ATLAS_CHAPTERS.map((chapter): Line => [{ text: chapterTitle(chapter.way), page: kindPage(chapter.name) }]),
      ...FUNCTIONS.map((call): Line => [{ text: `${call}()`, page: `call-${call}` }]),
    ]),
  );
  return { name: 'index', title: 'What VM_PFNMAP and VM_MIXEDMAP imply', blocks };
}

/** What stands between backquotes is code. */
function withCode(text: string): Inline[] {
  return text
    .split('`')
    .map((part, i) => (i % 2 === 1 ? code(part) : part))
    .filter((part) => part !== '');
}

/** A mark behind a sentence: what backs it. */
function backed(backing: Backing, chapters: readonly AtlasChapter[]): Inline[] {
  if ('log' in backing) return [{ aside: { text: 'log', file: backing.log } }];
  if ('source' in backing) return [{ aside: { text: `${backing.source}() in ${backing.file}` } }];
  const [kind, operation] = backing.cell;
  const row = chapters
    .flatMap(({ sections }) => sections)
    .find((section) => section.kind.name === kind)
    ?.rows.find((one) => one.operation === operation);
  if (row !== undefined) return [{ aside: { text: 'log', log: row.log, events: row.events } }];
  const chapter = chapters.find(({ sections }) => sections.some((section) => section.kind.name === kind))!;
  return [{ aside: { text: 'played', page: kindPage(chapter.chapter.name) } }];
}

function chapterTitle(way: AtlasChapter['chapter']['way']): string {
  const flags = ownText({ way, extras: { flags: [], handlers: [] } });
  const from = way.call === 'generic_file_mmap' ? '' : ` from ${hookText(way.hook)}`;
  return `${callText(way)}${from}${flags === '-' ? '' : `, ${flags}`}`;
}

function matrixPage(rows: readonly MatrixRow[], { archs, kernels }: AtlasLanes): Page {
  const yes = (looks: boolean): Line => [looks ? 'yes' : 'no'];
  const what = ({ pfnmap, mixedmap, bit }: MatrixRow): string =>
    bit ? (pfnmap || mixedmap ? 'both' : 'the PTE bit') : pfnmap || mixedmap ? 'the VMA flag' : 'neither';
  return {
    name: 'who-looks',
    title: 'Who looks at which flag, and who at the bit',
    blocks: [
      paragraph(
        `Each operation was done to raw entries of a driver's pages in a shared mapping, which nothing had counted, while one thing was exchanged and everything else stayed as it was: VM_PFNMAP, VM_MIXEDMAP, and the special bit of the entries. Where what came of it is not the same, the operation looks. On ${archs[0]!.name} and ${archs.find(({ bit }) => !bit)!.name}, of ${kernels.at(-1)!}. "Without" are the columns of the architecture that has no bit.`,
      ),
      tableOf(
        [
          'operation',
          'looks at',
          'VM_PFNMAP',
          'VM_MIXEDMAP',
          'the bit',
          'VM_PFNMAP, without',
          'VM_MIXEDMAP, without',
          'who says no, or complains',
          'otherwise on',
        ],
        rows.map((row) => [
          [row.operation],
          [what(row)],
          yes(row.pfnmap),
          yes(row.mixedmap),
          yes(row.bit),
          yes(row.pfnmapWithout),
          yes(row.mixedmapWithout),
          row.deciders.flatMap((name, i): Inline[] => (i === 0 ? [code(`${name}()`)] : [', ', code(`${name}()`)])),
          [row.otherwise.join(', ')],
        ]),
      ),
    ],
  };
}

/** `6.1: -EINVAL; 6.12 to 7.3: succeeds`. */
function answersLine(answers: readonly Answer[]): Line {
  return answers
    .flatMap(({ text, kernels, archs }, i): Inline[] => {
      const on = [...archs, kernels].filter((part) => part !== '').join(' ');
      return [i === 0 ? '' : '; ', on === '' ? text : `${on}: ${text}`];
    })
    .filter((piece) => piece !== '');
}

const same = (a: Line, b: Line): boolean => JSON.stringify(a) === JSON.stringify(b);

function kindTitle({ kind }: Section): string {
  const { words } = kind.frames;
  return `${words[0]!.toUpperCase()}${words.slice(1)}, ${kind.shared ? 'shared' : 'private'}`;
}

function chapterPage({ chapter, sections }: AtlasChapter): Page {
  const blocks: Block[] = [];
  const reasons = new Map<string, ReasonView>();
  for (const section of sections) {
    blocks.push(heading(kindTitle(section)));
    if (section.rows.length === 0) {
      for (const { reasons: why } of section.impossible) for (const reason of why) reasons.set(reason.name, reason);
      blocks.push(paragraph('There is no such mapping: ', ...answersLine(section.impossible), '.'));
      continue;
    }
    const rows = section.rows.map(({ operation, withBit, without, log, events }): readonly Line[] => {
      for (const { reasons: why } of [...withBit, ...without])
        for (const reason of why) reasons.set(reason.name, reason);
      const [set, none] = [answersLine(withBit), answersLine(without)];
      return [
        [operation],
        set,
        same(set, none) ? ['the same'] : none,
        whyLine([...withBit, ...without]),
        [{ text: 'log', log, events }],
      ];
    });
    blocks.push(tableOf(['operation', 'with the bit', 'without', 'why', ''], rows));
  }
  blocks.push(...reasonBlocks([...reasons.values()]));
  return { name: kindPage(chapter.name), title: chapterTitle(chapter.way), blocks };
}

/** Names of reasons, which stand below. */
function whyLine(answers: readonly Answer[]): Line {
  const names = [...new Set(answers.flatMap(({ reasons }) => reasons.map(({ name }) => name)))];
  return names.flatMap((name, i): Inline[] => (i === 0 ? [code(name)] : [', ', code(name)]));
}

function reasonBlocks(reasons: readonly ReasonView[]): Block[] {
  if (reasons.length === 0) return [];
  const sorted = [...reasons].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    heading('Why'),
    tableOf(
      ['name', 'condition', 'kernel function'],
      sorted.map(({ name, condition, where, file, convention }) => [
        [code(name)],
        [condition],
        convention ? ['a convention of the model'] : [code(`${where}()`), `, ${file}`],
      ]),
    ),
  ];
}

/** The other way round: what each operation does to which kinds. */
function operationsPage(chapters: readonly AtlasChapter[]): Page {
  const sections = chapters.flatMap((chapter) =>
    chapter.sections.map((section) => ({ chapter: chapter.chapter, section })),
  );
  const blocks: Block[] = [
    paragraph(
      'Kinds of mappings to which an operation does the same stand together. P are pages with a reference of the driver each, R those with PG_reserved, D frames without a struct page.',
    ),
    paragraph(
      'An operation has one name for all kernels: ',
      code('zap_vma_ptes()'),
      ' is ',
      code('zap_special_vma_range()'),
      ' since 7.1. A WARNING that a cell names is that of the kernel with CONFIG_DEBUG_VM, where its line is a VM_WARN_ON_ONCE().',
    ),
  ];
  for (const { name } of OPERATIONS) {
    const groups = new Map<
      string,
      { readonly set: Line; readonly none: Line; readonly kinds: Map<string, string[]> }
    >();
    for (const { chapter, section } of sections) {
      const row = section.rows.find(({ operation }) => operation === name);
      if (row === undefined) continue;
      const [set, none] = [answersLine(row.withBit), answersLine(row.without)];
      const key = JSON.stringify([set, none]);
      const group = groups.get(key) ?? { set, none, kinds: new Map<string, string[]>() };
      groups.set(key, group);
      const what = `${section.kind.frames.name} ${section.kind.shared ? 'shared' : 'private'}`;
      group.kinds.set(chapter.name, [...(group.kinds.get(chapter.name) ?? []), what]);
    }
    const rows = [...groups.values()].map(({ set, none, kinds }): readonly Line[] => [
      set,
      same(set, none) ? ['the same'] : none,
      [...kinds].flatMap(([page, whats], i): Inline[] => [
        ...(i === 0 ? [] : ['; ']),
        { text: page, page: kindPage(page) },
        `: ${whats.join(', ')}`,
      ]),
    ]);
    blocks.push(heading(name), tableOf(['with the bit', 'without', 'of'], rows));
  }
  return { name: 'operations', title: 'What each operation does', blocks };
}

function callPage(page: FunctionPage): Page {
  const { call, names, sets, needsNoLock, rows, reasons, omits } = page;
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
  return {
    name: `call-${call}`,
    title: `${call}()`,
    blocks: [
      paragraph(
        ...names
          .flatMap(({ name, file, kernels }, i): Inline[] => [
            i === 0 ? '' : '; ',
            code(`${name}()`),
            ` in ${file} (${kernels})`,
          ])
          .filter((piece) => piece !== ''),
        '.',
      ),
      { kind: 'paragraph', line: lock },
      heading('What it returns'),
      tableOf(
        ['called from', 'flags set before', 'frames and mapping', 'with the bit', 'without', 'why'],
        rows.map(({ hook, flags, what, withBit, without }): readonly Line[] => {
          const [set, none] = [answersLine(withBit), answersLine(without)];
          return [
            [hookText(hook)],
            flags === '' ? [] : [code(flags.replace('|', ' '))],
            [what.join(', ')],
            set,
            same(set, none) ? ['the same'] : none,
            whyLine([...withBit, ...without]),
          ];
        }),
      ),
      ...reasonBlocks(reasons),
      ...(omits.length === 0 ? [] : [heading('What the model leaves out'), list(omits.map((text): Line => [text]))]),
    ],
  };
}
