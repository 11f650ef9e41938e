// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The probes of `specialbit record` on functions that drivers call: an entry with arguments, a return with the result. What
 * such a function calls in its turn (vm_map_pages() inserts page after page) is marked as inner.
 */
import { parseNumber } from '../names.js';
import type { DriverCallRecord, TraceRecord } from '../records.js';
import { type At, field, numberFields } from './fields.js';

type Emit = (record: TraceRecord) => void;
type Writable = { -readonly [K in keyof DriverCallRecord]: DriverCallRecord[K] };

/** What a function calls of those that are watched (mm/memory.c). */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  vm_map_pages: ['vm_insert_page', 'vm_insert_pages'],
  vm_map_pages_zero: ['vm_insert_page', 'vm_insert_pages'],
  vm_insert_pages: ['vm_insert_page'],
  vm_iomap_memory: ['remap_pfn_range'],
  vmf_insert_pfn: ['vmf_insert_pfn_prot'],
  remap_vmalloc_range_partial: ['vm_insert_page'],
  unmap_mapping_range: ['unmap_mapping_pages'],
};

/** The pfn in a pfn_t; its flags lie above (include/linux/pfn_t.h, until 6.16). */
const PFN_MASK = 2n ** 52n - 1n;
/** PFN_DEV, PFN_SPECIAL and PFN_MAP of a pfn_t, the first being the bit below the two uppermost. */
const PFN_DEV = 1n << 61n;
const PFN_MAP = 1n << 60n;
const PFN_SPECIAL = 1n << 59n;
/** Bytes of a struct page on 64-bit kernels. */
const STRUCT_PAGE = 64n;
/** What configurations make of it. */
const SIZES: ReadonlySet<bigint> = new Set([32n, 36n, 40n, 44n, 48n, 56n, 64n, 72n, 80n, 96n, 128n]);

/** Said only by what they call, and by what they do to vm_flags in the end. */
const OUTSIDE = new Set(['remap_vmalloc_range_partial']);

interface Open {
  readonly record: Writable;
  /** Addresses of struct pages. */
  readonly pages: readonly bigint[];
}

/** Where a thread is when it calls: in the mmap call of this line, in the fault of this address. */
interface Where {
  readonly within: number | undefined;
  readonly fault: number | undefined;
}

/** Pages are no smaller than this, and huge entries are aligned. */
const samePage = (fault: number, addr: number): boolean => Math.floor(fault / 4096) === Math.floor(addr / 4096);

export class DriverProbes {
  /** Calls that have not returned, by thread. */
  private readonly open = new Map<number, Open[]>();
  /** Calls whose pages are known by the address of their struct page alone. */
  private readonly unresolved: Open[] = [];
  /** pfn and address of struct pages that the trace names together (mm_page_alloc). */
  private readonly known: { readonly pfn: bigint; readonly page: bigint }[] = [];
  private vmemmap: bigint | undefined;

  /** Both halves of a page's name. */
  pageAt(page: bigint, pfn: number): void {
    const [first] = this.known;
    if (this.known.length === 2 || first?.pfn === BigInt(pfn)) return;
    this.known.push({ pfn: BigInt(pfn), page });
    if (first === undefined) return;
    // two tell the size of a struct page; hashed addresses (without the option nohash-ptr) tell nothing
    const [bytes, count] = [page - first.page, BigInt(pfn) - first.pfn];
    if (bytes % count !== 0n || !SIZES.has(bytes / count)) this.known.length = 0;
  }

  enter(at: At, name: string, text: string, { within, fault }: Where, emit: Emit): void {
    const stack = this.open.get(at.pid) ?? [];
    while (stack.length > 0 && CALLS[stack.at(-1)!.record.name]?.includes(name) !== true) this.close(stack, emit);
    const args = numberFields(text);
    const pfn = exact(text, 'pfn');
    const record: Writable = {
      type: 'driver_call',
      ...at,
      name,
      args,
      ...(stack.some((one) => !OUTSIDE.has(one.record.name)) ? { inner: true } : {}),
      ...(within === undefined ? {} : { within }),
      ...(fault !== undefined && args.addr !== undefined && samePage(fault, args.addr) ? { fault: true } : {}),
    };
    if (pfn !== undefined) {
      args.pfn = Number(pfn & PFN_MASK);
      const flags = pfnFlags(pfn);
      if (flags !== undefined) record.pfn_t = flags;
    }
    for (const key of ['mapping', 'page_prot', 'prot'] as const) {
      const value = exact(text, key);
      if (value !== undefined) record[key] = value.toString(16);
    }
    const vmemmap = exact(text, 'vmemmap');
    if (vmemmap !== undefined) this.vmemmap = vmemmap;
    const opened: Open = { record, pages: pfn === undefined ? pagesOf(text, args.num) : [] };
    if (opened.pages.length > 0 && !this.resolve(opened)) this.unresolved.push(opened);
    stack.push(opened);
    this.open.set(at.pid, stack);
  }

