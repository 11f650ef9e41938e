// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Random scenarios: an arbitrary list of wishes, and a small model that makes events of them (which
 * mappings exist, what their driver may do), so that most events succeed and every shrunk list is a
 * scenario again.
 */
import type { DriverCall, DriverOps, LogEvent, LogHeader, Place } from '@specialbit/events';
import { formatLog } from '@specialbit/events';
import fc from 'fast-check';

export interface Scenario {
  readonly header: LogHeader;
  readonly events: readonly LogEvent[];
  /** References that get_page and put_page added to each driver page in the end. */
  readonly gets: Readonly<Record<string, number>>;
}

/** What a scenario may contain. */
export interface ScenarioOptions {
  /**
   * Nothing that a driver must not do: no raw PTEs, no flags or vm_pgoff changed behind the kernel's
   * back, no reference given away twice. The kernel has nothing to report then.
   */
  readonly wellBehaved?: boolean;
  readonly maxEvents?: number;
  readonly minEvents?: number;
}

const HEADER: LogHeader = {
  specialbit: 1,
  title: 'A random scenario',
  files: { dev: { kind: 'device', pages: 0 }, tmp: { kind: 'shmem', pages: 8, content: [0xf0, 0xf1, 0xf2] } },
};

const MAX_MMS = 4;
const MAX_PAGES = 6;

/** How the driver behind a mapping behaves. */
type Driver = 'none' | 'page' | 'insert' | 'pfn' | 'mixed' | 'remap';

interface Mapping {
  readonly label: string;
  pages: number;
  readonly kind: 'anon' | 'shared' | 'tmp' | 'dev';
  readonly driver: Driver;
  readonly shared: boolean;
}

interface Space {
  readonly mappings: Mapping[];
}

interface Wish {
  readonly what: Action;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
}

class Model {
  readonly events: LogEvent[] = [];
  readonly gets: Record<string, number> = {};
  private readonly spaces = new Map<number, Space>([[0, { mappings: [] }]]);
  private readonly opened = new Map<number, Mapping>();
  private made = 0;

  constructor(private readonly wellBehaved: boolean) {}

  private mm(w: Wish): number {
    const live = [...this.spaces.keys()];
    return live[w.a % live.length]!;
  }

  private pick(w: Wish, want: (m: Mapping) => boolean = () => true): { mm: number; m: Mapping } | undefined {
    const mm = this.mm(w);
    const candidates = this.spaces.get(mm)!.mappings.filter(want);
    const m = candidates[w.b % (candidates.length || 1)];
    return m === undefined ? undefined : { mm, m };
  }

  private page(m: Mapping, n: number): Place {
    return { label: m.label, page: n % m.pages };
  }

  private emit(event: LogEvent): void {
    this.events.push(event);
  }

  wish(w: Wish): void {
    ACTIONS[w.what].call(this, w);
  }

  // ------------------------------------------------------------ mapping

  mmap(w: Wish): void {
    const { event, mapping } = this.mapping(w);
    this.emit(event);
    this.spaces.get(event.mm)!.mappings.push(mapping);
  }

  private mapping(w: Wish): { event: Extract<LogEvent, { type: 'mmap' | 'mmap.begin' }>; mapping: Mapping } {
    const mm = this.mm(w);
    const label = `m${this.made++}`;
    const pages = 1 + (w.c % MAX_PAGES);
    const prot = [3, 3, 3, 3, 3, 7, 1, 0][w.e % 8]!;
    const kind = (['anon', 'dev', 'dev', 'dev', 'tmp', 'shared'] as const)[w.b % 6]!;
    const driver = kind === 'dev' ? DRIVERS[(w.b + w.d) % DRIVERS.length]! : 'none';
    // vmf_insert_pfn in a copy-on-write mapping would be a BUG
    const shared = kind === 'shared' || (kind !== 'anon' && (driver === 'pfn' || w.d % 2 === 0));
    const mapping: Mapping = { label, pages, kind, driver, shared };
    const flags = (shared ? 1 : 2) | (kind === 'anon' || kind === 'shared' ? 0x20 : 0) | (w.d % 11 === 10 ? 0x8000 : 0);
    const file = kind === 'dev' ? 'dev' : kind === 'tmp' ? 'tmp' : undefined;
    const { ops, call } = driverOf(driver, w, pages);
    return {
      mapping,
      event: {
        type: 'mmap',
        mm,
        label,
        pages,
        prot,
        flags,
        pgoff: kind === 'tmp' ? w.a % 4 : 0,
        ...(file === undefined ? {} : { file }),
        ...(ops === undefined ? {} : { ops }),
        ...(call === undefined ? {} : { call }),
      },
    };
  }

