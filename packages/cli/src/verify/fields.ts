// SPDX-License-Identifier: GPL-2.0-or-later
/** What a step of a transcript consists of, and how much of it agrees. */

/** Every field that is compared, in the order of a record. */
export const FIELDS = [
  'ret',
  'err',
  'would',
  'signal',
  'si_code',
  'val',
  'pages',
  'left',
  'pfn',
  'label',
  'prot',
  'writable',
  'special',
  'calls',
  'calls_huge',
  'count',
  'loop',
  'fault_would',
  'kmsg',
  'kmsg_lost',
  'rss',
  'vma.start',
  'vma.end',
  'vma.flags',
  'vma.pgoff',
  'vma.prot',
  'vma.kind',
  'pte.raw',
  'pte.bits',
  'pte.pfn',
  'pte.label',
  'pte.normal',
  'pte.hw',
  'pte.swap',
  'pmd.raw',
  'pmd.bits',
  'pmd.pfn',
  'pmd.label',
  'pmd.normal',
  'pmd.kind',
  'tabs',
  'frame.count',
  'frame.mapcount',
  'frame.flags',
  'folio.counts',
  'folio.mc',
  'folio.x',
  'folio.flags',
  'folio.lists',
  'ev',
  'mthp',
  'nr',
  'dq',
  'hz',
  'pools',
  'smaps',
  'pagemap',
  'kpagecount',
  'warn',
  'crash',
  'other',
] as const;
export type Field = (typeof FIELDS)[number];

/** Members of a step record that say nothing about the kernel. */
export const NOT_COMPARED: ReadonlySet<string> = new Set(['scenario', 'seq', 'mm', 'op', 'dump', 'alloc']);
export const PTE_FIELDS = ['pte.raw', 'pte.bits', 'pte.pfn', 'pte.label', 'pte.normal', 'pte.hw'] as const;
export const PMD_FIELDS = ['pmd.raw', 'pmd.bits', 'pmd.pfn', 'pmd.label', 'pmd.normal', 'pmd.kind'] as const;
export const VMA_FIELDS = ['start', 'end', 'flags', 'pgoff', 'prot', 'kind'] as const;
export const FRAME_FIELDS = ['frame.count', 'frame.mapcount', 'frame.flags'] as const;

export type Counts = Record<Field, number>;

export function zeroCounts(): Counts {
  return Object.fromEntries(FIELDS.map((field) => [field, 0])) as Counts;
}

/** One place where kernel and model say different things. */
export interface Difference {
  readonly field: Field;
  /** Where in the record: `mm 1 page 20001`, `F2`; empty for the step itself. */
  readonly where: string;
  /** As the transcript has it; undefined: not there at all. */
  readonly kernel: unknown;
  readonly model: unknown;
}

export function isField(name: string): name is Field {
  return (FIELDS as readonly string[]).includes(name);
}
