// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a machine with CONFIG_HUGETLBFS has once (mm/hugetlb.c): a pool of huge pages for each size (struct hstate), and
 * what private mappings have reserved of it (struct resv_map; that of a shared file is the file's).
 */

import type { Journal } from '../mm/journal.js';
import type { HugeLevel } from '../mm/level.js';
import type { Regions } from '../mm/regions.js';

/** struct hstate: the pool of one size. */
export interface Hstate {
  /** The level of the entries that map a page of it. */
  readonly level: HugeLevel;
  readonly order: number;
  readonly nr_huge_pages: number;
  /** hugepage_freelists: first frames, the one that is handed out next last. Its length is free_huge_pages. */
  readonly free: readonly number[];
  readonly resv_huge_pages: number;
  readonly surplus_huge_pages: number;
  readonly nr_overcommit_huge_pages: number;
}

/** struct resv_map of a private mapping, which the parts that it is cut into share. */
export interface ResvMap {
  readonly id: number;
  readonly refs: number;
  /** Huge pages of the file whose reservation was used up. */
  readonly regions: Regions;
}

export interface HugetlbState {
  /** Ascending by size; the first is default_hstate. Empty: the kernel has no hugetlb. */
  readonly hstates: readonly Hstate[];
  /** By id, ascending. */
  readonly maps: readonly ResvMap[];
}

export const emptyHugetlb: HugetlbState = Object.freeze({ hstates: [], maps: [] });

/** hugetlb_init(): empty pools of the given levels. */
function bootHugetlb(levels: readonly { readonly level: HugeLevel; readonly order: number }[]): HugetlbState {
  const hstates = levels.map(({ level, order }) => ({
    level,
    order,
    nr_huge_pages: 0,
    free: [],
    resv_huge_pages: 0,
    surplus_huge_pages: 0,
    nr_overcommit_huge_pages: 0,
  }));
  return { hstates, maps: [] };
}

export class Hugetlb {
  constructor(
    private readonly journal: Journal,
    private current: HugetlbState,
  ) {}

  /** The kernel has CONFIG_HUGETLBFS, and the architecture huge pages for it. */
  get on(): boolean {
    return this.current.hstates.length > 0;
  }

  /** hugetlb_init(): the kernel has it from the start. */
  boot(levels: Parameters<typeof bootHugetlb>[0]): void {
    this.current = bootHugetlb(levels);
  }

  get state(): HugetlbState {
    return this.current;
  }

  /** The pool of a level; undefined where there is none. */
  hstate(level: HugeLevel): Hstate | undefined {
    return this.current.hstates.find((h) => h.level === level);
  }

  /** Changes the pool of a level. */
  change(level: HugeLevel, fields: Partial<Omit<Hstate, 'level' | 'order'>>): void {
    const { hstates, maps } = this.current;
    this.replace({ hstates: hstates.map((h) => (h.level === level ? { ...h, ...fields } : h)), maps });
  }

  map(id: number): ResvMap | undefined {
    return this.current.maps.find((map) => map.id === id);
  }

  /** resv_map_alloc(). */
  addMap(id: number): void {
    this.setMaps([...this.current.maps, { id, refs: 1, regions: [] }]);
  }

  /** A map changes; with its last reference it goes (resv_map_release()). */
  changeMap(id: number, fields: Partial<Omit<ResvMap, 'id'>>): void {
    const maps = this.current.maps.map((map) => (map.id === id ? { ...map, ...fields } : map));
    this.setMaps(maps.filter(({ refs }) => refs > 0));
  }

  private setMaps(maps: readonly ResvMap[]): void {
    this.replace({ hstates: this.current.hstates, maps });
  }

  private replace(next: HugetlbState): void {
    const { journal } = this;
    if (journal.on) journal.field(this, 'current', this.current);
    this.current = next;
  }
}
