// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What an event reads and writes, for a search that wants to know which events commute. The event is played
 * on a kernel of its own, opened for it, whose tables tell of everything that is asked of them; an ordinary
 * kernel carries nothing of this.
 */
import type { LogEvent } from '@specialbit/events';
import type { Kernel, KernelOptions } from './kernel/base/kernel.js';
import type { Outcome } from './kernel/base/outcome.js';
import type { ThpState } from './machine/thp.js';
import type { ObjectTable } from './mm/object-table.js';
import type { AddressSpace, Mm, Vma } from './mm/vma.js';
import { Places, type RangeSet } from './places.js';
import { applyTo } from './reduce.js';
import { openWorld } from './world/open.js';
import type { World } from './world/world.js';

export interface Footprint {
  readonly outcome: Outcome;
  readonly reads: Places;
  readonly writes: Places;
  /** Counters (`rss 0/1`) and collections (`labels 0`) that are added to and not looked at: additions commute. */
  readonly adds: ReadonlySet<string>;
  /** It takes frames from the allocator, or numbers for new objects: what these are called depends on the order. */
  readonly numbers: boolean;
}

/**
 * Plays `event` on `world`, which stays as it is, and tells what it read and wrote. Frames, VMAs and anon_vmas
 * that the event itself makes are not in the sets. An event that crashes the kernel has the footprint of
 * what it did up to there. Throws LogReferenceError for an event that names what does not exist.
 */
export function footprint(options: KernelOptions, world: World, event: LogEvent): Footprint {
  const k = openWorld(options, world);
  const watch = new Watch(k);
  const outcome = applyTo(k, event);
  return watch.footprint(outcome);
}

/**
 * Can the order of two events matter? False: from the world that both footprints are of, both orders lead to
 * worlds of the same `worldKey`, with the same outcomes, unless memory runs out between them. `numbering`: true counts as well how new frames and
 * objects are numbered, which `worldKey` does not see.
 */
export function dependent(a: Footprint, b: Footprint, options: { readonly numbering?: boolean } = {}): boolean {
  if (options.numbering === true && a.numbers && b.numbers) return true;
  if (a.writes.meets(b.reads) || a.writes.meets(b.writes) || b.writes.meets(a.reads)) return true;
  return addsMeet(a, b) || addsMeet(b, a);
}

function addsMeet({ adds }: Footprint, { reads, writes }: Footprint): boolean {
  for (const counter of adds) if (reads.things.has(counter) || writes.things.has(counter)) return true;
  return false;
}

const FIELDS = [
  'locked_vm',
  'start_brk',
  'brk',
  'start_stack',
  'comm',
  'has_pinned',
  'huge_zero_page',
  'merge_any',
] as const;

/** What each member of a machine's state of huge pages belongs to; counters are added to, and no event looks at them. */
const THP_THINGS: Readonly<Record<keyof ThpState, string>> = {
  enabled: 'thp settings',
  use_zero_page: 'thp settings',
  shrink_underused: 'thp settings',
  shmem_enabled: 'thp settings',
  shmem_mount: 'thp settings',
  anon_orders: 'thp settings',
  shmem_orders: 'thp settings',
  max_ptes_none: 'thp settings',
  max_ptes_swap: 'thp settings',
  max_ptes_shared: 'thp settings',
  huge_zero_pfn: 'huge zero folio',
  huge_zero_refcount: 'huge zero folio',
  deferred: 'deferred list',
  anon_thps: 'thp counter anon_thps',
  shmem_thps: 'thp counter shmem_thps',
  shmem_pmdmapped: 'thp counter shmem_pmdmapped',
  file_thps: 'thp counter file_thps',
  file_pmdmapped: 'thp counter file_pmdmapped',
};
const isCounter = (thing: string): boolean => thing.startsWith('thp counter ');
/** Where a block of frames is found depends on which are free, and `worldKey` sees what folios are called. */
const FREE_FRAMES = 'free frames';

/** Listens to one kernel, for one event. */
class Watch {
  private readonly reads = new Places();
  private readonly writes = new Places();
  private readonly adds = new Set<string>();
  private readonly fresh = new Set<string>();
  private readonly freshFrames = new Set<number>();
  private readonly touched = new Set<Vma>();
  private numbers = false;
  /** Above 0: what is looked at does not count. */
  private quiet = 0;