  leave(at: At, name: string, text: string, emit: Emit): void {
    const stack = this.open.get(at.pid) ?? [];
    const i = stack.findLastIndex(({ record }) => record.name === name);
    if (i < 0) return;
    while (stack.length > i + 1) this.close(stack, emit);
    const ret = signed(text);
    const { record } = stack[i]!;
    if (ret !== undefined) record.ret = ret;
    if (OUTSIDE.has(name)) Object.assign(record, { line: at.line, time: at.time });
    this.close(stack, emit);
  }

  /** The thread does something that no such function does: its calls have ended, whether the trace says so or not. */
  done(pid: number, emit: Emit): void {
    const stack = this.open.get(pid);
    if (stack === undefined) return;
    while (stack.length > 0) this.close(stack, emit);
    this.open.delete(pid);
  }

  end(emit: Emit): void {
    for (const pid of [...this.open.keys()]) this.done(pid, emit);
    // pages were allocated after they had been mapped: of others, or by a driver that began before the trace
    for (const opened of this.unresolved) this.resolve(opened);
  }

  private close(stack: Open[], emit: Emit): void {
    emit(stack.pop()!.record);
  }

  /** Pages by their pfns; false where nothing tells yet where the array of struct pages begins. */
  private resolve({ record, pages }: Open): boolean {
    const pfns = pages.map((page) => this.pfnOf(page));
    if (pfns.includes(undefined)) return false;
    const args = record.args as Record<string, number>;
    args.pfn = pfns[0]!;
    if (pages.length > 1) record.pfns = pfns as number[];
    return true;
  }

  private pfnOf(page: bigint): number | undefined {
    const [first, second] = this.known;
    if (this.vmemmap !== undefined) return Number((page - this.vmemmap) / this.size());
    if (first === undefined || second === undefined) return undefined;
    return Number(first.pfn + (page - first.page) / this.size());
  }

  private size(): bigint {
    const [first, second] = this.known;
    if (first === undefined || second === undefined) return STRUCT_PAGE;
    return (second.page - first.page) / (second.pfn - first.pfn);
  }
}

/** The pages of an array, as far as they are written down one by one; else its first page. */
function pagesOf(text: string, num: number | undefined): bigint[] {
  const pages: bigint[] = [];
  for (let i = 0; i < Math.max(1, num ?? 1); i++) {
    const page = exact(text, i === 0 ? 'page' : `page${i}`);
    if (page === undefined) break;
    pages.push(page);
  }
  return pages;
}

function exact(text: string, key: string): bigint | undefined {
  const value = new RegExp(`(?:^|[\\s(])${key}=(0x)?([0-9a-f]+)(?=[\\s,)]|$)`, 'i').exec(text)?.[2];
  return value === undefined ? undefined : BigInt(`0x${value}`);
}

function pfnFlags(pfn: bigint): DriverCallRecord['pfn_t'] {
  if ((pfn & ~PFN_MASK) === 0n) return undefined;
  if ((pfn & PFN_SPECIAL) !== 0n) return 'PFN_SPECIAL';
  if ((pfn & PFN_DEV) === 0n) return 'none';
  return (pfn & PFN_MAP) === 0n ? 'PFN_DEV' : 'PFN_DEV|PFN_MAP';
}

/** An int: `ret=-22` of the trace file, `ret=0xffffffea` or `ret=4294967274` of other tools. */
function signed(text: string): number | undefined {
  const value = parseNumber(field(text, 'ret') ?? '');
  return value === undefined ? undefined : value | 0;
}
