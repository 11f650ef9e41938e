// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The events that a search tries at every moment: what a driver's mapping can be, what the driver can call then, and what
 * processes do with it. Small on purpose: each event more is one more way on from every state. What is rarer is tried where
 * its type is asked for.
 */
import { decodeEvent, type LogEvent, type LogHeader, suggestion } from '@specialbit/events';
import { SearchError } from './errors.js';

export interface AlphabetOptions {
  /** Pages of a mapping; 2 by default. */
  readonly pages?: number;
  /** Frames that the driver maps: labels of the machine. `P0` and `D0` by default. */
  readonly frames?: readonly string[];
  /**
   * Only events of these types (`write` and `read` for accesses; `all`), and all of them that there are. By default what is usual:
   * without the driver's own references (who drops the first one has the page freed under its entries, and little else is
   * found then), mappings that are open while others run, and what drivers should not do in a fault handler.
   */
  readonly types?: readonly string[];
  /** How many mappings there can be at once; 1 by default. */
  readonly mappings?: number;
}

type Json = Readonly<Record<string, unknown>>;

/** An event as a log would have it. */
interface Letter {
  readonly json: Json;
  /** The mapping that it makes. */
  readonly makes?: string;
  /** Only where its type is asked for. */
  readonly rare?: true;
}

/** What has to be there for an event to mean something. */
export interface LetterNames {
  /** -1: none. */
  readonly mm: number;
  /** The mapping that it speaks of, by its number, and the page of it; -1: none. */
  readonly label: number;
  readonly page: number;
  /** A process that it makes; -1: none. */
  readonly child: number;
  /** It is about a VMA there, or ends a mapping that was opened, or is about the place alone. */
  readonly part: 'vma' | 'end' | 'place';
}

export interface Alphabet {
  readonly events: readonly LogEvent[];
  /** Of each event the number of the mapping that it makes, -1 for none: a second one is made after the first. */
  readonly makes: readonly number[];
  /** What each event names. */
  readonly names: readonly LetterNames[];
  /** Mappings that there can be at once. */
  readonly labels: number;
  /** Pages of a mapping. */
  readonly pages: number;
  /** Every type that there is. */
  readonly types: readonly string[];
}

/** What mappings are called. */
export const LABELS = ['a', 'b', 'c', 'd'];
/** More do not fit a search. */
const MOST_PAGES = 16;

/** What there is to map besides processes' own memory. */
export const SEARCH_FILES = { dev: { kind: 'device', pages: 0 } } as const;
/** Two pages that a driver allocated together, and not as a folio: only the first has a reference. */
const SEARCH_BLOCKS = { B0: { order: 1 } } as const;

/** The header of logs over such events: lanes are made with it. `frames`: those of the alphabet. */
export function searchHeader(frames: readonly string[] = []): LogHeader {
  const blocks = frames.some((frame) => frame.startsWith('B0'));
  return { specialbit: 1, files: SEARCH_FILES, ...(blocks && { blocks: SEARCH_BLOCKS }) };
}

/** Throws SearchError. */
export function alphabet(options: AlphabetOptions = {}): Alphabet {
  const { pages = 2, frames = ['P0', 'D0'], mappings = 1 } = options;
  if (!(pages >= 1 && pages <= MOST_PAGES)) {
    throw new SearchError('search.alphabet', `expected 1 to ${MOST_PAGES} pages of a mapping, found ${pages}`);
  }
  if (!(mappings >= 1 && mappings <= LABELS.length)) {
    throw new SearchError('search.alphabet', `expected 1 to ${LABELS.length} mappings, found ${mappings}`);
  }
  const letters = LABELS.slice(0, mappings).flatMap((label) => [
    ...maps(label, pages, frames),
    ...calls(label, pages, frames),
    ...accesses(label, pages),
  ]);
  letters.push(...processes());
  for (const label of LABELS.slice(0, mappings)) letters.push(...rarer(label, pages, frames));
  letters.push(...references(frames), { json: { type: 'mmap.end' }, rare: true });
  const types = [...new Set(letters.map(({ json }) => String(json.type)))];
  const wanted = options.types?.includes('all') === true ? types : options.types;
  const unknown = wanted?.find((type) => !types.includes(type));
  if (unknown !== undefined) {
    const hint = suggestion(unknown, types) || `: expected some of ${types.join(', ')}`;
    throw new SearchError('search.alphabet', `no event of type ${JSON.stringify(unknown)} is tried${hint}`);
  }
  const chosen = letters.filter(({ json, rare }) =>
    wanted === undefined ? rare !== true : wanted.includes(String(json.type)),
  );
  const events = chosen.map(({ json }) => decodeEvent(json));
  return {
    events,
    names: events.map(namesOf),
    makes: chosen.map(({ makes }) => (makes === undefined ? -1 : LABELS.indexOf(makes))),
    ...{ pages, types, labels: mappings },
  };
}