  constructor(private readonly k: Kernel) {
    this.watchFrames();
    this.watchTable(k.heap.mms, 'mm', (mm) => this.watchMm(mm));
    this.watchTable(k.heap.vmas, 'vma', (vma) => this.vmaRead(vma));
    this.watchTable(k.heap.anon_vmas, 'anon_vma', () => undefined);
    this.watchTable(k.heap.files, 'file', (file) => this.watchFile(file));
    this.watchTable(k.swap.slots, 'swap slot', () => undefined);
    if (k.thp.on || k.hugetlb.on) this.watchThp();
    if (k.hugetlb.on) this.watchHugetlb();
    this.watchRest();
    k.record({
      entry: (mm, _level, vpn) => this.writes.pages(mm).add(vpn, vpn + 1),
      frame: (pfn) => this.writes.frames.add(pfn),
      vma: (vma) => {
        this.touched.add(vma);
        this.vmaWritten(vma);
      },
    });
  }

  footprint(outcome: Outcome): Footprint {
    for (const vma of this.touched) this.vmaWritten(vma);
    const { reads, writes, adds, numbers } = this;
    for (const places of [reads, writes]) {
      for (const thing of this.fresh) places.things.delete(thing);
      for (const pfn of this.freshFrames) places.frames.delete(pfn);
    }
    return { outcome, reads, writes, adds, numbers };
  }

  private watchFrames(): void {
    const { frames, allocator } = this.k;
    const get = frames.get.bind(frames);
    frames.get = (pfn, field) => {
      if (this.quiet === 0) this.reads.frames.add(pfn);
      return get(pfn, field);
    };
    const alloc = allocator.alloc.bind(allocator);
    allocator.alloc = (busy) => {
      this.quiet++;
      const pfn = alloc(busy);
      this.quiet--;
      this.numbers = true;
      if (pfn >= 0) this.freshFrames.add(pfn);
      return pfn;
    };
  }

