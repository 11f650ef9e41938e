// SPDX-License-Identifier: GPL-2.0-or-later
/** Calls of drivers as operations of the laboratory: the reverse of `driverCall` in transcripts. */
import { type DriverCall, type DriverOps, type FrameRef, PROT_FLAGS, VM_FLAGS } from '@specialbit/events';

/** An operation without its place: name and arguments; or why there is none. */
export type Operation = { readonly name: string; readonly args: readonly string[] } | { readonly not: string };

const FRAMES: Readonly<Record<string, number>> = { P: 8, R: 4, D: 16, H: 4 };
/** Pages that one operation of the driver takes at most. */
const MOST_PAGES = 16;

/** A frame of the driver, from which on there are `pages` of its kind. */
export function frameText(ref: FrameRef, pages = 1): string | { readonly not: string } {
  if (!('label' in ref)) return { not: `pfn 0x${ref.pfn.toString(16)}: the laboratory's frames have labels` };
  const { label } = ref;
  if (label === 'Z' && pages === 1) return 'Z';
  const [, kind = '', index = ''] = /^([PRDH])(\d+)$/.exec(label) ?? [];
  const count = FRAMES[kind];
  if (count === undefined)
    return { not: `frame ${label}: the laboratory has P0 to P7, R0 to R3, D0 to D15, H0 to H3 and Z` };
  if (Number(index) + pages > count)
    return { not: `${pages} frames from ${label} on: the laboratory has ${kind}0 to ${kind}${count - 1}` };
  return label;
}

const FLAGS: readonly (readonly [string, number])[] = [
  ['PFNMAP', VM_FLAGS.VM_PFNMAP],
  ['MIXEDMAP', VM_FLAGS.VM_MIXEDMAP],
  ['IO', VM_FLAGS.VM_IO],
  ['DONTEXPAND', VM_FLAGS.VM_DONTEXPAND],
  ['DONTCOPY', VM_FLAGS.VM_DONTCOPY],
  ['DONTDUMP', VM_FLAGS.VM_DONTDUMP],
  ['MAYWRITE', VM_FLAGS.VM_MAYWRITE],
];

/** Names of flags with `|` between; undefined where one is none of the driver's. */
function flagText(flags: number): string | undefined {
  let left = flags;
  const names: string[] = [];
  for (const [name, bit] of FLAGS) {
    if ((left & bit) === 0) continue;
    names.push(name);
    left &= ~bit;
  }
  return left === 0 ? names.join('|') : undefined;
}

/** Letters of a protection. */
export function protText(prot: number, shared = false): string {
  const letters =
    ((prot & PROT_FLAGS.PROT_READ) !== 0 ? 'r' : '') +
    ((prot & PROT_FLAGS.PROT_WRITE) !== 0 ? 'w' : '') +
    ((prot & PROT_FLAGS.PROT_EXEC) !== 0 ? 'x' : '') +
    (shared ? 's' : '');
  return letters === '' ? 'none' : letters;
}

const NAMES: Partial<Record<DriverCall['type'], string>> = {
  remap_pfn_range: 'remap',
  io_remap_pfn_range: 'ioremap',
  vm_iomap_memory: 'iomap',
  vm_insert_page: 'insert_page',
  vm_insert_pages: 'insert_pages',
  vm_map_pages: 'map_pages',
  vm_map_pages_zero: 'map_pages_zero',
  vmf_insert_pfn: 'insert_pfn',
  vmf_insert_pfn_prot: 'insert_pfn_prot',
  vmf_insert_mixed: 'insert_mixed',
  vmf_insert_mixed_mkwrite: 'insert_mixed_mkwrite',
};

const PFN_T: Readonly<Record<string, string>> = { PFN_DEV: 't=0', PFN_SPECIAL: 't=1', none: 't=2' };

const op = (name: string, ...args: (string | undefined)[]): Operation => ({
  name,
  args: args.filter((arg) => arg !== undefined),
});

