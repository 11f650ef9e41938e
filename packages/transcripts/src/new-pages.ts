/** The pfns that the real allocator chose for pages that a step shows for the first time. */
import type { Fail } from './check-records.js';
import type { StepRecord } from './format.js';
import type { Lab } from './lab.js';

export interface NewPages {
  readonly pages: ReadonlyMap<string, number>;
  /** The record, when it had to be parsed. */
  readonly record: StepRecord | undefined;
}

const NONE: NewPages = { pages: new Map(), record: undefined };

interface NextLabels {
  readonly A: number;
  readonly F: number;
}

/**
 * Label -> pfn, in the order in which the harness names pages. `full`: the record has the kernel's
 * answer, so that its dump shows them; otherwise it was stripped, and has a member `alloc`.
 */
export function newPages(full: boolean, text: string, lab: Lab, read: () => StepRecord, fail: Fail): NewPages {
  const next = lab.labels.next;
  // `A12"` and not `"A12"`: quotes are everywhere, and the search looks for the first letter
  if (full && !text.includes(`A${next.A}"`) && !text.includes(`F${next.F}"`)) return NONE;
  const record = read();
  const found = new Map<string, number>();
  const take = (label: string, pfn: unknown, at: string): void => {
    if (found.has(label)) return;
    const value = typeof pfn === 'string' ? Number.parseInt(pfn, 16) : Number.NaN;
    const { machine } = lab.kernel;
    if (!machine.pfn_valid(value) || machine.isLabelled(value)) fail(at, 'the pfn of a free page in RAM', pfn);
    found.set(label, value);
  };
  for (const [label, pfn] of Object.entries(record.alloc ?? {})) take(label, pfn, `alloc.${label}`);
  for (const mm of record.dump?.mms ?? []) {
    for (const vma of mm.vmas) {
      for (const [index, , kind, pfn, label] of vma.pt) {
        if (kind !== 'swap' && typeof label === 'string' && isNew(label, next)) {
          take(label, pfn, `dump: page ${index} of the mapping at ${vma.start}`);
        }
      }
    }
  }
  if (new Set(found.values()).size < found.size) fail('alloc', 'a pfn of its own for every page', [...found.keys()]);
  return { pages: sorted(found), record };
}

function isNew(label: string, next: NextLabels): boolean {
  if (label[0] === 'A') return Number(label.slice(1)) >= next.A;
  return label[0] === 'F' && Number(label.slice(1)) >= next.F;
}

/** A labels first, each kind in its order. */
function sorted(found: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (found.size < 2) return found;
  const key = (label: string): number => (label[0] === 'A' ? 0 : 1e9) + Number(label.slice(1));
  return new Map([...found].sort((a, b) => key(a[0]) - key(b[0])));
}