  /** Folios by their first frame, what the machine has once, and which blocks are free. */
  private watchThp(): void {
    const { k, reads, writes, adds, fresh, freshFrames } = this;
    this.watchFolios();
    const { thp, allocator } = k;
    const state = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(thp) as object, 'state')!;
    const seen = {};
    for (const [member, thing] of Object.entries(THP_THINGS)) {
      Object.defineProperty(seen, member, {
        enumerable: true,
        get: () => {
          if (this.quiet === 0 && !isCounter(thing)) reads.things.add(thing);
          return (state.get!.call(thp) as ThpState)[member as keyof ThpState];
        },
      });
    }
    Object.defineProperty(thp, 'state', { get: () => seen });
    const { change } = thp;
    thp.change = (fields) => {
      for (const member of Object.keys(fields) as (keyof ThpState)[]) {
        const thing = THP_THINGS[member];
        if (isCounter(thing)) adds.add(thing);
        else writes.things.add(thing);
      }
      change.call(thp, fields);
    };
    const { alloc, allocOrder, freed } = allocator;
    allocator.alloc = (busy) => {
      adds.add(FREE_FRAMES);
      return alloc.call(allocator, busy);
    };
    allocator.allocOrder = (order, busy) => {
      this.quiet++;
      const first = allocOrder.call(allocator, order, busy);
      this.quiet--;
      this.numbers = true;
      writes.things.add(FREE_FRAMES);
      if (first < 0) return first;
      if (!writes.things.has(`folio ${first}`)) fresh.add(`folio ${first}`);
      for (let pfn = first; pfn < first + (1 << order); pfn++) if (!writes.frames.has(pfn)) freshFrames.add(pfn);
      return first;
    };
    allocator.freed = (pfn) => {
      adds.add(FREE_FRAMES);
      freed.call(allocator, pfn);
    };
  }

  private watchFolios(): void {
    const { folios } = this.k.heap;
    const { holds, add, touch, values, delete: remove } = folios;
    folios.holds = (head, order) => {
      if (this.quiet === 0) this.reads.things.add(`folio ${head}`);
      return holds.call(folios, head, order);
    };
    folios.add = (id, order, large_rmappable) => {
      // a folio can take the place of a part of another
      this.writes.things.add(`folio ${id}`);
      this.numbers = true;
      return add.call(folios, id, order, large_rmappable);
    };
    folios.delete = (folio) => {
      this.writes.things.add(`folio ${folio.id}`);
      remove.call(folios, folio);
    };
    folios.touch = (folio) => {
      if (this.quiet === 0) this.writes.things.add(`folio ${folio.id}`);
      touch.call(folios, folio);
    };
    folios.values = () => {
      this.reads.things.add('every folio');
      return values.call(folios);
    };
  }

  /** Pools of huge pages and their reservations: one thing, which whatever takes or gives a page looks at. */
  private watchHugetlb(): void {
    const { hugetlb } = this.k;
    const { reads, writes } = this;
    const state = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(hugetlb) as object, 'state')!;
    const read = (): void => {
      reads.things.add('hugetlb');
    };
    Object.defineProperty(hugetlb, 'state', {
      get: () => {
        read();
        return state.get!.call(hugetlb) as unknown;
      },
    });
    const { hstate, map, change, addMap, changeMap } = hugetlb;
    hugetlb.hstate = (level) => {
      read();
      return hstate.call(hugetlb, level);
    };
    hugetlb.map = (id) => {
      read();
      return map.call(hugetlb, id);
    };
    hugetlb.change = (level, fields) => {
      writes.things.add('hugetlb');
      change.call(hugetlb, level, fields);
    };
    hugetlb.addMap = (id) => {
      writes.things.add('hugetlb');
      addMap.call(hugetlb, id);
    };
    hugetlb.changeMap = (id, fields) => {
      writes.things.add('hugetlb');
      changeMap.call(hugetlb, id, fields);
    };
  }

  private watchTable<O extends { readonly id: number; record: R | null }, R>(
    table: ObjectTable<O, R>,
    kind: string,
    seen: (object: O) => void,
  ): void {
    const known = new WeakSet<O>();
    // what a mapping that is being made had opened with it; that somebody looks at a VMA is told when he does
    if (kind !== 'vma') {
      for (const object of table.opened()) {
        known.add(object);
        seen(object);
      }
    }
    const read = (id: number): void => {
      if (this.quiet === 0 && kind !== 'vma') this.reads.things.add(`${kind} ${id}`);
    };
    const get = table.get.bind(table);
    table.get = (id) => {
      read(id);
      const object = get(id);
      if (object !== undefined && !known.has(object)) {
        known.add(object);
        seen(object);
      }
      return object;
    };
    const peek = table.peek.bind(table);
    table.peek = (id) => {
      read(id);
      const found = peek(id);
      if (kind === 'vma' && found !== undefined) this.vmaRead(found as unknown as Vma);
      return found;
    };
    const set = table.set.bind(table);
    table.set = (id, object) => {
      if (kind === 'mm') this.writes.things.add(`${kind} ${id}`);
      else if (peek(id) === undefined) this.fresh.add(`${kind} ${id}`);
      this.numbers = true;
      known.add(object);
      seen(object);
      return set(id, object);
    };
    const remove = table.delete.bind(table);
    table.delete = (id) => {
      this.writes.things.add(`${kind} ${id}`);
      return remove(id);
    };
    const touch = table.touch.bind(table);
    table.touch = (object) => {
      if (this.quiet === 0 && kind !== 'vma' && kind !== 'mm') this.writes.things.add(`${kind} ${object.id}`);
      touch(object);
    };
    const keys = table.keys.bind(table);
    table.keys = () => {
      this.reads.things.add(`every ${kind}`);
      return keys();
    };
  }

  private watchMm(mm: Mm): void {
    const { pt } = mm;
    const pages = this.reads.pages(mm.id);
    const layout = this.reads.vmas(mm.id);
    const { ptrs_per_pte, thp, hugetlb } = this.k;
    const table = (vpn: number): void => {
      const first = vpn - (vpn % ptrs_per_pte);
      pages.add(first, first + ptrs_per_pte);
    };
    // entries that are kept together, and folios, reach beyond a page
    const one = thp.on || hugetlb.on ? table : (vpn: number): void => pages.add(vpn, vpn + 1);
    for (const [name, missing] of [
      ['pmdNone', true],
      ['hasTable', false],
    ] as const) {
      const method = pt[name].bind(pt);
      pt[name] = (vpn) => {
        const answer = method(vpn);
        // that there is none yet: whatever is written in its reach changes that
        if (answer === missing) table(vpn);
        else one(vpn);
        return answer;
      };
    }
    const wrap = <K extends 'get' | 'load' | 'holds' | 'isHuge'>(name: K): void => {
      const method = pt[name].bind(pt) as (...args: unknown[]) => unknown;
      (pt as unknown as Record<string, unknown>)[name] = (vpn: number, ...rest: unknown[]) => {
        one(vpn);
        return method(vpn, ...rest);
      };
    };
    for (const name of ['get', 'load', 'holds', 'isHuge'] as const) wrap(name);
    const lookup = pt.lookup.bind(pt);
    pt.lookup = (vpn, p) => {
      one(vpn);
      return lookup(vpn, p);
    };
    const getHuge = pt.getHuge.bind(pt);
    pt.getHuge = (level, vpn, p) => {
      one(vpn);
      return getHuge(level, vpn, p);
    };
    const { walk, forEach, forEachTable, isEmpty, copyRange } = pt;
    pt.forEachTable = (start, end, visit) => {
      pages.add(start, end);
      forEachTable.call(pt, start, end, visit);
    };
    pt.walk = (start, end, p, visit) => {
      pages.add(start, end);
      walk.call(pt, start, end, p, visit);
    };
    pt.forEach = (start, end, p, visit) => {
      pages.add(start, end);
      forEach.call(pt, start, end, p, visit);
    };
    pt.isEmpty = (start, end) => {
      pages.add(start, end);
      return isEmpty.call(pt, start, end);
    };
    pt.copyRange = (dst, start, end, p, copy) => {
      pages.add(start, end);
      copyRange.call(pt, dst, start, end, p, copy);
    };
    const { find_vma, vma_before, peek_before, pass_gapless, vma_lookup } = mm;
    mm.find_vma = (vpn) => this.found(layout, vpn, find_vma.call(mm, vpn));
    mm.vma_lookup = (vpn) => this.found(layout, vpn, vma_lookup.call(mm, vpn));
    mm.vma_before = (vpn) => this.foundBefore(layout, vpn, vma_before.call(mm, vpn));
    mm.pass_gapless = (vma, gap) => {
      const lowest = pass_gapless.call(mm, vma, gap);
      layout.add(lowest.vm_start, vma.vm_end);
      return lowest;
    };
    mm.peek_before = (vpn) => this.foundBefore(layout, vpn, peek_before.call(mm, vpn));
    this.watchFields(mm, layout);
  }

  private watchFields(mm: Mm, layout: RangeSet): void {
    const prototype = Object.getPrototypeOf(mm) as object;
    const own = (name: string, read: () => void, write: () => void): void => {
      const { get, set } = Object.getOwnPropertyDescriptor(prototype, name)!;
      Object.defineProperty(mm, name, {
        get: () => {
          read();
          return get!.call(mm) as unknown;
        },
        ...(set === undefined
          ? {}
          : {
              set: (value: unknown) => {
                write();
                set.call(mm, value);
              },
            }),
      });
    };
    const { reads, writes, adds } = this;
    for (const name of FIELDS) {
      const thing = `${name} ${mm.id}`;
      own(
        name,
        () => reads.things.add(thing),
        () => writes.things.add(thing),
      );
    }
    own(
      'vmas',
      () => layout.add(0, Number.POSITIVE_INFINITY),
      () => undefined,
    );
    own(
      'rss',
      () => {
        for (let member = 0; member < 4; member++) reads.things.add(`rss ${mm.id}/${member}`);
      },
      () => undefined,
    );
    const { add_mm_counter, startOf, setLabel, dropLabel, copyFrom } = mm;
    mm.copyFrom = (old) => {
      for (const name of FIELDS) reads.things.add(`${name} ${old.id}`);
      reads.things.add(`labels ${old.id}`);
      copyFrom.call(mm, old);
    };
    mm.add_mm_counter = (member, value) => {
      adds.add(`rss ${mm.id}/${member}`);
      add_mm_counter.call(mm, member, value);
    };
    mm.startOf = (label) => {
      reads.things.add(`label ${mm.id} ${label}`);
      return startOf.call(mm, label);
    };
    mm.setLabel = (label, vpn, pages) => {
      adds.add(`labels ${mm.id}`);
      writes.things.add(`label ${mm.id} ${label}`);
      setLabel.call(mm, label, vpn, pages);
    };
    mm.dropLabel = (label) => {
      adds.add(`labels ${mm.id}`);
      writes.things.add(`label ${mm.id} ${label}`);
      dropLabel.call(mm, label);
    };
  }

  private watchFile(file: AddressSpace): void {
    for (const [map, kind] of [
      [file.page_cache, 'page'],
      [file.swapped, 'swapped page'],
    ] as const) {
      const { get, range, set } = map;
      map.get = (index) => {
        this.reads.things.add(`${kind} ${file.id}/${index}`);
        return get.call(map, index);
      };
      map.range = (start, end) => {
        this.reads.things.add(`every ${kind} ${file.id}`);
        return range.call(map, start, end);
      };
      map.set = (index, value) => {
        this.writes.things.add(`${kind} ${file.id}/${index}`);
        this.writes.things.add(`every ${kind} ${file.id}`);
        set.call(map, index, value);
      };
    }
    for (const name of ['setPage', 'setSwapped'] as const) {
      const method = file[name];
      file[name] = (index, value) => {
        // that the file has another page is said by its page cache
        this.quiet++;
        method.call(file, index, value);
        this.quiet--;
      };
    }
  }

  private watchRest(): void {
    const { pins, opened } = this.k;
    const { push, pop } = pins;
    pins.push = (pfn) => {
      this.writes.things.add('pins');
      push.call(pins, pfn);
    };
    pins.pop = () => {
      this.writes.things.add('pins');
      return pop.call(pins);
    };
    const length = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(pins) as object, 'length')!;
    Object.defineProperty(pins, 'length', {
      get: () => {
        this.reads.things.add('pins');
        return length.get!.call(pins) as number;
      },
    });
    const get = opened.get.bind(opened);
    opened.get = (mm) => {
      this.reads.things.add(`open mapping ${mm}`);
      return get(mm);
    };
    for (const name of ['set', 'delete'] as const) {
      const method = opened[name].bind(opened) as (mm: number, ...rest: never[]) => never;
      (opened as unknown as Record<string, unknown>)[name] = (mm: number, ...rest: never[]) => {
        this.writes.things.add(`open mapping ${mm}`);
        return method(mm, ...rest);
      };
    }
    const { memtypes } = this.k;
    const state = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(memtypes) as object, 'state')!;
    Object.defineProperty(memtypes, 'state', {
      get: () => {
        this.reads.things.add('memory types');
        return state.get!.call(memtypes) as unknown;
      },
      set: (value: unknown) => {
        this.writes.things.add('memory types');
        state.set!.call(memtypes, value);
      },
    });
    const { swap } = this.k;
    const alloc = swap.alloc.bind(swap);
    swap.alloc = () => {
      this.writes.things.add('swap slots');
      return alloc();
    };
    const prototype = Object.getPrototypeOf(swap) as object;
    const { get: cluster, set: setCluster } = Object.getOwnPropertyDescriptor(prototype, 'cluster')!;
    Object.defineProperty(swap, 'cluster', {
      get: () => {
        this.reads.things.add('swap readahead');
        return cluster!.call(swap) as unknown;
      },
      set: (value: unknown) => {
        this.writes.things.add('swap readahead');
        setCluster!.call(swap, value);
      },
    });
  }

  private found<T extends { readonly vm_start: number; readonly vm_end: number }>(
    layout: RangeSet,
    vpn: number,
    vma: T | undefined,
  ): T | undefined {
    if (vma === undefined) layout.add(vpn, Number.POSITIVE_INFINITY);
    else layout.add(Math.min(vpn, vma.vm_start), Math.max(vpn + 1, vma.vm_end));
    return vma;
  }

  private foundBefore<T extends { readonly vm_start: number; readonly vm_end: number }>(
    layout: RangeSet,
    vpn: number,
    vma: T | undefined,
  ): T | undefined {
    layout.add(vma?.vm_start ?? 0, Math.max(vpn, vma?.vm_end ?? 0));
    return vma;
  }

  private vmaRead(vma: Vma): void {
    const mm = typeof vma.mm === 'number' ? vma.mm : vma.mm.id;
    this.reads.vmas(mm).add(vma.vm_start, vma.vm_end);
  }

  private vmaWritten(vma: Vma): void {
    this.writes.vmas(vma.mm.id).add(vma.vm_start, vma.vm_end);
  }
}
