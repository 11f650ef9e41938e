// SPDX-License-Identifier: GPL-2.0-or-later
/** Writes events as lines of a script, when it is known where their pages lie. */

import type { LaneOptions } from '@specialbit/core';
import { type DriverCall, type LogEvent, MAP_FLAGS, type Mmap, MREMAP_FLAGS, PROT_FLAGS } from '@specialbit/events';
import { callOperation, frameText, handlerArguments, protText } from './calls.js';
import { type LabFile, pagesAtStart } from './files.js';
import { settingKey } from './settings.js';
import type { SlotPlace, Slots } from './slots.js';

/** A line, or why there is none. */
export type Line = string | { readonly not: string };

/** Where an event's pages are, by what the model made of it. Virtual page numbers. */
export interface Located {
  readonly at?: number;
  /** Where a mapping has come to lie, or was to. */
  readonly to?: number;
}

type Mremap = Extract<LogEvent, { readonly type: 'mremap' }>;

/** Workers of the laboratory. */
const WORKERS = 4;
const MOST_GUP = 16;
const ADVICE = new Set(
  'dontneed dontneed_locked free cold pageout willneed dontfork dofork dontdump dodump populate_read populate_write remove wipeonfork keeponfork random sequential normal hugepage nohugepage collapse'.split(
    ' ',
  ),
);
const { MAP_SHARED, MAP_PRIVATE, MAP_DROPPABLE, MAP_FIXED, MAP_ANONYMOUS, MAP_HUGETLB, MAP_NORESERVE } = MAP_FLAGS;
/** MAP_HUGE_SHIFT (include/uapi/asm-generic/hugetlb_encode.h), and log2 of a huge page of x86_64. */
const MAP_HUGE_SHIFT = 26;
const PMD_SHIFT = 21;
const { PROT_READ, PROT_WRITE, PROT_EXEC } = PROT_FLAGS;
const { MREMAP_MAYMOVE, MREMAP_FIXED, MREMAP_DONTUNMAP } = MREMAP_FLAGS;
/** Calls in `->mmap` that the harness carries out one after the other. */
const PRE = ['pre', 'pre2', 'pre3', 'pre4', 'pre5', 'pre6', 'pre7', 'pre8'];

export class ScriptWriter {
  /** Files of the log that were mapped by ->mmap_prepare: in the laboratory that is another device. */
  private readonly prepared = new Set<string>();

  constructor(
    private readonly slots: Slots,
    private readonly files: ReadonlyMap<string, LabFile | string>,
    /** `->mmap_prepare` and its actions are there. */
    private readonly actions: boolean,
    /** A kernel as the lane's asks drivers for pages by find_special_page or find_normal_page; the laboratory's all do. */
    private readonly finds: boolean,
    private readonly lane: LaneOptions,
  ) {}

  /** `inside`: what is called between mmap.begin and mmap.end. */
  line(event: LogEvent, located: Located, inside: readonly (DriverCall | LogEvent)[] = []): Line {
    const mm = 'mm' in event ? event.mm : 0;
    if (mm >= WORKERS) return { not: `address space ${mm}: the laboratory has ${WORKERS}` };
    const at = located.at === undefined ? { v: 0, p: 0 } : this.slots.of(located.at);
    if (typeof at === 'string') return { not: at };
    const words = this.words(event, at, located, inside);
    if ('not' in words) return words;
    const [name, ...args] = words.words;
    return [name, `mm=${mm}`, ...args].join(' ');
  }

  /** An operation at a place and with nothing else. */
  atPlace(name: string, mm: number, { at }: Located): Line {
    const place = at === undefined ? 'no place' : this.slots.of(at);
    return typeof place === 'string' ? { not: place } : `${name} mm=${mm} v=${place.v} p=${place.p}`;
  }