/** Calls of a driver, which has a VMA in its hands. */
const OF_VMA: ReadonlySet<string> = new Set([
  'vm_insert_page',
  'vm_insert_pages',
  'vmf_insert_pfn',
  'vmf_insert_mixed',
  'remap_pfn_range',
  'vm_flags_mod',
  'set_vm_pgoff',
  'set_vm_ops',
  'zap_vma_ptes',
]);

interface AnyEvent {
  readonly mm?: number;
  readonly child?: number;
  readonly at?: { readonly label?: string; readonly page?: number };
}

function namesOf(event: LogEvent): LetterNames {
  const { mm = -1, child = -1, at } = event as AnyEvent;
  const label = at?.label === undefined ? -1 : LABELS.indexOf(at.label);
  const part = event.type === 'mmap.end' ? 'end' : OF_VMA.has(event.type) ? 'vma' : 'place';
  return { ...{ mm, child, label, page: at?.page ?? 0 }, part };
}

/** Each driver has a file offset of its own, so that two mappings are of different pages. */
function maps(label: string, pages: number, frames: readonly string[]): Letter[] {
  const pgoff = LABELS.indexOf(label) * pages;
  const map = (more: Json): Letter => ({
    json: { type: 'mmap', label, pages, prot: 'rw', pgoff, ...more },
    makes: label,
  });
  const dev = { file: 'dev' };
  const flag = (set: string): Json => ({ call: [{ type: 'vm_flags_mod', set }] });
  const both: Letter[] = [];
  for (const kind of [{}, { flags: 'MAP_PRIVATE' }]) {
    both.push(map({ ...dev, ...kind }), map({ ...dev, ...kind, ...flag('VM_MIXEDMAP') }));
    both.push(map({ ...dev, ...kind, ...flag('VM_PFNMAP') }));
    for (const frame of frames) {
      both.push(map({ ...dev, ...kind, call: [{ type: 'remap_pfn_range', frame, pages }] }));
      both.push(map({ ...dev, ...kind, ops: fault('page', frame), ...flag('VM_MIXEDMAP') }));
      both.push(map({ ...dev, ...kind, ops: fault('vmf_insert_mixed', frame), ...flag('VM_MIXEDMAP') }));
      both.push(map({ ...dev, ...kind, ops: fault('vmf_insert_pfn', frame), ...flag('VM_PFNMAP') }));
    }
  }
  return [...both, map({ flags: 'MAP_PRIVATE|MAP_ANONYMOUS' })];
}

const fault = (how: string, frame: string): Json => ({ fault: { do: how, frame } });