  mmap_begin(w: Wish): void {
    const { event, mapping } = this.mapping(w);
    if (this.opened.has(event.mm)) return;
    this.emit({ ...event, type: 'mmap.begin' });
    this.emit({ type: 'unmap_mapping_range', file: 'dev', pgoff: 0, pages: 0, even_cows: w.d % 2 === 0 });
    this.emit({ type: 'mmap.end', mm: event.mm });
    this.spaces.get(event.mm)!.mappings.push(mapping);
  }

  munmap(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const page = w.d % 3 === 0 ? w.c % m.pages : 0;
    const pages = w.d % 3 === 1 ? 1 : m.pages - page;
    this.emit({ type: 'munmap', mm, at: { label: m.label, page }, pages });
    if (page === 0 && pages === m.pages) this.forget(mm, m);
    // what is left of it is not used by name any more, but for accesses that fail
    else if (page === 0) this.forget(mm, m);
    else m.pages = page;
  }

  private forget(mm: number, m: Mapping): void {
    const { mappings } = this.spaces.get(mm)!;
    mappings.splice(mappings.indexOf(m), 1);
  }

  mprotect(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const page = w.c % m.pages;
    this.emit({
      type: 'mprotect',
      mm,
      at: this.page(m, page),
      pages: 1 + (w.d % (m.pages - page)),
      prot: [0, 1, 1, 3, 3, 3][w.e % 6]!,
    });
  }

  mremap(w: Wish): void {
    const found = this.pick(w, (m) => m.kind !== 'dev');
    if (found === undefined) return;
    const { mm, m } = found;
    const label = `m${this.made++}`;
    const new_pages = 1 + (w.c % MAX_PAGES);
    this.emit({ type: 'mremap', mm, at: { label: m.label, page: 0 }, pages: m.pages, new_pages, flags: 1, label });
    this.forget(mm, m);
    this.spaces.get(mm)!.mappings.push({ ...m, label, pages: new_pages });
  }

  move(w: Wish): void {
    const found = this.pick(w, (m) => m.kind === 'dev');
    if (found === undefined) return;
    const { mm, m } = found;
    const label = `m${this.made++}`;
    // far below everything that the kernel places itself
    const to = { addr: 0x10000000 + this.made * 0x100000 };
    this.emit({
      type: 'mremap',
      mm,
      at: { label: m.label, page: 0 },
      pages: m.pages,
      new_pages: m.pages,
      flags: 3,
      to,
      label,
    });
    this.forget(mm, m);
    this.spaces.get(mm)!.mappings.push({ ...m, label });
  }

  madvise(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const page = w.c % m.pages;
    this.emit({
      type: 'madvise',
      mm,
      at: this.page(m, page),
      pages: 1 + (w.d % (m.pages - page)),
      advice: ADVICE[w.e % ADVICE.length]!,
    });
  }

  mlock(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    this.emit({ type: w.d % 2 === 0 ? 'mlock' : 'munlock', mm, at: { label: m.label, page: 0 }, pages: m.pages });
  }

  // --------------------------------------------------------- processes

  fork(w: Wish): void {
    const mm = this.mm(w);
    if (this.opened.has(mm)) return;
    for (let child = 1; child < MAX_MMS; child++) {
      if (this.spaces.has(child)) continue;
      this.emit({ type: 'fork', mm, child });
      this.spaces.set(child, { mappings: this.spaces.get(mm)!.mappings.map((m) => ({ ...m })) });
      return;
    }
  }

  exit(w: Wish): void {
    const mm = this.mm(w);
    if (mm === 0) return;
    this.emit({ type: 'exit', mm });
    this.spaces.delete(mm);
  }

  access(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const at = this.page(m, w.c);
    if (w.e % 8 < 4) this.emit({ type: 'access', mm, at, op: 'write', value: 1 + (w.d % 200) });
    else this.emit({ type: 'access', mm, at, op: w.e % 8 === 7 ? 'exec' : 'read' });
  }

  // ------------------------------------------------------------- driver

  driver(w: Wish): void {
    const found = this.pick(w, (m) => m.kind === 'dev' && m.driver !== 'none' && m.driver !== 'page');
    if (found === undefined) return;
    const { mm, m } = found;
    const at = this.page(m, w.c);
    const page = { label: `P${w.d % 8}` };
    const bare = { label: `D${w.d % 16}` };
    switch (m.driver) {
      case 'insert':
        if (w.d % 3 === 0)
          this.emit({
            type: 'vm_insert_pages',
            mm,
            at: { label: m.label, page: 0 },
            frame: { label: 'P0' },
            pages: m.pages,
          });
        else this.emit({ type: 'vm_insert_page', mm, at, frame: page, pages: 1 });
        return;
      case 'pfn':
        if (w.d % 4 === 0) this.emit({ type: 'zap_vma_ptes', mm, at, pages: 1 });
        else this.emit({ type: 'vmf_insert_pfn', mm, at, frame: w.d % 4 === 1 ? page : bare });
        return;
      case 'mixed':
        this.emit({
          type: w.d % 3 === 0 ? 'vmf_insert_mixed_mkwrite' : 'vmf_insert_mixed',
          mm,
          at,
          frame: w.d % 2 === 0 ? page : bare,
          pfn_t: 'PFN_DEV',
        });
        return;
      case 'remap':
        // only what is empty may be mapped again, and a private mapping only as a whole
        this.emit({ type: 'zap_vma_ptes', mm, at: { label: m.label, page: 0 }, pages: m.pages });
        if (m.shared) this.emit({ type: 'remap_pfn_range', mm, at, frame: w.d % 2 === 0 ? page : bare, pages: 1 });
        return;
      default:
        return;
    }
  }

