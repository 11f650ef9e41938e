// SPDX-License-Identifier: GPL-2.0-or-later
/** Calls of a driver into mm as C, for a module that has exported symbols alone. */
import { type DriverCall, formatVmFlags, PROT_FLAGS, VM_FLAGS } from '@specialbit/events';
import { type Frames, type Not, pfnText } from './frames.js';

/** One call: C that makes it, with `vma` and `addr` (of the page that it acts on) at hand. */
export interface CallText {
  /** An expression: 0, a negative errno or a vm_fault_t. Or statements, which return nothing. */
  readonly expression?: string;
  readonly statements?: readonly string[];
  /** It returns a vm_fault_t. */
  readonly fault: boolean;
  /** Of helpers that the module's source needs. */
  readonly needs: readonly Need[];
  /** It is made from within a handler: the module asks for a fault at the place. */
  readonly byFault?: { readonly run: string; readonly index: number; readonly write: boolean };
}

/** Parts of the module's source that not every module needs. */
export type Need = 'flags' | 'mixed' | 'pages' | 'map_pages' | 'set_pte' | 'zap' | 'pmd' | 'bugs';

/** Where a call is made: in ->mmap, in a handler, or later, of a mapping that is linked. */
export type CallPlace = 'mmap' | 'handler' | 'later';

const SETTABLE =
  VM_FLAGS.VM_PFNMAP |
  VM_FLAGS.VM_MIXEDMAP |
  VM_FLAGS.VM_IO |
  VM_FLAGS.VM_DONTEXPAND |
  VM_FLAGS.VM_DONTCOPY |
  VM_FLAGS.VM_DONTDUMP |
  VM_FLAGS.VM_MAYWRITE |
  VM_FLAGS.VM_MAYREAD |
  VM_FLAGS.VM_MAYEXEC |
  VM_FLAGS.VM_WIPEONFORK |
  VM_FLAGS.VM_NORESERVE |
  VM_FLAGS.VM_LOCKED;

const call = (expression: string, needs: readonly Need[] = [], fault = false): CallText => ({
  expression,
  needs,
  fault,
});
const does = (...statements: string[]): CallText => ({ statements, needs: [], fault: false });

