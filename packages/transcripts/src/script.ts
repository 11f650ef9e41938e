// SPDX-License-Identifier: GPL-2.0-or-later
/** From the laboratory's script lines to events. */
import {
  type Advice,
  type DriverCall,
  type DriverOps,
  type FaultHandler,
  type FrameRef,
  type LogEvent,
  lookup,
  MAP_FLAGS,
  type Place,
  PROT_FLAGS,
  VM_FLAGS,
} from '@specialbit/events';
import type { Op } from './format.js';
import { slotVpn } from './lab-machine.js';

/** The flags that the harness knows, by its names for them. */
const VM_FLAG_BITS: Readonly<Record<string, number>> = lookup({
  PFNMAP: VM_FLAGS.VM_PFNMAP,
  MIXEDMAP: VM_FLAGS.VM_MIXEDMAP,
  IO: VM_FLAGS.VM_IO,
  DONTEXPAND: VM_FLAGS.VM_DONTEXPAND,
  DONTCOPY: VM_FLAGS.VM_DONTCOPY,
  DONTDUMP: VM_FLAGS.VM_DONTDUMP,
  MAYWRITE: VM_FLAGS.VM_MAYWRITE,
});

const { PROT_READ, PROT_WRITE, PROT_EXEC } = PROT_FLAGS;
const { VM_SHARED } = VM_FLAGS;
const { MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS, MAP_DROPPABLE, MAP_HUGETLB, MAP_NORESERVE } = MAP_FLAGS;

/** Which memory a mapping is of, by the first letter of `share=`. */
const SHARING: Readonly<Record<string, number>> = lookup({ s: MAP_SHARED, d: MAP_DROPPABLE });

/** Memory that is no file's that the log names, by `file=`. */
const ANON_FLAGS: Readonly<Record<string, number>> = lookup({ anon: MAP_ANONYMOUS, huge: MAP_ANONYMOUS | MAP_HUGETLB });

const str = (op: Op, key: string): string => (op[key] === undefined ? '' : String(op[key]));
const num = (op: Op, key: string, fallback = 0): number => {
  const value = op[key];
  if (value === undefined) return fallback;
  if (typeof value === 'number') return value;
  // as strtol: what does not start with digits is 0
  const parsed = Number.parseInt(value, /^[-+]?0x/i.test(value) ? 16 : 10);
  return Number.isNaN(parsed) ? 0 : parsed;
};

export function prot(letters: string): number {
  return (
    (letters.includes('r') ? PROT_READ : 0) |
    (letters.includes('w') ? PROT_WRITE : 0) |
    (letters.includes('x') ? PROT_EXEC : 0)
  );
}

function labFlags(names: string): number {
  return names.split('|').reduce((flags, name) => flags | (VM_FLAG_BITS[name] ?? 0), 0);
}

const FAULT_KINDS: Readonly<Record<string, FaultHandler['do']>> = lookup({
  page: 'page',
  pfn: 'vmf_insert_pfn',
  mixed: 'vmf_insert_mixed',
  mixedw: 'vmf_insert_mixed_mkwrite',
  sigbus: 'sigbus',
  pfnpmd: 'vmf_insert_pfn',
});

/** The frame of a page by the label (A0, F0) that the harness gave it. */
export type PageLabels = (label: string) => number | undefined;

/** A kind and, as atoi() reads it, an index. Only one Z is a frame of the scripts. */
function frame(label: string, pages?: PageLabels): FrameRef {
  const pfn = pages?.(label);
  if (pfn !== undefined) return { pfn };
  if (label.startsWith('Z')) return { label: 'Z' };
  if (/^[CNG]/.test(label)) return { label };
  const index = Number.parseInt(label.slice(1), 10);
  return { label: `${label.slice(0, 1)}${Number.isNaN(index) ? 0 : index}` };
}

/** Frames of each kind that the harness has; its handlers serve no others. */
const FRAMES: Readonly<Record<string, number>> = lookup({ P: 8, R: 4, D: 16, H: 4, Z: 1 });