  unmap_mapping_range(w: Wish): void {
    this.emit({
      type: 'unmap_mapping_range',
      file: w.b % 3 === 0 ? 'tmp' : 'dev',
      pgoff: w.c % 4,
      pages: w.d % 5,
      even_cows: w.d % 2 === 0,
    });
  }

  get_page(w: Wish): void {
    const held = Object.keys(this.gets).filter((name) => this.gets[name]! > 0);
    const put = held.length > 0 && w.c % 2 === 0;
    const label = put ? held[w.d % held.length]! : `P${w.d % 8}`;
    this.gets[label] = (this.gets[label] ?? 0) + (put ? -1 : 1);
    this.emit({ type: put ? 'put_page' : 'get_page', frame: { label } });
  }

  pin(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const page = w.c % m.pages;
    this.emit({
      type: (['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast_only'] as const)[w.d % 3]!,
      mm,
      at: this.page(m, page),
      pages: 1 + (w.b % (m.pages - page)),
      write: w.e % 2 === 0,
      longterm: w.e % 5 === 0,
      hold: w.d % 3 !== 2 && w.c % 2 === 0,
    });
  }

  unpin(): void {
    this.emit({ type: 'unpin_user_pages' });
  }

  ptrace(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const write = w.d % 2 === 0;
    this.emit({ type: 'access_process_vm', mm, at: this.page(m, w.c), write, ...(write ? { value: w.d % 250 } : {}) });
  }

  follow(w: Wish): void {
    const found = this.pick(w);
    if (found === undefined) return;
    this.emit({ type: 'follow_pfnmap', mm: found.mm, at: this.page(found.m, w.c) });
  }

  // ------------------------------------------------------- faulty drivers

  faulty(w: Wish): void {
    if (this.wellBehaved) return;
    const found = this.pick(w);
    if (found === undefined) return;
    const { mm, m } = found;
    const at = this.page(m, w.c);
    const frame = { label: ['P1', 'P2', 'D1', 'R0', 'H0', 'Z'][w.d % 6]! };
    const calls: readonly LogEvent[] = [
      { type: 'set_pte', mm, at, frame, pages: 1, special: w.b % 2 === 0, write: w.b % 3 === 0 },
      { type: 'clear_pte', mm, at, pages: 1 },
      { type: 'vm_flags_mod', mm, at, set: [0x400, 0x10000000, 0x4000][w.b % 3]!, clear: 0 },
      { type: 'vm_flags_mod', mm, at, set: 0, clear: [0x400, 0x10000000, 0x20][w.b % 3]! },
      { type: 'set_vm_pgoff', mm, at, pgoff: w.d % 4, ...(w.b % 2 === 0 ? { frame } : {}) },
      { type: 'set_vm_pgoff', mm, at, pgoff: 0, self: true },
      { type: 'vmf_insert_pfn', mm, at, frame },
      { type: 'remap_pfn_range', mm, at, frame, pages: 1 },
      { type: 'vm_insert_page', mm, at, frame, pages: 1 },
      { type: 'put_page', frame: { label: `P${w.b % 8}` } },
      { type: 'vmf_insert_mixed', mm, at, frame, pfn_t: (['PFN_DEV', 'PFN_SPECIAL', 'none'] as const)[w.b % 3]! },
    ];
    this.emit(calls[(w.b + w.d) % calls.length]!);
  }

  /** All address spaces end, and the pins are dropped. */
  end(): void {
    this.emit({ type: 'unpin_user_pages' });
    for (const mm of [...this.spaces.keys()].reverse()) this.emit({ type: 'exit', mm });
  }
}

const DRIVERS: readonly Driver[] = ['insert', 'pfn', 'mixed', 'remap', 'page', 'none'];

const ADVICE = [
  'MADV_DONTNEED',
  'MADV_FREE',
  'MADV_COLD',
  'MADV_POPULATE_READ',
  'MADV_POPULATE_WRITE',
  'MADV_DONTFORK',
  'MADV_DOFORK',
  'MADV_WIPEONFORK',
  'MADV_KEEPONFORK',
  'MADV_SEQUENTIAL',
  'MADV_REMOVE',
  'MADV_PAGEOUT',
  'MADV_DONTNEED_LOCKED',
] as const;