/** A driver's call as an operation. */
export function callOperation(call: DriverCall): Operation {
  switch (call.type) {
    case 'vm_flags_mod': {
      const [set, clear] = [flagText(call.set), flagText(call.clear)];
      if (set === undefined || clear === undefined)
        return { not: `the driver changes ${FLAGS.map(([name]) => `VM_${name}`).join(', ')} alone` };
      return op('flags', set === '' ? undefined : `set=${set}`, clear === '' ? undefined : `clear=${clear}`);
    }
    case 'set_vm_pgoff': {
      if (call.self === true) return op('setpgoff', 'self=1');
      const frame = call.frame === undefined ? undefined : frameText(call.frame);
      if (typeof frame === 'object') return frame;
      return op('setpgoff', frame === undefined ? undefined : `frame=${frame}`, `pgoff=${call.pgoff}`);
    }
    case 'zap_vma_ptes':
      return op('zap', `n=${call.pages}`);
    case 'clear_pte':
      return op('clrpte', `n=${call.pages}`, 'force=1');
    case 'set_pte': {
      if (call.frame === undefined) return { not: 'a raw entry: the driver makes entries of its frames' };
      return withFrame('setpte', call.frame, call.pages, `special=${Number(call.special)}`, `w=${Number(call.write)}`);
    }
    case 'remap_pfn_range':
    case 'io_remap_pfn_range':
    case 'vm_iomap_memory':
      if (call.fails_after !== undefined)
        return { not: 'fails_after: no page table of the laboratory fails to be allocated' };
      return withFrame(NAMES[call.type]!, call.frame, call.pages);
    case 'vm_insert_page':
      return withFrame('insert_page', call.frame, 1);
    case 'vm_insert_pages':
    case 'vm_map_pages':
    case 'vm_map_pages_zero':
      return withFrame(NAMES[call.type]!, call.frame, call.pages);
    case 'vmf_insert_pfn':
      return withFrame('insert_pfn', call.frame, 1);
    case 'vmf_insert_pfn_prot': {
      if (call.prot === undefined) return withFrame('insert_pfn', call.frame, 1);
      const shared = (call.prot & VM_FLAGS.VM_SHARED) !== 0;
      return withFrame('insert_pfn_prot', call.frame, 1, `prot=${protText(call.prot, shared)}`);
    }
    case 'vmf_insert_mixed':
    case 'vmf_insert_mixed_mkwrite': {
      const t = PFN_T[call.pfn_t];
      if (t === undefined) return { not: `pfn_t ${call.pfn_t}` };
      return withFrame(NAMES[call.type]!, call.frame, 1, t);
    }
    default:
      return { not: `${call.type}: no operation of the laboratory` };
  }
}

function withFrame(name: string, ref: FrameRef, pages: number, ...args: string[]): Operation {
  if (pages > MOST_PAGES) return { not: `${pages} pages at once: the driver takes ${MOST_PAGES}` };
  const frame = frameText(ref, pages);
  if (typeof frame === 'object') return frame;
  return op(name, `frame=${frame}`, pages === 1 ? undefined : `n=${pages}`, ...args);
}

const FAULTS: Readonly<Record<string, string>> = {
  page: 'page',
  vmf_insert_pfn: 'pfn',
  vmf_insert_mixed: 'mixed',
  vmf_insert_mixed_mkwrite: 'mixedw',
};
const OPS = new Set(['fault', 'pfn_mkwrite', 'page_mkwrite', 'find_special_page']);

/** Handlers as arguments of `mmap`, or why there are none. */
export function handlerArguments(ops: DriverOps | undefined): readonly string[] | { readonly not: string } {
  if (ops === undefined) return [];
  const other = Object.keys(ops).find((name) => !OPS.has(name) && ops[name as keyof DriverOps] !== undefined);
  if (other !== undefined) return { not: `ops.${other}: no handler of the laboratory's driver` };
  const args: string[] = [];
  const { fault } = ops;
  if (fault !== undefined) {
    if (fault.do === 'sigbus') args.push('fault=sigbus');
    else {
      const does = FAULTS[fault.do];
      if (does === undefined || fault.frame === undefined)
        return { not: `a handler that does ${fault.do}: the driver's handlers give a page, or insert a pfn` };
      const frame = frameText(fault.frame);
      if (typeof frame === 'object') return frame;
      args.push(`fault=${does}:${frame}`);
      if (fault.frames !== undefined && fault.frames < servedFrom(frame)) args.push(`frames=${fault.frames}`);
    }
  }
  const mkw = [ops.pfn_mkwrite === true ? 'pfn' : '', ops.page_mkwrite === true ? 'page' : ''].filter(
    (name) => name !== '',
  );
  if (mkw.length > 0) args.push(`mkw=${mkw.length === 2 ? 'both' : mkw[0]}`);
  if (ops.find_special_page !== undefined) {
    const frame = frameText(ops.find_special_page);
    if (typeof frame === 'object') return frame;
    args.push(`fsp=${frame}`);
  }
  return args;
}

/** Frames of its kind from one on. */
function servedFrom(frame: string): number {
  return frame === 'Z' ? 1 : (FRAMES[frame.charAt(0)] ?? 1) - Number(frame.slice(1));
}