/** `cow`: the mapping is private and may be written to. */
export function callText(event: DriverCall, frames: Frames, where: CallPlace, cow: boolean): CallText | Not {
  switch (event.type) {
    case 'vm_flags_mod': {
      if (((event.set | event.clear) & ~SETTABLE) !== 0 || event.set >= 2 ** 31 || event.clear >= 2 ** 31)
        return { not: `flags ${formatVmFlags(event.set | event.clear)}: no driver's to change` };
      const text = (flags: number): string => (flags === 0 ? '0' : formatVmFlags(flags).replaceAll('|', ' | '));
      return { ...does(`set_flags(vma, ${text(event.set)}, ${text(event.clear)});`), needs: ['flags'] };
    }
    case 'set_vm_pgoff': {
      if (where !== 'mmap') return { not: 'set_vm_pgoff of a mapping that is in the tree of its file' };
      if (event.self === true) return { not: 'set_vm_pgoff by the entry that is there' };
      if (event.frame === undefined) return does(`vma->vm_pgoff = ${event.pgoff};`);
      const at = frames.of(event.frame);
      return 'not' in at ? at : does(`vma->vm_pgoff = ${pfnText(at)} - ${event.pgoff};`);
    }
    case 'remap_pfn_range':
    case 'io_remap_pfn_range': {
      if (event.fails_after !== undefined) return { not: 'fails_after: memory does not run out when asked to' };
      if (where !== 'mmap' && cow)
        return {
          not: `${event.type} of a private mapping that is linked: it may change vm_pgoff, by which its file has it`,
        };
      const at = frames.of(event.frame, event.pages);
      if ('not' in at) return at;
      return call(`${event.type}(vma, addr, ${pfnText(at)}, ${bytes(event.pages)}, vma->vm_page_prot)`);
    }
    case 'vm_iomap_memory': {
      if (event.fails_after !== undefined) return { not: 'fails_after: memory does not run out when asked to' };
      if (where !== 'mmap' && cow)
        return { not: 'vm_iomap_memory of a private mapping that is linked: it may change vm_pgoff' };
      const at = frames.of(event.frame, 1);
      if ('not' in at) return at;
      return call(`vm_iomap_memory(vma, (phys_addr_t)(${pfnText(at)}) << PAGE_SHIFT, ${bytes(event.pages)})`);
    }
    case 'vm_insert_page': {
      const at = frames.pagesOf(event.frame, event.pages);
      if ('not' in at) return at;
      if (event.pages === 1) return call(`vm_insert_page(vma, addr, pfn_to_page(${pfnText(at)}))`);
      return call(`insert_each(vma, addr, ${pfnText(at)}, ${event.pages})`, ['pages']);
    }
    case 'vm_insert_pages':
    case 'vm_map_pages':
    case 'vm_map_pages_zero': {
      const at = frames.pagesOf(event.frame, event.pages);
      if ('not' in at) return at;
      if (event.pages > 64) return { not: `${event.pages} pages at once: the module has an array of 64` };
      if (event.type === 'vm_insert_pages')
        return call(`insert_pages(vma, addr, ${pfnText(at)}, ${event.pages})`, ['pages']);
      return call(`${event.type}(vma, pages_from(${pfnText(at)}, ${event.pages}), ${event.pages})`, ['map_pages']);
    }
    case 'vmf_insert_pfn': {
      const at = frames.of(event.frame);
      return 'not' in at ? at : call(`vmf_insert_pfn(vma, addr, ${pfnText(at)})`, [], true);
    }
    case 'vmf_insert_pfn_prot': {
      const at = frames.of(event.frame);
      if ('not' in at) return at;
      const { prot } = event;
      const text =
        prot === undefined ? 'vma->vm_page_prot' : `vm_get_page_prot(${formatVmFlags(prot).replaceAll('|', ' | ')})`;
      return call(`vmf_insert_pfn_prot(vma, addr, ${pfnText(at)}, ${text})`, [], true);
    }
    case 'vmf_insert_mixed': {
      const at = frames.of(event.frame);
      if ('not' in at) return at;
      if (event.pfn_t === 'PFN_DEV|PFN_MAP') return { not: 'a pfn_t of a ZONE_DEVICE page' };
      const flag = event.pfn_t === 'none' ? '0' : event.pfn_t;
      return call(`vmf_insert_mixed(vma, addr, MIXED_PFN(${pfnText(at)}, ${flag}))`, ['mixed'], true);
    }
    case 'vmf_insert_pfn_pmd': {
      const at = frames.of(event.frame);
      if ('not' in at) return at;
      if (where !== 'later') return { not: 'vmf_insert_pfn_pmd() needs the page table that ->huge_fault gets' };
      return { needs: ['pmd', 'mixed', 'flags'], fault: true, byFault: { ...at, write: event.write } };
    }
    case 'zap_vma_ptes':
      return { ...does(`zap_ptes(vma, addr, ${bytes(event.pages)});`), needs: ['zap'] };
    case 'set_pte': {
      if (event.frame === undefined) return { not: "a raw entry: it is one architecture's" };
      const at = frames.of(event.frame, event.pages);
      if ('not' in at) return at;
      const { special, write, pages } = event;
      return call(`set_ptes_raw(vma, addr, ${pfnText(at)}, ${pages}, ${special}, ${write})`, ['set_pte']);
    }
    case 'clear_pte':
      return { not: 'clear_pte: it needs flush_tlb_range(), which x86 does not export' };
    case 'pgprot_noncached':
    case 'pgprot_writecombine':
    case 'pgprot_device':
      return does(`vma->vm_page_prot = ${event.type}(vma->vm_page_prot);`);
    case 'vm_get_page_prot':
      return does('vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);');
    case 'vmf_insert_mixed_mkwrite':
      return { not: 'vmf_insert_mixed_mkwrite() is not exported since 6.12' };
    case 'vmf_insert_pfn_pud':
      return { not: 'vmf_insert_pfn_pud() needs the page table that ->huge_fault gets, and a gigabyte of memory' };
    case 'vmf_insert_folio_pmd':
      return { not: 'vmf_insert_folio_pmd() needs the page table that ->huge_fault gets' };
    case 'set_vm_start':
    case 'set_vm_end':
      if (where !== 'mmap' || !('page' in event.at)) return { not: `${event.type} outside of ->mmap` };
      return does(`vma->${event.type === 'set_vm_end' ? 'vm_end' : 'vm_start'} = start + ${bytes(event.at.page)};`);
    case 'dma_mmap_coherent':
    case 'dma_mmap_wc':
    case 'dma_mmap_pages':
      return { not: `${event.type}: memory of a device, which the module is not` };
    case 'remap_vmalloc_range':
    case 'remap_vmalloc_range_partial':
      return { not: `${event.type}: frames of vmalloc cannot be chosen` };
    default:
      return { not: `${(event as DriverCall).type}: no call that a module can make` };
  }
}

/** So many pages in bytes. */
export function bytes(pages: number): string {
  return pages === 0 ? '0' : pages === 1 ? 'PAGE_SIZE' : `${pages} * PAGE_SIZE`;
}

/** `PROT_READ | PROT_WRITE`. */
export function protText(prot: number): string | Not {
  const { PROT_READ, PROT_WRITE, PROT_EXEC } = PROT_FLAGS;
  if ((prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) !== 0) return { not: 'a protection beside r, w and x' };
  const names = Object.entries({ PROT_READ, PROT_WRITE, PROT_EXEC }).filter(([, bit]) => (prot & bit) !== 0);
  return names.length === 0 ? 'PROT_NONE' : names.map(([name]) => name).join(' | ');
}