  private words(
    event: LogEvent,
    at: SlotPlace,
    located: Located,
    inside: readonly (DriverCall | LogEvent)[],
  ): { readonly words: readonly string[] } | { readonly not: string } {
    const place = [`v=${at.v}`, `p=${at.p}`];
    const range = (pages: number): string[] => [...place, `n=${pages}`];
    switch (event.type) {
      case 'mmap':
      case 'mmap.begin':
        return this.mmap(event, place, located, event.type === 'mmap' ? (event.call ?? []) : inside);
      case 'munmap':
      case 'mlock':
      case 'munlock':
      case 'mseal':
        return { words: [event.type, ...range(event.pages)] };
      case 'mprotect':
        if ((event.prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) !== 0)
          return { not: 'a protection beside r, w and x' };
        return { words: ['mprotect', ...range(event.pages), `prot=${protText(event.prot)}`] };
      case 'madvise': {
        const advice = event.advice.replace('MADV_', '').toLowerCase();
        if (!ADVICE.has(advice)) return { not: `${event.advice}: no advice of the laboratory's` };
        return { words: ['madvise', ...range(event.pages), `adv=${advice}`] };
      }
      case 'mremap':
        return this.mremap(event, range(event.pages), located);
      case 'access':
        if (event.op === 'exec') return { not: 'the laboratory does not run code in its mappings' };
        return { words: [event.op, ...place, ...(event.op === 'write' ? [`val=${event.value ?? 1}`] : [])] };
      case 'fork':
        if (event.child >= WORKERS) return { not: `address space ${event.child}: the laboratory has ${WORKERS}` };
        return { words: ['fork', `child=${event.child}`] };
      case 'exit':
        return { words: ['exit'] };
      case 'access_process_vm':
        return { words: event.write ? ['poke', ...place, `val=${event.value ?? 1}`] : ['peek', ...place] };
      case 'unmap_mapping_range': {
        const file = this.files.get(event.file);
        if (typeof file !== 'object') return { not: file ?? `no file ${event.file}` };
        if (this.prepared.has(event.file))
          return { not: 'unmap_mapping_range of a device with ->mmap_prepare: the driver does it to its other one' };
        if (file.name !== 'dev')
          return { not: 'unmap_mapping_range of a file of tmpfs: the driver does it to its own' };
        return {
          words: ['unmap_range', `pgoff=${event.pgoff}`, `n=${event.pages}`, `even=${Number(event.even_cows)}`],
        };
      }
      case 'get_page':
      case 'put_page': {
        const frame = frameText(event.frame);
        if (typeof frame === 'object') return frame;
        if (!frame.startsWith('P'))
          return { not: `${event.type} of ${frame}: the driver does it to its pages, P0 to P7` };
        return { words: [event.type === 'get_page' ? 'get' : 'put', `frame=${frame}`] };
      }
      case 'pin_user_pages':
      case 'pin_user_pages_fast':
      case 'get_user_pages_fast_only': {
        if (event.pages > MOST_GUP) return { not: `${event.pages} pages at once: the driver takes ${MOST_GUP}` };
        const name =
          event.type === 'pin_user_pages' ? 'pin' : event.type === 'pin_user_pages_fast' ? 'pin_fast' : 'gup_fast_only';
        const set = (['write', 'longterm', 'hold'] as const).filter((flag) => event[flag]);
        return { words: [name, ...range(event.pages), ...set.map((flag) => `${flag === 'write' ? 'w' : flag}=1`)] };
      }
      case 'unpin_user_pages':
        return { words: ['unpin'] };
      case 'follow_pfnmap':
        return { words: ['follow', ...place] };
      case 'tune':
        return { words: ['tune', `key=${settingKey(event.key, this.lane)}`, `val=${event.value}`] };
      case 'split_folio':
        return { words: ['split', ...place, `order=${event.order}`] };
      case 'shrink':
        if (event.what === 'huge_zero') return { words: ['shrink', 'what=zero'] };
        return {
          words: ['shrink', 'what=deferred', ...(event.nr_to_scan === undefined ? [] : [`n=${event.nr_to_scan}`])],
        };
      case 'truncate':
        return this.ofFile(event.file, (name) => ['ftrunc', `file=${name}`, `n=${event.pages}`]);
      case 'fpunch':
        return this.ofFile(event.file, (name) => ['fpunch', `file=${name}`, `p=${event.pgoff}`, `n=${event.pages}`]);
      case 'fwrite':
        return this.ofFile(event.file, (name) => [
          ...['fwrite', `file=${name}`, `p=${event.pgoff}`, `n=${event.pages}`],
          `val=${event.value}`,
        ]);
      default: {
        if (!('at' in event)) return { not: `${event.type}: no operation of the laboratory` };
        const operation = callOperation(event as DriverCall);
        if ('not' in operation) return operation;
        return { words: [operation.name, ...place, ...operation.args] };
      }
    }
  }

