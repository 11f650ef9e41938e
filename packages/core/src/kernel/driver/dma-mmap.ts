// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * dma_mmap_coherent() and its relatives (kernel/dma/mapping.c): a driver maps memory that it got of dma_alloc_coherent().
 * They all end in remap_pfn_range() of the whole VMA, but for one: an IOMMU's pages go through vm_map_pages().
 */
import type { DmaMmap } from '@specialbit/events';
import type { Pte } from '../../arch/contract.js';
import type { Vma } from '../../mm/vma.js';
import { ENXIO } from '../base/errno.js';
import type { Kernel } from '../base/kernel.js';
import { pgprot_writecombine } from '../pte/page-prot.js';
import type { FailureReason } from '../reason/index.js';
import { vm_map_pages } from './insert-page.js';
import { remap_pfn_range } from './remap-pfn-range.js';

/** dev_is_dma_coherent() (include/linux/dma-map-ops.h): every device is, where no cache has to be flushed for one. */
function dev_is_dma_coherent(k: Kernel, coherent: boolean | undefined): boolean {
  if (!k.arch.facts.ARCH_HAS_SYNC_DMA_FOR_DEVICE) return true;
  return coherent ?? k.arch.facts.ARCH_DMA_DEFAULT_COHERENT;
}

/** dma_pgprot() (kernel/dma/mapping.c), of vm_page_prot and into it. `wc`: DMA_ATTR_WRITE_COMBINE. */
function set_dma_pgprot(k: Kernel, vma: Vma, coherent: boolean | undefined, wc: boolean): void {
  if (dev_is_dma_coherent(k, coherent)) return;
  const { lo, hi } = vma.vm_page_prot;
  const prot: Pte = { lo, hi };
  if (wc && k.arch.facts.ARCH_HAS_DMA_WRITE_COMBINE) pgprot_writecombine(k, prot);
  else k.pte.pgprot_dmacoherent(prot);
  vma.vm_page_prot = prot;
}

/** Ours: the test that all of them make: the memory has the pages that the VMA wants, from vm_pgoff on. */
function covered(vma: Vma, count: number): boolean {
  const { vm_pgoff } = vma;
  return vm_pgoff >= 0 && vm_pgoff < count && vma.pages <= count - vm_pgoff;
}

/** Which function refuses: dma_direct_mmap(), dma_common_mmap() or iommu_dma_mmap(). */
const RANGE = {
  direct: 'dma_mmap_range',
  common: 'dma_mmap_common_range',
  iommu: 'dma_mmap_iommu_range',
  iommu_pages: 'dma_mmap_iommu_range',
} as const satisfies Readonly<Record<DmaMmap['via'], FailureReason>>;

/** dma_mmap_attrs() (kernel/dma/mapping.c): dma_mmap_coherent() without attributes, dma_mmap_wc() with one. */
export function dma_mmap_attrs(k: Kernel, vma: Vma, call: DmaMmap, pfn: number): number {
  set_dma_pgprot(k, vma, call.coherent, call.type === 'dma_mmap_wc');
  if (!covered(vma, call.pages)) return k.fails(RANGE[call.via], -ENXIO);
  if (call.via === 'iommu_pages') return vm_map_pages(k, vma, pfn, call.pages);
  return remap_pfn_range(k, vma, vma.vm_start, pfn + vma.vm_pgoff, vma.pages);
}

/** dma_mmap_pages() (kernel/dma/mapping.c): of dma_alloc_pages(), which are cached. */
export function dma_mmap_pages(k: Kernel, vma: Vma, call: DmaMmap, pfn: number): number {
  if (!covered(vma, call.pages)) return k.fails('dma_mmap_pages_range', -ENXIO);
  return remap_pfn_range(k, vma, vma.vm_start, pfn + vma.vm_pgoff, vma.pages);
}
