// SPDX-License-Identifier: GPL-2.0-or-later
/** The tables of a run, column by column: what a file of each has, and what docs/export.md says of it. */

/** `int32` and `int64` are whole numbers; `string` is text, of addresses and raw values hexadecimal without `0x`. */
export type ColumnType = 'string' | 'int32' | 'int64' | 'boolean';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Meaning, and unit where it has one; a column that says when it is null can be. */
  readonly says: string;
  readonly nullable?: boolean;
}

export type Value = string | number | boolean | null;
/** A value for each column of its table, in their order. */
export type Row = readonly Value[];

const of =
  (type: ColumnType) =>
  (name: string, says: string): Column => ({ name, type, says });
const or =
  (type: ColumnType) =>
  (name: string, says: string): Column => ({ name, type, says, nullable: true });
const [text, int32, int64, yes] = [of('string'), of('int32'), of('int64'), of('boolean')];
const [maybeText, maybe32, maybe64] = [or('string'), or('int32'), or('int64')];

const LANE = text('lane', 'the lane: an architecture, with its kernel where it is not the default: arm@6.1');
const EVENT = int32('event', 'the number of the event that did it, from 1; the row is what holds after it');
const MM = int32('mm', 'the process');
const ENTRY = [
  text('address', 'virtual address of the first page that the entry maps, hexadecimal'),
  int64('page', 'the same as a number of pages'),
  text('place', 'the page by the label of its mapping, ring[2]; else its address with 0x'),
  text('level', 'pte, pmd or pud'),
];

export const TABLES = {
  events: [
    LANE,
    int32('event', 'the number of the event, from 1'),
    int32('line', 'its line in the log'),
    text('type', 'its type: mmap, remap_pfn_range, ...'),
    maybe32('mm', 'the process that acts; null for what acts on none'),
    text('text', 'the event in a line'),
    maybeText(
      'returned',
      'what it returned, in words: 0, -EINVAL, SIGBUS (BUS_ADRERR), 0x7ffff7ffd000; null for what asks nothing of the kernel, and where left_out',
    ),
    maybe64('ret', 'its return value: negative errno, vm_fault_t of vmf_insert_*, pages or bytes; null where left_out'),
    maybeText('signal', 'SIGSEGV or SIGBUS, or null'),
    maybe32('si_code', 'of the signal, or null'),
    maybeText('crash', 'BUG or oops that it would be the end of, or null: the event was left out then'),
    maybeText('crash_where', 'the kernel function of it'),
    text(
      'reasons',
      'why it failed, innermost first, with commas: names that "specialbit errors" and explain tell of; empty after a success',
    ),
    text('messages', 'what the kernel printed, a line each; empty for nothing'),
    int32('faults', "how often the driver's fault handler was called"),
    int32('pfn_mkwrites', 'and its pfn_mkwrite'),
    int32('page_mkwrites', 'and its page_mkwrite'),
    maybeText('left_out', 'what the event names and this lane does not have, or null'),
  ],
  entries: [
    LANE,
    EVENT,
    MM,
    ...ENTRY,
    int32('pages', 'pages of 4 kB, or what the architecture has, that it maps or would map'),
    text('raw_before', 'its raw value before, hexadecimal'),
    text('raw', 'and after'),
    text('kind', 'none, present or swap'),
    maybe64('pfn', 'the first frame that a present entry maps; null otherwise'),
    maybeText('frame', 'its label: P3, D0, A1; null where not present'),
    yes('writable', 'pte_write()'),
    yes('dirty', 'pte_dirty()'),
    yes('young', 'pte_young()'),
    yes('special', 'pte_special()'),
    yes('for_user', 'user code may use it'),
    yes('executable', 'and execute through it'),
    maybe32('swap_type', 'of a swap entry, or null'),
    maybe64('swap_offset', 'of a swap entry, or null'),
    maybeText(
      'decision',
      'by which branch vm_normal_page() would decide now; null where not present, and where no VMA covers it',
    ),
    maybeText('verdict', 'its answer: page, NULL or bad page map; null likewise'),
  ],
  frames: [
    LANE,
    EVENT,
    int64('pfn', 'the page frame, a number'),
    text('frame', 'its label, or pfn: and its number; of one that was freed the label that it had'),
    int32('refcount_before', 'page_count() before; that of a folio stands in the rows of its first frame'),
    int32('refcount', 'and after'),
    int32('mapcount_before', 'entries that counted as mapping it before'),
    int32('mapcount', 'and after'),
    text('flags', 'page flags by name, with |'),
    maybeText('folio', 'of a folio of more than one page the label of its first frame; else null'),
  ],
  vmas: [
    LANE,
    EVENT,
    MM,
    int32('vma', 'a number of its own in the lane'),
    text('change', 'new, changed or gone'),
    maybeText('label', 'of its first page, or null'),
    text('start_address', 'of its first page, hexadecimal'),
    text('end_address', 'the first behind it'),
    int64('pages', 'how many it has'),
    text('letters', 'as in /proc/PID/maps: rw-s'),
    text('vm_flags', 'all flags by name, with |'),
    int64('vm_pgoff', 'pages'),
    maybeText('file', 'the file by its name in the log; null for anonymous memory'),
    yes('open', "its driver's ->mmap still runs: neither the process nor rmap can see it"),
  ],
  rss: [
    LANE,
    EVENT,
    MM,
    int64('MM_FILEPAGES', 'pages'),
    int64('MM_ANONPAGES', 'pages'),
    int64('MM_SHMEMPAGES', 'pages'),
    int64('MM_SWAPENTS', 'swap entries'),
    yes('gone', 'the process is no more; its counters are the last that it had'),
  ],
  decisions: [
    LANE,
    int32('event', 'the number of the last event: these rows are the state at the end'),
    MM,
    ...ENTRY,
    text('raw', 'its raw value, hexadecimal'),
    int64('pfn', 'the first frame that it maps'),
    text('frame', 'its label'),
    int32('vma', 'the VMA that covers it, as in vmas'),
    text('decision', 'the branch by which vm_normal_page() decides, or its namesake of the level'),
    text('verdict', 'its answer: page, NULL or bad page map'),
    text('why', 'the branch in words'),
    text('asks', 'the kernel function and its file'),
    text('path', 'each question that it asks with the answer, in order: pte_special(pte)? no; ...'),
    maybe32('refcount', 'page_count() of the frame; null without struct page'),
    maybe32('mapcount', 'entries that count as mapping it; null likewise'),
  ],
} as const satisfies Readonly<Record<string, readonly Column[]>>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];
