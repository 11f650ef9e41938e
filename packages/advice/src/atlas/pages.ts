// SPDX-License-Identifier: GPL-2.0-or-later
/** The atlas as pages: of prose, of who looks at what, of each kind of mapping, and of each call. */
import type { ReasonView } from '@specialbit/core';
import { huge_pfnmap } from '@specialbit/core/arch';
import { type AtlasChapter, type AtlasLanes, AtlasMaker } from './atlas.js';
import { type Block, code, heading, type Inline, type Line, list, type Page, paragraph, tableOf } from './doc.js';
import { FUNCTION_PAGES, functionPage, wantsChapters } from './function-pages.js';
import { ATLAS_CHAPTERS, type BitLevel } from './kinds.js';
import { answersLine, kindPage, operationTable, reasonBlocks, same, whyLine } from './lines.js';
import { type HugeMatrixRow, hugeMatrixOf, type MatrixRow, matrixOf } from './matrix.js';
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
    wanted('index') ||
    wanted('operations') ||
    FUNCTION_PAGES.some((name) => wantsChapters(name) && wanted(`call-${name}`))
      ? ATLAS_CHAPTERS
      : ATLAS_CHAPTERS.filter(({ name }) => wanted(kindPage(name)));
  const chapters = needed.map((chapter) => maker.chapter(chapter));
  const matrix = wanted('who-looks') ? matrixOf(maker) : [];
  const pages: Page[] = [];
  if (wanted('index')) pages.push(indexPage(chapters, lanes));
  if (wanted('who-looks')) pages.push(matrixPage(matrix, maker));
  if (wanted('operations')) pages.push(operationsPage(chapters));
  pages.push(
    ...chapters.filter(({ chapter }) => wanted(kindPage(chapter.name))).map((chapter) => chapterPage(chapter, maker)),
  );
  pages.push(
    ...FUNCTION_PAGES.filter((name) => wanted(`call-${name}`)).map((name) => functionPage(maker, name, chapters)),
  );
  return { pages, chapters, matrix };
}

/** Names of all pages. */
export const ATLAS_PAGES: readonly string[] = [
  'index',
  'who-looks',
  'operations',
  ...ATLAS_CHAPTERS.map(({ name }) => kindPage(name)),
  ...FUNCTION_PAGES.map((call) => `call-${call}`),
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
      ...ATLAS_CHAPTERS.map((chapter): Line => [{ text: chapter.title, page: kindPage(chapter.name) }]),
      ...FUNCTION_PAGES.map((call): Line => [{ text: `${call}()`, page: `call-${call}` }]),
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

const yes = (looks: boolean): Line => [looks ? 'yes' : 'no'];

const decidersLine = (deciders: readonly string[]): Line =>
  deciders.flatMap((name, i): Inline[] => (i === 0 ? [code(`${name}()`)] : [', ', code(`${name}()`)]));

function matrixPage(rows: readonly MatrixRow[], maker: AtlasMaker): Page {
  const { archs, kernels } = maker.given;
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
          decidersLine(row.deciders),
          [row.otherwise.join(', ')],
        ]),
      ),
      ...(maker.given.huge === undefined ? [] : (['pmd', 'pud'] as const).flatMap((level) => hugeMatrix(level, maker))),
    ],
  };
}

/** The matrix of entries that map more than one page. */
function hugeMatrix(level: 'pmd' | 'pud', maker: AtlasMaker): Block[] {
  const rows = hugeMatrixOf(maker, level);
  const bare = rows.some(({ without }) => without !== undefined);
  const named = level.toUpperCase();
  const with_ = maker.archsOf(level).find(({ bit }) => bit)!.name;
  const without = maker.archsOf(level).find(({ bit }) => !bit)?.name;
  const of = level === 'pmd' ? "a device's memory, and of one folio" : "a device's memory";
  return [
    heading(`Entries of a ${named}`),
    paragraph(
      `The same of ${named}s that vmf_insert_pfn_${level}() made of ${of}, in a shared mapping, on ${with_}${without === undefined ? '' : ` and ${without}`}. The bit is not exchanged: the call sets it where there is one.`,
    ),
    tableOf(
      [
        'operation',
        'looks at',
        'VM_PFNMAP',
        'VM_MIXEDMAP',
        ...(bare ? ['VM_PFNMAP, without', 'VM_MIXEDMAP, without'] : []),
        'who says no, or complains',
        'otherwise on',
      ],
      rows.map((row: HugeMatrixRow) => [
        [row.operation],
        [row.pfnmap || row.mixedmap ? 'the VMA flag' : 'no flag'],
        yes(row.pfnmap),
        yes(row.mixedmap),
        ...(bare ? [yes(row.without?.pfnmap ?? false), yes(row.without?.mixedmap ?? false)] : []),
        decidersLine(row.deciders),
        [row.otherwise.join(', ')],
      ]),
    ),
  ];
}

function chapterPage({ chapter, sections }: AtlasChapter, maker: AtlasMaker): Page {
  const blocks: Block[] = [];
  const reasons = new Map<string, ReasonView>();
  const bare = maker.archsOf(chapter.level).some(({ bit }) => !bit);
  if (chapter.level !== 'pte') blocks.push(paragraph(hugeText(chapter.level, maker)));
  for (const section of sections) {
    blocks.push(heading(section.kind.words));
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
        ...(bare ? [same(set, none) ? ['the same'] : none] : []),
        whyLine([...withBit, ...without]),
        [{ text: 'log', log, events }],
      ];
    });
    blocks.push(tableOf(['operation', 'with the bit', ...(bare ? ['without'] : []), 'why', ''], rows));
  }
  blocks.push(...reasonBlocks([...reasons.values()]));
  return { name: kindPage(chapter.name), title: chapter.title, blocks };
}

/** Which columns a page of huge kinds has. */
function hugeText(level: Exclude<BitLevel, 'pte'>, maker: AtlasMaker): string {
  const named = (bit: boolean): string =>
    maker
      .archsOf(level)
      .filter((arch) => arch.bit === bit)
      .map(({ name }) => name)
      .join(', ');
  const { version } = huge_pfnmap.since;
  const bits = `${named(true)} has the special bit at the ${level.toUpperCase()}, and the kernel uses it since ${version}`;
  const without = named(false);
  return without === ''
    ? `${bits}. No architecture has huge entries there, and no bit for them.`
    : `${bits}; ${without} has none there, though its PTEs have one.`;
}

/** The other way round: what each operation does to which kinds. */
function operationsPage(chapters: readonly AtlasChapter[]): Page {
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
    paragraph(
      'What ',
      code('move_pages()'),
      ' answers is read off the state that the model comes to, by ',
      code('add_folio_for_migration()'),
      ' and ',
      code('folio_migrate_mapping()'),
      ' as their source has them: nothing is moved, and no transcript has it. It is what MPOL_MF_MOVE gets of another node on a kernel with CONFIG_NUMA.',
    ),
  ];
  for (const { name } of OPERATIONS) blocks.push(heading(name), ...operationTable(name, chapters));
  return { name: 'operations', title: 'What each operation does', blocks };
}