  private mmap(
    event: Mmap,
    place: readonly string[],
    { to }: Located,
    calls: readonly (DriverCall | LogEvent)[],
  ): { readonly words: readonly string[] } | { readonly not: string } {
    const { flags, prot, pages, pgoff } = event;
    const shared = (flags & MAP_SHARED) !== 0;
    const huge = (flags & MAP_HUGETLB) !== 0;
    const size = huge && flags >>> MAP_HUGE_SHIFT === PMD_SHIFT ? PMD_SHIFT << MAP_HUGE_SHIFT : 0;
    const left =
      flags &
      ~size &
      ~(MAP_SHARED | MAP_PRIVATE | MAP_DROPPABLE | MAP_FIXED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE);
    if (left !== 0)
      return { not: `flags 0x${left.toString(16)} of mmap beside MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS` };
    if ((prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) !== 0) return { not: 'a protection beside r, w and x' };
    if (event.file_readonly === true) return { not: 'file_readonly: the laboratory opens its files for writing too' };
    if (to === undefined) return { not: 'an mmap that finds no place in the model' };
    const share = shared ? 's' : (flags & MAP_DROPPABLE) !== 0 ? 'd' : 'p';
    let file = huge ? 'huge' : 'anon';
    if (event.file !== undefined) {
      const lab = this.files.get(event.file);
      if (typeof lab !== 'object') return { not: lab ?? `no file ${event.file}` };
      const has = pagesAtStart(lab.name) ?? lab.spec.pages;
      if (lab.spec.kind !== 'hugetlbfs' && lab.spec.pages !== has && pgoff + pages > Math.min(has, lab.spec.pages))
        return { not: `a file of ${lab.spec.pages} pages: those of the laboratory have ${has}` };
      file = event.prepare === true && this.actions && lab.name === 'dev' ? 'prep' : lab.name;
      if (file === 'prep') this.prepared.add(event.file);
    } else if (shared && !huge && this.lane.thp === undefined)
      return { not: 'shared anonymous memory: the laboratory has files of tmpfs for that' };
    if (event.ops?.find_special_page !== undefined && !this.finds)
      return { not: "find_normal_page without CONFIG_FIND_NORMAL_PAGE: the laboratory's kernels have it" };
    const handlers = handlerArguments(event.ops);
    if ('not' in handlers) return handlers;
    const pre = this.inside(calls, file === 'prep');
    if ('not' in pre) return pre;
    const words = ['mmap', ...place, `n=${pages}`, `prot=${protText(prot)}`, `share=${share}`, `file=${file}`];
    if (event.file !== undefined) words.push(`pgoff=${pgoff}`);
    if ((flags & MAP_NORESERVE) !== 0) words.push('noreserve=1');
    return { words: [...words, ...handlers, ...pre] };
  }

  /** An operation on a file of the laboratory's; the driver has none. */
  private ofFile(
    name: string,
    words: (name: string) => readonly string[],
  ): { readonly words: readonly string[] } | { readonly not: string } {
    const lab = this.files.get(name);
    if (typeof lab !== 'object') return { not: lab ?? `no file ${name}` };
    if (lab.name === 'dev') return { not: 'a file operation on the device' };
    return { words: words(lab.name) };
  }

  /** Calls within `->mmap`, as arguments. */
  private inside(
    calls: readonly (DriverCall | LogEvent)[],
    prepared: boolean,
  ): readonly string[] | { readonly not: string } {
    const most = prepared ? 1 : PRE.length;
    if (calls.length > most) return { not: `${calls.length} calls within ->mmap: the laboratory carries out ${most}` };
    const args: string[] = [];
    for (const [i, call] of calls.entries()) {
      if (call.type === 'unmap_mapping_range') {
        if (prepared) return { not: 'unmap_mapping_range within ->mmap_prepare' };
        args.push(`${PRE[i]}=unmap_range;pgoff=${call.pgoff};n=${call.pages};even=${Number(call.even_cows)}`);
        continue;
      }
      const operation = callOperation(call as DriverCall);
      if ('not' in operation) return operation;
      const { at } = call as DriverCall;
      const page = 'page' in at ? at.page : 0;
      args.push(`${PRE[i]}=${[operation.name, `p=${page}`, ...operation.args].join(';')}`);
    }
    return args;
  }

  private mremap(
    event: Mremap,
    range: readonly string[],
    { at, to }: Located,
  ): { readonly words: readonly string[] } | { readonly not: string } {
    const words = ['mremap', ...range, `newn=${event.new_pages}`];
    const { flags } = event;
    if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0) return { not: 'flags of mremap' };
    const stays = (flags & MREMAP_FIXED) === 0 && (to === undefined || to === at);
    if (flags === 0 || (stays && (flags & MREMAP_DONTUNMAP) === 0)) return { words };
    const target = to === undefined ? 'an mremap that finds no place in the model' : this.slots.of(to);
    if (typeof target === 'string') return { not: target };
    const dontunmap = (flags & MREMAP_DONTUNMAP) !== 0 ? ['du=1'] : [];
    return { words: [...words, `to=${target.v}`, `top=${target.p}`, ...dontunmap] };
  }
}
