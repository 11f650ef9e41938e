// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of a log by which a driver maps its memory in some way, and a process touches it. */
import type { LogHeader } from '@specialbit/events';
import type { FrameSet } from './memory.js';
import type { Json, Stage } from './stage.js';
import { takesOneRun, type Way } from './ways.js';

export type { Json };

/** What a driver does beside its way. */
export interface Extras {
  /** `VM_DONTEXPAND`. */
  readonly flags: readonly string[];
  /** Handlers of its vm_operations_struct: `access`, `pfn_mkwrite`, `page_mkwrite`. */
  readonly handlers: readonly string[];
  /** It maps pages without the right to write first, so that it hears of writes. */
  readonly readonly?: true;
}

export const NO_EXTRAS: Extras = { flags: [], handlers: [] };

export interface SceneOptions {
  readonly way: Way;
  readonly frames: FrameSet;
  readonly scattered: boolean;
  readonly shared: boolean;
  readonly prot: 'r' | 'rw';
  readonly extras?: Extras;
  /** Pages that one PMD maps, of the lane that has most. */
  readonly pmdPages: number;
}

/** Pages of every mapping that is no huge one. */
export const PAGES = 2;
/** Where huge mappings are: aligned to every PMD. */
const HUGE_AT = '0x40000000';
/** A device memory of one PMD. */
const HUGE = 'G0';

export class Scene implements Stage {
  readonly pages: number;
  readonly huge: boolean;

  constructor(private readonly o: SceneOptions) {
    this.huge = o.way.hook === 'huge_fault';
    this.pages = this.huge ? o.pmdPages : PAGES;
  }

  get shared(): boolean {
    return this.o.shared;
  }

  get way(): Way {
    return this.o.way;
  }

  get writable(): boolean {
    return this.o.prot === 'rw';
  }

  /** The file that is mapped. */
  get file(): string {
    return this.native ? 'tmp' : 'dev';
  }

  private get native(): boolean {
    return this.o.way.call === 'generic_file_mmap';
  }

  /** A file system whose handlers are those of the page cache, and a page_mkwrite of its own: tmpfs has none. */
  private get hears(): boolean {
    return this.native && this.o.extras?.handlers.includes('page_mkwrite') === true;
  }

  /** What the header has to have. */
  get header(): Pick<LogHeader, 'files' | 'blocks' | 'thp'> {
    const files: LogHeader['files'] = this.native
      ? { tmp: { kind: this.hears ? 'file' : 'shmem', pages: PAGES, content: [0xf0, 0xf1] } }
      : { dev: { kind: 'device', pages: 0 } };
    const blocks = {
      ...this.o.frames.header.blocks,
      ...(this.huge ? { [HUGE]: { order: 'pmd' as const, device: true } } : {}),
    };
    return {
      files,
      ...(Object.keys(blocks).length === 0 ? {} : { blocks }),
      ...(this.huge ? { thp: {} } : {}),
    };
  }

  /** The frame that page `i` is to map; undefined where the kernel picks it. */
  frame(i: number): string | undefined {
    if (this.native) return undefined;
    if (this.huge) return i === 0 ? HUGE : `${HUGE}+${i}`;
    return this.o.frames.frame(this.apart ? 2 * i : i);
  }

  /** The driver's frames, whose counts have to be in order in the end. */
  get driverFrames(): readonly string[] {
    if (this.native || this.huge) return [];
    return Array.from({ length: PAGES }, (_, i) => this.frame(i)!);
  }

  private get apart(): boolean {
    return this.o.scattered && this.o.frames.together !== true;
  }

  /** The frame of the mapping's first page, of a handler that serves page `i` with its frame. */
  private handlerFrame(i: number): string {
    if (this.huge) return HUGE;
    return this.o.frames.frame(this.apart ? i : 0);
  }