/** Mappings that are open while others run, handlers that do what belongs into `->mmap`, and calls that are seldom seen. */
function rarer(label: string, pages: number, frames: readonly string[]): Letter[] {
  const letters: Letter[] = [];
  const at = { at: label };
  const call = (json: Json): void => void letters.push({ json, rare: true });
  const map = (more: Json): void => {
    const pgoff = LABELS.indexOf(label) * pages;
    const json = { type: 'mmap', label, pages, prot: 'rw', pgoff, file: 'dev', ...more };
    letters.push({ json, makes: label, rare: true });
  };
  for (const frame of frames) {
    for (const how of ['page', 'vm_insert_page', 'remap_pfn_range']) map({ ops: fault(how, frame) });
    if (hasPage(frame)) {
      map({ ops: { find_special_page: frame }, call: [{ type: 'vm_flags_mod', set: 'VM_MIXEDMAP' }] });
    }
  }
  map({ type: 'mmap.begin' });
  map({ type: 'mmap.begin', prepare: true });
  for (const frame of frames) {
    for (const count of [pages, pages + 1]) call({ type: 'vm_insert_pages', ...at, frame, pages: count });
    if (pages > 1) call({ type: 'remap_pfn_range', ...at, frame, pages, fails_after: 1 });
  }
  call({ type: 'set_vm_ops', ...at, ops: { fault: { do: 'sigbus' } } });
  call({ type: 'follow_pfnmap', ...at });
  call({ type: 'access_process_vm', ...at });
  for (const advice of ['MADV_COLD', 'MADV_FREE', 'MADV_PAGEOUT', 'MADV_POPULATE_READ', 'MADV_WIPEONFORK']) {
    call({ type: 'madvise', ...at, pages, advice });
  }
  return letters;
}

/** Has the frame of that label a struct page? */
const hasPage = (label: string): boolean => /^[PRB]/.test(label);

/** What a driver calls of its mapping, and of all of its file. */
function calls(label: string, pages: number, frames: readonly string[]): Letter[] {
  const letters: Letter[] = [];
  const call = (json: Json): void => void letters.push({ json });
  for (let page = 0; page < pages; page++) {
    const at = `${label}[${page}]`;
    for (const frame of frames) {
      for (const type of ['vm_insert_page', 'vmf_insert_pfn', 'vmf_insert_mixed', 'remap_pfn_range']) {
        call({ type, at, frame });
      }
    }
  }
  call({ type: 'vm_flags_mod', at: label, set: 'VM_MIXEDMAP' });
  call({ type: 'vm_flags_mod', at: label, clear: 'VM_MIXEDMAP' });
  call({ type: 'set_vm_pgoff', at: label, self: true });
  call({ type: 'zap_vma_ptes', at: label, pages });
  const pgoff = LABELS.indexOf(label) * pages;
  call({ type: 'unmap_mapping_range', file: 'dev', pgoff, pages, even_cows: true });
  return letters;
}

/** What a process does with a mapping. */
function accesses(label: string, pages: number): Letter[] {
  const letters: Letter[] = [];
  const act = (json: Json): void => void letters.push({ json });
  for (let page = 0; page < pages; page++) {
    const at = `${label}[${page}]`;
    act({ type: 'read', at });
    act({ type: 'write', at });
    act({ type: 'munmap', at, pages: 1 });
    act({ type: 'pin_user_pages', at, write: true, hold: true });
    act({ type: 'pin_user_pages_fast', at });
    act({ type: 'get_user_pages_fast_only', at });
  }
  if (pages > 1) act({ type: 'munmap', at: label, pages });
  act({ type: 'write', at: label, mm: 1 });
  act({ type: 'mprotect', at: label, pages, prot: 'r' });
  act({ type: 'mprotect', at: label, pages, prot: 'rw' });
  act({ type: 'madvise', at: label, pages, advice: 'MADV_DONTNEED' });
  act({ type: 'madvise', at: label, pages, advice: 'MADV_DOFORK' });
  act({ type: 'mlock', at: label, pages });
  act({ type: 'mremap', at: label, pages, new_pages: pages + 1, flags: 'MREMAP_MAYMOVE' });
  return letters;
}

function processes(): Letter[] {
  return [
    { json: { type: 'fork', child: 1 } },
    { json: { type: 'exit', mm: 1 } },
    { json: { type: 'exit' } },
    { json: { type: 'unpin_user_pages' } },
  ];
}

/** The driver's own references. */
function references(frames: readonly string[]): Letter[] {
  return frames
    .filter(hasPage)
    .flatMap((frame) => ['get_page', 'put_page'].map((type): Letter => ({ json: { type, frame }, rare: true })));
}