/** Orders of the driver's blocks; of G the PMD's. */
const BLOCK_ORDERS: Readonly<Record<string, number>> = lookup({ C0: 2, C1: 3, C2: 4, C3: 9, N0: 2, N1: 3 });
const PMD_PAGES = 512;

/** How many frames of its block there are from `C1+3` on; the blocks of G follow each other. */
function blockFrames(label: string): number | undefined {
  const match = /^([CNG])(\d+)(?:\+(\d+))?$/.exec(label);
  if (match === null) return undefined;
  const page = Number(match[3] ?? 0);
  if (match[1] === 'G') return (4 - Number(match[2])) * PMD_PAGES - page;
  return 2 ** (BLOCK_ORDERS[`${match[1]}${match[2]}`] ?? 0) - page;
}

/** What is served from the first frame on, and how many frames there are. */
function served(label: string): Pick<FaultHandler, 'frame' | 'frames'> {
  const ref = frame(label) as { readonly label: string };
  const block = blockFrames(label);
  if (block !== undefined) return { frame: ref, frames: block };
  return { frame: ref, frames: (FRAMES[ref.label.charAt(0)] ?? 1) - (Number.parseInt(ref.label.slice(1), 10) || 0) };
}

/** `limit`: of `frames=`, 0 for none. */
function limited(of: Pick<FaultHandler, 'frame' | 'frames'>, limit: number): Pick<FaultHandler, 'frame' | 'frames'> {
  return limit > 0 && limit < (of.frames ?? Number.POSITIVE_INFINITY) ? { ...of, frames: limit } : of;
}

/** How many frames a handler of huge faults serves. */
function limitOf(label: string): { readonly frames?: number } {
  const frames = blockFrames(label);
  return frames === undefined ? {} : { frames };
}

function driverOps(op: Op): DriverOps {
  const [kind = '', first] = str(op, 'fault').split(':');
  const mkw = str(op, 'mkw');
  const fsp = str(op, 'fsp');
  const does = FAULT_KINDS[kind];
  const frames = num(op, 'frames');
  return {
    ...(does === undefined
      ? {}
      : { fault: { do: does, guarded: true, ...(first === undefined ? {} : limited(served(first), frames)) } }),
    ...(kind === 'pfnpmd' && first !== undefined
      ? { huge_fault: { frame: frame(first), pmd: true, pud: false, write: true, guarded: true, ...limitOf(first) } }
      : {}),
    ...(mkw === 'pfn' || mkw === 'both' ? { pfn_mkwrite: true } : {}),
    ...(mkw === 'page' || mkw === 'both' ? { page_mkwrite: true } : {}),
    ...(fsp === '' ? {} : { find_special_page: frame(fsp) }),
  };
}

