// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What is true of a kernel and its drivers as long as nobody made a mistake. The kernel checks little of it; what it checks
 * it reports later, of another process. Each has a name, for goals of searches and reports of random runs.
 */
import { F, frameLabel, type Kernel } from '@specialbit/core/kernel';
import type { LogEvent } from '@specialbit/events';
import { type Account, accountOf, type DriverReferences, isFree, NO_REFERENCES, type PageAccount } from './account.js';
import { leftBehind } from './left-behind.js';

/** What each says is wrong. */
export const INVARIANTS = {
  leaked:
    'a page has more references than anybody accounts for, and no entry maps it: what entries, caches, pins and the driver had is given back',
  freed_while_mapped: 'an entry maps a page whose last reference was given back',
  special_refcounted:
    'an entry that vm_normal_page() takes for no page was counted as one: nobody will give its reference back',
  uncounted:
    'a page has fewer references or mappings than who has it: an entry that was never counted, or what was given back too often',
  unowned_tail:
    'a page of a larger allocation that has no reference of its own is mapped as a page: its unmap frees it under its driver',
  rss: 'a counter of an address space is not what its page tables add up to',
  left_behind: 'an entry is there behind unmap_mapping_range(), which was to take it away',
} as const;

export type InvariantName = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly InvariantName[];

export interface BrokenInvariant {
  readonly invariant: InvariantName;
  /** The thing it is broken of: `P0`, `mm 0`, `file dev`. */
  readonly of: string;
  /** A sentence. */
  readonly text: string;
}

export interface InvariantOptions {
  /** The event that was played last, for what is asked of an event. */
  readonly event?: LogEvent;
  /** What the driver did to references so far. */
  readonly driver?: DriverReferences;
  /** Only these; all by default. */
  readonly only?: readonly InvariantName[];
}

/** What is wrong with a running kernel now. Costs a walk over its page tables. */
export function brokenInvariants(k: Kernel, options: InvariantOptions = {}): BrokenInvariant[] {
  const { event, driver = NO_REFERENCES, only } = options;
  const broken: BrokenInvariant[] = [];
  const wanted = (name: InvariantName): boolean => only === undefined || only.includes(name);
  if (event?.type === 'unmap_mapping_range' && wanted('left_behind')) {
    for (const text of leftBehind(k, event)) broken.push({ invariant: 'left_behind', of: `file ${event.file}`, text });
  }
  if (only?.every((name) => name === 'left_behind') === true) return broken;
  const account = accountOf(k, driver);
  for (const page of account.frames.values()) {
    const found = ofPage(k, page);
    if (found === null || !wanted(found.invariant)) continue;
    const label = frameLabel(k, page.pfn);
    broken.push({ invariant: found.invariant, of: label, text: `${label} ${found.text}` });
  }
  if (wanted('rss')) broken.push(...ofCounters(k, account));
  return broken;
}

interface OfPage {
  readonly invariant: InvariantName;
  /** What is said of it, behind its name. */
  readonly text: string;
}

function ofPage(k: Kernel, { pfn, pages, bare, others }: PageAccount): OfPage | null {
  const count = k.frames.get(pfn, F.count);
  const mapcount = k.frames.get(pfn, F.mapcount);
  const entries = (n: number): string => (n === 1 ? 'an entry maps' : `${n} entries map`);
  if (pages + bare > 0 && isFree(k, pfn)) {
    return { invariant: 'freed_while_mapped', text: `is freed while ${entries(pages + bare)} it` };
  }
  const tail = k.machine.blockOf(pfn);
  if (pages > 0 && others === 0 && tail !== undefined && pfn !== tail.first) {
    return { invariant: 'unowned_tail', text: `has no reference of its driver's, and ${entries(pages)} it as a page` };
  }
  const held = pages + others;
  const counts = `count ${count}, held ${held} times; mapcount ${mapcount}, mapped as a page ${pages} times`;
  if (count > held || mapcount > pages) {
    if (bare > 0) {
      return { invariant: 'special_refcounted', text: `was counted where ${entries(bare)} it as no page (${counts})` };
    }
    return { invariant: 'leaked', text: `is leaked (${counts})` };
  }
  if (count < held || mapcount < pages) return { invariant: 'uncounted', text: `is not counted (${counts})` };
  return null;
}

const COUNTERS = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'];

function ofCounters(k: Kernel, { rss }: Account): BrokenInvariant[] {
  const broken: BrokenInvariant[] = [];
  for (const [id, pages] of rss) {
    const mm = k.mms.get(id);
    if (mm === undefined || pages === null) continue;
    const off = COUNTERS.flatMap((name, i) =>
      mm.rss[i] === pages[i] ? [] : `${name} is ${mm.rss[i]} for ${pages[i]}`,
    );
    if (off.length > 0) broken.push({ invariant: 'rss', of: `mm ${id}`, text: `mm ${id}: ${off.join(', ')} pages` });
  }
  return broken;
}
