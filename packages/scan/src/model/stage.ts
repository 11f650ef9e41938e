// SPDX-License-Identifier: GPL-2.0-or-later
/** A driver's mapping as events: what its source says, and two pages of the memory that it maps. */
import type { Json, Stage } from '@specialbit/advice';
import type { LogHeader } from '@specialbit/events';
import type { Archetype, OnFault } from '../driver/archetype.js';
import type { Memory } from '../driver/steps.js';

/** Bits that the model knows, and that a driver sets. */
const FLAGS: ReadonlySet<string> = new Set([
  'VM_PFNMAP',
  'VM_MIXEDMAP',
  'VM_IO',
  'VM_DONTEXPAND',
  'VM_DONTCOPY',
  'VM_DONTDUMP',
  'VM_WIPEONFORK',
  'VM_NORESERVE',
  'VM_HUGEPAGE',
  'VM_NOHUGEPAGE',
  'VM_LOCKED',
]);
const CLEARED: ReadonlySet<string> = new Set([...FLAGS, 'VM_MAYWRITE', 'VM_MAYREAD', 'VM_MAYEXEC', 'VM_WRITE']);

const PAGES = 2;

export interface StageOptions {
  readonly shared: boolean;
  /** Pages of one allocation of this order that is no folio, and not each its own. */
  readonly order?: number;
}

/** Can the model play it? Pages of the page cache are no driver's, and huge pages want frames that no source tells. */
export function playable({ calls, fault, hook }: Archetype): boolean {
  const names = [...calls.map(({ name }) => name), fault?.kind === 'map' ? fault.step.name : ''];
  if (fault?.kind === 'page cache' || fault?.kind === 'unknown' || fault?.kind === 'passes on') return false;
  if (names.some((name) => /_(pmd|pud)$|^vmf_insert_page_mkwrite$/.test(name))) return false;
  return (calls.length > 0 || fault !== undefined) && (hook === 'mmap' || calls.length > 0 || fault !== undefined);
}

export class DriverStage implements Stage {
  readonly pages = PAGES;
  readonly huge = false;
  readonly file = 'dev';
  readonly looked = [0, 1];
  readonly writable: boolean;

  constructor(
    private readonly of: Archetype,
    private readonly o: StageOptions,
  ) {
    this.writable = !of.refuses.writable;
  }

  get shared(): boolean {
    return this.o.shared;
  }

  get way(): { readonly hook: string } {
    return { hook: this.of.fault === undefined ? this.of.hook : 'fault' };
  }

  get header(): Pick<LogHeader, 'files' | 'blocks' | 'thp'> {
    const { order } = this.o;
    return {
      files: { dev: { kind: 'device', pages: 0 } },
      ...(order === undefined ? {} : { blocks: { C0: { order } } }),
    };
  }

  frame(i: number): string {
    const { calls, fault } = this.of;
    return this.label(calls[0]?.memory ?? (fault?.kind === 'map' ? fault.step.memory : 'pages'), i);
  }

  get driverFrames(): readonly string[] {
    const frames = this.looked.map((i) => this.frame(i));
    return frames.filter((frame) => !frame.startsWith('D'));
  }

  private label(memory: Memory, i: number): string {
    if (memory !== 'pages') return `D${i}`;
    if (this.o.order === undefined) return `P${i}`;
    return i === 0 ? 'C0' : `C0+${i}`;
  }

  /** `->mmap` up to where the mapping is linked; `during`: what happens behind its calls. */
  map(during: readonly Json[] = []): Json[] {
    const { hook } = this.of;
    const ops = this.ops();
    const map = {
      label: 'm',
      pages: PAGES,
      prot: this.writable ? 'rw' : 'r',
      file: this.file,
      ...(this.shared ? {} : { flags: 'MAP_PRIVATE' }),
      ...(Object.keys(ops).length === 0 ? {} : { ops }),
    };
    const flags = this.flags();
    if (hook === 'mmap' && during.length === 0) {
      const call = [...flags, ...this.calls((i) => `[${i}]`)];
      return [{ type: 'mmap', ...map, ...(call.length === 0 ? {} : { call }) }];
    }
    return [
      { type: 'mmap.begin', ...map, ...(hook === 'mmap_prepare' ? { prepare: true } : {}) },
      ...flags.map((one) => ({ ...one, at: 'm' })),
      ...this.calls((i) => `m[${i}]`),
      ...during,
      { type: 'mmap.end' },
    ];
  }

  touch(op: 'read' | 'write', i: number, mm = 0, label = 'm'): Json[] {
    return [{ type: op, ...(mm === 0 ? {} : { mm }), at: `${label}[${i}]` }];
  }

  private flags(): Json[] {
    const set = this.of.set.filter((flag) => FLAGS.has(flag)).join('|');
    const clear = this.of.clear.filter((flag) => CLEARED.has(flag)).join('|');
    if (set === '' && clear === '') return [];
    return [{ type: 'vm_flags_mod', ...(set === '' ? {} : { set }), ...(clear === '' ? {} : { clear }) }];
  }

  private calls(at: (page: number) => string): Json[] {
    // of several calls in one way each has its part of the mapping: the last would find the pages of the first
    const [step] = this.of.calls;
    if (step === undefined) return [];
    const { event, reach } = step.call;
    if (reach === 'range') return [{ type: event, at: at(0), frame: this.frame(0), pages: PAGES }];
    return this.looked.map((i) => ({ type: event, at: at(i), frame: this.frame(i) }));
  }

  private ops(): Json {
    const { fault, ops, bounds } = this.of;
    const has = (name: 'pfn_mkwrite' | 'page_mkwrite' | 'close' | 'open'): boolean => ops?.handlers[name] !== undefined;
    return {
      ...(fault === undefined ? {} : { fault: this.handler(fault, bounds.fault) }),
      ...(has('pfn_mkwrite') ? { pfn_mkwrite: true } : {}),
      ...(has('page_mkwrite') ? { page_mkwrite: true } : {}),
      ...(ops?.handlers.access?.name === 'generic_access_phys' ? { access: true } : {}),
      ...(has('close') ? { close: true } : {}),
      ...(ops?.handlers.may_split === undefined ? {} : { may_split: 'EINVAL' }),
    };
  }

  private handler(fault: OnFault, bounded: boolean): Json {
    const frames = bounded ? { frames: PAGES } : {};
    if (fault.kind !== 'map') return { do: 'page', frame: this.label('pages', 0), ...frames };
    const { step } = fault;
    const frame = this.label(step.memory, 0);
    const { event } = step.call;
    const name = event === 'vmf_insert_pfn_prot' ? 'vmf_insert_pfn' : event;
    if (DIRECT.has(name)) return { do: name, frame, ...frames };
    // a handler that makes any other call makes it for the page that faults
    const pages = step.call.reach === 'range' ? { pages: 1 } : {};
    return { do: 'call', call: [{ type: name, frame, ...pages }], ...frames };
  }
}

/** What `fault.do` names. */
const DIRECT: ReadonlySet<string> = new Set([
  'vmf_insert_pfn',
  'vmf_insert_mixed',
  'vmf_insert_mixed_mkwrite',
  'vm_insert_page',
  'remap_pfn_range',
]);