/** A driver operation at `at`; undefined when the line names none. */
export function driverCall(op: Op, at: Place, labels?: PageLabels): DriverCall | undefined {
  const pages = num(op, 'n', 1) || 1;
  const where = { at };
  const what = { at, frame: frame(str(op, 'frame'), labels), pages };
  switch (op.name) {
    case 'flags':
      return { type: 'vm_flags_mod', ...where, set: labFlags(str(op, 'set')), clear: labFlags(str(op, 'clear')) };
    case 'setpgoff':
      return {
        type: 'set_vm_pgoff',
        ...where,
        pgoff: num(op, 'pgoff'),
        ...(str(op, 'frame') === '' ? {} : { frame: frame(str(op, 'frame')) }),
        ...(num(op, 'self') !== 0 ? { self: true } : {}),
      };
    case 'remap':
      return { type: 'remap_pfn_range', ...what };
    case 'ioremap':
      return { type: 'io_remap_pfn_range', ...what };
    case 'iomap':
      return { type: 'vm_iomap_memory', ...what };
    case 'insert_page':
      return { type: 'vm_insert_page', ...what, pages: 1 };
    case 'insert_pages':
      return { type: 'vm_insert_pages', ...what };
    case 'map_pages':
      return { type: 'vm_map_pages', ...what };
    case 'map_pages_zero':
      return { type: 'vm_map_pages_zero', ...what };
    case 'insert_pfn':
      return { type: 'vmf_insert_pfn', at, frame: what.frame };
    case 'insert_pfn_prot': {
      const letters = str(op, 'prot');
      return {
        type: 'vmf_insert_pfn_prot',
        at,
        frame: what.frame,
        prot: prot(letters) | (letters.includes('s') ? VM_SHARED : 0),
      };
    }
    case 'insert_mixed':
    case 'insert_mixed_mkwrite': {
      const t = num(op, 't');
      const pfn_t = t === 0 ? 'PFN_DEV' : t === 1 ? 'PFN_SPECIAL' : 'none';
      const type = op.name === 'insert_mixed' ? 'vmf_insert_mixed' : 'vmf_insert_mixed_mkwrite';
      return { type, at, frame: what.frame, pfn_t };
    }
    case 'insert_pfn_pmd':
      return {
        type: 'vmf_insert_pfn_pmd',
        at,
        frame: what.frame,
        write: num(op, 'w') !== 0,
        ...(num(op, 't', 2) === 0 && { pfn_t: 'PFN_DEV|PFN_MAP' }),
      };
    case 'zap':
      return { type: 'zap_vma_ptes', ...where, pages };
    case 'setpte':
      return { type: 'set_pte', ...what, special: num(op, 'special') !== 0, write: num(op, 'w') !== 0 };
    case 'clrpte':
      return { type: 'clear_pte', ...where, pages };
    default:
      return undefined;
  }
}

/** The `pre=` of an mmap: a line whose fields are separated by semicolons. */
function parsePre(pre: string): Op {
  const [name = '', ...fields] = pre.split(';');
  const op: Record<string, string | number> = { name };
  for (const field of fields) {
    const eq = field.indexOf('=');
    if (eq > 0) {
      const value = field.slice(eq + 1);
      op[field.slice(0, eq)] = /^[-+]?\d+$/.test(value) ? Number(value) : value;
    }
  }
  return op as Op;
}

/** The arguments of an mmap that say what happens within `->mmap`, in order. */
const PRES = ['pre', 'pre2', 'pre3', 'pre4', 'pre5', 'pre6', 'pre7', 'pre8'];

/** What happens within `->mmap`, until the first argument that is not there. */
export function parsePres(op: Op): Op[] {
  const pres: Op[] = [];
  for (const key of PRES) {
    const text = str(op, key);
    if (text === '') break;
    pres.push(parsePre(text));
  }
  return pres;
}

/**
 * The event of a script line, or undefined for one that the harness does not know. `labels`: the pages that a `frame=`
 * can name beside the driver's.
 */