function driverOf(driver: Driver, w: Wish, pages: number): { ops?: DriverOps; call?: readonly DriverCall[] } {
  const first: Place = { label: '', page: 0 };
  const page = { label: `P${w.d % 3}` };
  const bare = { label: `D${w.d % 8}` };
  const frame = w.c % 2 === 0 ? page : bare;
  const mkwrite: DriverOps = {
    ...(w.d % 3 === 0 ? { pfn_mkwrite: true } : {}),
    ...(w.d % 4 === 0 ? { page_mkwrite: true } : {}),
  };
  switch (driver) {
    case 'page':
      return { ops: { fault: { do: 'page', frame: page }, ...mkwrite } };
    case 'insert':
      return w.d % 2 === 0
        ? { ops: mkwrite, call: [{ type: 'vm_insert_page', at: first, frame: page, pages: 1 }] }
        : {
            ops: mkwrite,
            call: [{ type: 'vm_map_pages', at: first, frame: { label: 'P0' }, pages: Math.max(pages, 1 + (w.c % 8)) }],
          };
    case 'pfn':
      return {
        ops: { fault: { do: 'vmf_insert_pfn', frame, guarded: true }, ...mkwrite },
        call: [{ type: 'vm_flags_mod', at: first, set: 0x4400, clear: 0 }],
      };
    case 'mixed':
      return {
        ops: { fault: { do: w.d % 2 === 0 ? 'vmf_insert_mixed' : 'vmf_insert_mixed_mkwrite', frame }, ...mkwrite },
        call: [{ type: 'vm_flags_mod', at: first, set: 0x10000000, clear: 0 }],
      };
    case 'remap':
      return {
        ops: mkwrite,
        call: [{ type: 'remap_pfn_range', at: first, frame: { label: w.c % 2 === 0 ? 'P0' : 'D0' }, pages }],
      };
    default:
      return {};
  }
}

const ACTIONS = {
  mmap: Model.prototype.mmap,
  mmap_begin: Model.prototype.mmap_begin,
  munmap: Model.prototype.munmap,
  mprotect: Model.prototype.mprotect,
  mremap: Model.prototype.mremap,
  move: Model.prototype.move,
  madvise: Model.prototype.madvise,
  mlock: Model.prototype.mlock,
  fork: Model.prototype.fork,
  exit: Model.prototype.exit,
  access: Model.prototype.access,
  driver: Model.prototype.driver,
  unmap_mapping_range: Model.prototype.unmap_mapping_range,
  get_page: Model.prototype.get_page,
  pin: Model.prototype.pin,
  unpin: Model.prototype.unpin,
  ptrace: Model.prototype.ptrace,
  follow: Model.prototype.follow,
  faulty: Model.prototype.faulty,
} as const satisfies Record<string, (this: Model, w: Wish) => void>;
type Action = keyof typeof ACTIONS;

const WEIGHTS: Readonly<Record<Action, number>> = {
  mmap: 8,
  mmap_begin: 1,
  munmap: 3,
  mprotect: 3,
  mremap: 2,
  move: 1,
  madvise: 4,
  mlock: 2,
  fork: 3,
  exit: 2,
  access: 16,
  driver: 8,
  unmap_mapping_range: 3,
  get_page: 2,
  pin: 4,
  unpin: 1,
  ptrace: 2,
  follow: 1,
  faulty: 5,
};

const nat = fc.nat(999);
const wish: fc.Arbitrary<Wish> = fc.record({
  what: fc.oneof(
    ...Object.entries(WEIGHTS).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as Action) })),
  ),
  a: nat,
  b: nat,
  c: nat,
  d: nat,
  e: nat,
});

/** The scenario as a log that `specialbit replay` runs. */
export function scenarioLog(scenario: Scenario): string {
  return [...formatLog(scenario.header, scenario.events)].join('');
}

/** Scenarios that begin with a mapping and end with every address space gone. A failing one prints its log. */
export function scenario(options: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  const wishes = fc.array(wish, {
    minLength: options.minEvents ?? 1,
    maxLength: options.maxEvents ?? 100,
    size: 'max',
  });
  return fc.tuple(wish, wishes).map(([first, rest]) => {
    const model = new Model(options.wellBehaved === true);
    model.wish({ ...first, what: 'mmap' });
    for (const one of rest) model.wish(one);
    model.end();
    const made: Scenario = { header: HEADER, events: model.events, gets: model.gets };
    Object.defineProperty(made, fc.toStringMethod, { value: () => `a log:\n${scenarioLog(made)}`, enumerable: false });
    return made;
  });
}
