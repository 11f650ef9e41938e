// SPDX-License-Identifier: GPL-2.0-or-later
/** A VMA as a world holds it, and the parts of it that are immutable in a batch, too. */
import type { DriverOps } from '@specialbit/events';
import type { Pte } from '../arch/contract.js';

/** `vm_operations_struct` as far as the memory manager asks. `null` is `vma_is_anonymous()`. */
export interface VmOps {
  /** shmem_vm_ops, a disk file's, a driver's, the dummy that a file without any gets, or hugetlb_vm_ops. */
  readonly kind: 'shmem' | 'file' | 'driver' | 'dummy' | 'hugetlb';
  readonly driver?: DriverOps;
  /** vm_ops->name: what /proc/PID/maps calls a mapping without file. */
  readonly name?: string;
}

/** What a driver remembers of one mapping (vm_private_data); shared by the pieces it is split into. */
export interface DriverRegion {
  readonly ops: DriverOps;
  /** vm_pgoff when `->mmap` ran: the driver counts from there. */
  readonly pgoff0: number;
}

/** vm_private_data of a private mapping of hugetlb (mm/hugetlb.c). */
export interface HugetlbPrivate {
  /** HPAGE_RESV_OWNER: the number of its struct resv_map, 0 for none. */
  readonly resv_map: number;
  /** HPAGE_RESV_UNMAPPED: the owner took a page away from it. */
  readonly unmapped: boolean;
}

export interface VmaRecord {
  readonly id: number;
  /** Its address space. */
  readonly mm: number;
  /** False while its `->mmap` still runs. */
  readonly linked: boolean;
  /** First and end virtual page number. */
  readonly vm_start: number;
  readonly vm_end: number;
  readonly vm_flags: number;
  /** Bits 32 to 63. */
  readonly vm_flags_hi: number;
  readonly vm_pgoff: number;
  readonly vm_page_prot: Readonly<Pte>;
  readonly vm_ops: VmOps | null;
  readonly file: number;
  readonly region: DriverRegion | null;
  readonly hugetlb: HugetlbPrivate | null;
  readonly anon_vma: number;
  readonly anon_vma_chain: readonly number[];
  readonly swap_readahead_info: SwapReadahead | null;
  readonly anon_pgoff: number;
  /** It has one: the reservation of memory types that a remap of the whole VMA made. */
  readonly pfnmap_track_ctx: number;
}

/** vma->swap_readahead_info: where the last swap-in readahead was, how many pages, and how many of them were used. */
export interface SwapReadahead {
  readonly vpn: number;
  readonly win: number;
  readonly hits: number;
}