  private ops(i: number): Json {
    const { way, extras = NO_EXTRAS } = this.o;
    const more = Object.fromEntries(extras.handlers.map((handler) => [handler, true]));
    if (way.hook === 'fault') return { fault: { do: way.call, frame: this.handlerFrame(i) }, ...more };
    if (way.hook !== 'huge_fault') return more;
    return {
      fault: { do: 'vmf_insert_pfn', frame: HUGE },
      huge_fault: { frame: HUGE, frames: this.pages },
      ...more,
    };
  }

  /** What is called for each mapping, with places as `at` writes them. */
  private calls(at: (page: number) => string): Json[] {
    const { call, hook } = this.o.way;
    if (this.native || hook === 'fault' || hook === 'huge_fault') return [];
    if (call === 'vm_insert_page' || call.startsWith('vmf_')) {
      return Array.from({ length: PAGES }, (_, i) => ({ type: call, at: at(i), frame: this.frame(i) }));
    }
    if (!this.apart || takesOneRun(call)) return [{ type: call, at: at(0), frame: this.frame(0), pages: PAGES }];
    return Array.from({ length: PAGES }, (_, i) => ({ type: call, at: at(i), frame: this.frame(i), pages: 1 }));
  }

  private get flags(): string {
    const { way, extras = NO_EXTRAS } = this.o;
    return [...(way.flags === '' ? [] : [way.flags]), ...extras.flags].join('|');
  }

  /** The mapping is made, as far as `->mmap` makes it; `during`: what happens before it is linked, behind the driver's calls. */
  map(during: readonly Json[] = []): Json[] {
    const { way, shared, prot } = this.o;
    const ops = this.hears ? { page_mkwrite: true } : this.native ? {} : this.ops(0);
    const map = {
      label: 'm',
      pages: this.pages,
      prot,
      file: this.file,
      ...this.mapFlags(shared),
      ...(Object.keys(ops).length === 0 ? {} : { ops }),
    };
    const set: Json[] = this.flags === '' ? [] : [{ type: 'vm_flags_mod', set: this.flags }];
    // vm_page_prot as of a mapping that cannot be written to: what is mapped now is read-only
    if (this.o.extras?.readonly === true)
      set.push(
        { type: 'vm_flags_mod', clear: 'VM_WRITE' },
        { type: 'vm_get_page_prot' },
        { type: 'vm_flags_mod', set: 'VM_WRITE' },
      );
    const inside = way.hook === 'mmap' || way.hook === 'mmap_prepare';
    if (way.hook !== 'mmap_prepare' && during.length === 0) {
      const call = [...set, ...(inside ? this.calls((i) => `[${i}]`) : [])];
      const later = way.hook === 'later' ? this.calls((i) => `m[${i}]`) : [];
      return [{ type: 'mmap', ...map, ...(call.length === 0 ? {} : { call }) }, ...later];
    }
    return [
      { type: 'mmap.begin', ...map, ...(way.hook === 'mmap_prepare' ? { prepare: true } : {}) },
      ...set.map((one) => ({ ...one, at: 'm' })),
      ...(inside ? this.calls((i) => `m[${i}]`) : []),
      ...during,
      { type: 'mmap.end' },
      ...(way.hook === 'later' ? this.calls((i) => `m[${i}]`) : []),
    ];
  }

  private mapFlags(shared: boolean): Json {
    const kind = shared ? 'MAP_SHARED' : 'MAP_PRIVATE';
    if (this.huge) return { at: HUGE_AT, flags: `${kind}|MAP_FIXED` };
    return shared ? {} : { flags: kind };
  }

  /** A process touches page `i`; of scattered memory the driver's handler is told which frame it is. */
  touch(op: 'read' | 'write', i: number, mm = 0, label = 'm'): Json[] {
    const process = mm === 0 ? {} : { mm };
    const told =
      this.o.way.hook === 'fault' && this.apart
        ? [{ type: 'set_vm_ops', ...process, at: label, ops: this.ops(i) }]
        : [];
    return [...told, { type: op, ...process, at: `${label}[${i}]` }];
  }

  /** Every page of the mapping that is looked at. */
  get looked(): readonly number[] {
    return this.huge ? [0] : [0, 1];
  }
}
