// SPDX-License-Identifier: GPL-2.0-or-later
/** What a driver has to map, and the frames that stand for it in a log. */
import { type LogHeader, suggestion } from '@specialbit/events';
import { AdviceError } from './errors.js';

/** Frames of one kind. */
export interface FrameSet {
  /** `P`, `C0`. */
  readonly name: string;
  readonly words: string;
  /** What a log's header has to say so that they exist. */
  readonly header: Pick<LogHeader, 'blocks'>;
  /** The label of frame `n`. */
  readonly frame: (n: number) => string;
  /** They lie side by side whatever is asked for. */
  readonly together?: true;
}

/** What the memory is, as a driver's author names it. */
export interface Memory {
  readonly name: string;
  readonly words: string;
  /** What it can be; of another driver's buffer, nobody knows. */
  readonly frames: readonly FrameSet[];
  /** The call that is made for it, and for it alone. */
  readonly own?: 'remap_vmalloc_range' | 'dma_mmap_coherent' | 'generic_file_mmap';
  /**
   * `own`: nothing but that call knows where it lies, or whose it is: DMA memory may be behind an IOMMU, not coherent, or without a
   * struct page of its own; pages of the page cache have to be found by who truncates and reclaims them. `pages`: its pages are
   * known one by one, and lie anywhere.
   */
  readonly known?: 'own' | 'pages';
}

const labelled = (name: 'P' | 'D' | 'R', words: string): FrameSet => ({
  name,
  words,
  header: {},
  frame: (n) => `${name}${n}`,
});

/** What lies together for whoever maps it, wherever its frames are: the calls that are made for it take all of it. */
const area = (words: string): FrameSet => ({ ...labelled('P', words), together: true });

const PAGES = labelled('P', 'pages with a reference of the driver each');
const DEVICE = labelled('D', 'frames without a struct page');
const RESERVED = labelled('R', 'pages with PG_reserved');

function block(order: number, compound: boolean): FrameSet {
  return {
    name: `C0`,
    words: compound
      ? `a folio of order ${order}`
      : `pages of an allocation of order ${order}, the first with a reference`,
    header: { blocks: { C0: { order, ...(compound ? { compound } : {}) } } },
    frame: (n) => (n === 0 ? 'C0' : `C0+${n}`),
    together: true,
  };
}

/** The kinds that have no number in their name. */
const KINDS: readonly Memory[] = [
  { name: 'device', words: 'device memory without a struct page', frames: [DEVICE] },
  { name: 'pages', words: 'pages of alloc_page()', frames: [PAGES] },
  {
    name: 'vmalloc',
    words: 'memory of vmalloc_user()',
    frames: [area('pages of an area of vmalloc')],
    own: 'remap_vmalloc_range',
    known: 'pages',
  },
  {
    name: 'dma',
    words: 'memory of dma_alloc_coherent()',
    frames: [area('pages of a DMA allocation')],
    own: 'dma_mmap_coherent',
    known: 'own',
  },
  { name: 'reserved', words: 'pages with PG_reserved', frames: [RESERVED] },
  {
    name: 'page-cache',
    words: "pages of a file's page cache",
    frames: [PAGES],
    own: 'generic_file_mmap',
    known: 'own',
  },
  {
    name: 'dma-buf',
    words: "another driver's dma-buf, with or without struct pages",
    frames: [PAGES, DEVICE],
  },
];

/** Names of what `memoryNamed` knows, with what they stand for. */
export const MEMORY_FORMS: readonly (readonly [string, string])[] = [
  ...KINDS.map(({ name, words }) => [name, words] as const),
  ['pages:ORDER', 'pages of alloc_pages(order), without __GFP_COMP'],
  ['folio:ORDER', 'the same with __GFP_COMP: one folio'],
];

/** The greatest order that the default machine has room for, several times. */
const MOST_ORDER = 9;

/** Throws AdviceError. */
export function memoryNamed(name: string): Memory {
  const found = KINDS.find((kind) => kind.name === name);
  if (found !== undefined) return found;
  const ordered = /^(pages|folio):(\d+)$/.exec(name);
  if (ordered !== null) {
    const order = Number(ordered[2]);
    if (order < 1 || order > MOST_ORDER)
      throw new AdviceError('advice.memory', `${name}: expected an order from 1 to ${MOST_ORDER}`);
    const compound = ordered[1] === 'folio';
    return {
      name,
      words: `pages of alloc_pages() of order ${order}, with${compound ? '' : 'out'} __GFP_COMP`,
      frames: [block(order, compound)],
    };
  }
  const forms = MEMORY_FORMS.map(([form]) => form);
  throw new AdviceError(
    'advice.memory',
    `no such memory: ${JSON.stringify(name)}${suggestion(name, forms)}; there are ${forms.join(', ')}`,
  );
}