export function toEvent(op: Op, mm: number, pageSize: number, labels?: PageLabels): LogEvent | undefined {
  const place = (vpn: number): Place => ({ addr: vpn * pageSize });
  const v = num(op, 'v');
  const p = num(op, 'p');
  const pages = num(op, 'n', 1);
  const at = place(slotVpn(pageSize, v, p));
  switch (op.name) {
    case 'mmap': {
      const file = str(op, 'file');
      const anon = ANON_FLAGS[file];
      const dev = anon === undefined && !/^(tmp[01]|big[0-2]|huge[01])$/.test(file);
      const call = parsePres(op).flatMap((pre) => driverCall(pre, { label: '', page: num(pre, 'p') }) ?? []);
      return {
        type: 'mmap',
        mm,
        at,
        pages,
        prot: prot(str(op, 'prot')),
        flags:
          MAP_FIXED |
          (SHARING[str(op, 'share').charAt(0)] ?? MAP_PRIVATE) |
          (num(op, 'noreserve') === 0 ? 0 : MAP_NORESERVE) |
          (anon ?? 0),
        pgoff: num(op, 'pgoff'),
        ...(anon !== undefined ? {} : { file: dev && file !== 'prep' ? 'dev' : file }),
        ...(file === 'prep' ? { prepare: true } : {}),
        ...(dev ? { ops: driverOps(op) } : {}),
        ...(dev && call.length > 0 ? { call } : {}),
      };
    }
    case 'munmap':
      return { type: 'munmap', mm, at, pages };
    case 'mprotect':
      return { type: 'mprotect', mm, at, pages, prot: prot(str(op, 'prot')) };
    case 'mremap': {
      const to = num(op, 'to', -1);
      return {
        type: 'mremap',
        mm,
        at,
        pages,
        new_pages: num(op, 'newn', pages),
        flags: to >= 0 ? 3 | (num(op, 'du') !== 0 ? 4 : 0) : 0,
        ...(to >= 0 ? { to: place(slotVpn(pageSize, to, num(op, 'top'))) } : {}),
      };
    }
    case 'madvise':
      return { type: 'madvise', mm, at, pages, advice: advice(str(op, 'adv')) };
    case 'mlock':
    case 'munlock':
    case 'mseal':
      return { type: op.name, mm, at, pages };
    case 'read':
      return { type: 'access', mm, at, op: 'read' };
    case 'write':
      return { type: 'access', mm, at, op: 'write', value: num(op, 'val', 1) };
    case 'fork':
      return { type: 'fork', mm, child: num(op, 'child', 1) };
    case 'exit':
      return { type: 'exit', mm };
    case 'tune':
      return { type: 'tune', key: str(op, 'key'), value: str(op, 'val') };
    case 'split':
      return { type: 'split_folio', mm, at, order: num(op, 'order') };
    case 'shrink': {
      const scan = num(op, 'n', 1000);
      if (str(op, 'what') === 'zero') return { type: 'shrink', what: 'huge_zero' };
      return { type: 'shrink', what: 'deferred', ...(scan === 0 ? {} : { nr_to_scan: scan }) };
    }
    case 'fwrite':
      return { type: 'fwrite', file: str(op, 'file'), pgoff: p, pages, value: num(op, 'val', 1) };
    case 'fpunch':
      return { type: 'fpunch', file: str(op, 'file'), pgoff: p, pages };
    case 'ftrunc':
      return { type: 'truncate', file: str(op, 'file'), pages };
    case 'unmap_range':
      return {
        type: 'unmap_mapping_range',
        file: 'dev',
        pgoff: num(op, 'pgoff'),
        pages: pages || 1,
        even_cows: num(op, 'even') !== 0,
      };
    case 'get':
      return { type: 'get_page', frame: frame(str(op, 'frame')) };
    case 'put':
      return { type: 'put_page', frame: frame(str(op, 'frame')) };
    case 'pin':
    case 'pin_fast':
    case 'gup_fast_only':
      return {
        type:
          op.name === 'pin'
            ? 'pin_user_pages'
            : op.name === 'pin_fast'
              ? 'pin_user_pages_fast'
              : 'get_user_pages_fast_only',
        mm,
        at,
        pages: pages || 1,
        write: num(op, 'w') !== 0,
        longterm: num(op, 'longterm') !== 0,
        hold: num(op, 'hold') !== 0,
      };
    case 'unpin':
      return { type: 'unpin_user_pages' };
    case 'follow':
      return { type: 'follow_pfnmap', mm, at };
    case 'peek':
      return { type: 'access_process_vm', mm, at, write: false };
    case 'poke':
      return { type: 'access_process_vm', mm, at, write: true, value: num(op, 'val', 1) };
    default: {
      const call = driverCall(op, at, labels);
      return call === undefined ? undefined : { ...call, mm };
    }
  }
}

function advice(name: string): Advice {
  const known = [
    'dontneed',
    'free',
    'cold',
    'pageout',
    'willneed',
    'dontfork',
    'dofork',
    'populate_read',
    'populate_write',
    'remove',
    'wipeonfork',
    'keeponfork',
    'random',
    'normal',
    'sequential',
    'dontdump',
    'dodump',
    'hugepage',
    'nohugepage',
    'collapse',
    'dontneed_locked',
  ];
  return known.includes(name) ? (`MADV_${name.toUpperCase()}` as Advice) : 'unknown';
}

export { num as opNumber, str as opString };
