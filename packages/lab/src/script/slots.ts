// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Where the addresses of a log go in the window of the laboratory: eight slots of 16 MiB. Mappings that lie near each other share
 * a slot and keep their distance, so that they merge, split and grow into each other as they do in the log.
 */

/** Pages between two mappings that may still have to do with each other. */
const NEAR = 64;
/** Positions within the page table that are kept. */
const TABLE = 1024;
const SLOTS = 8;
const STRIDE = 0x1000000;
/** This slot begins two pages earlier (slot_addr() in guest/init.c): it is not used, so that all are alike. */
const ODD_SLOT = 3;

export interface SlotPlace {
  readonly v: number;
  readonly p: number;
}

interface Cluster {
  start: number;
  end: number;
}

export class Slots {
  private readonly clusters: readonly Cluster[];

  /** `ranges`: every range of virtual page numbers that the log names, `end` exclusive. */
  constructor(
    ranges: readonly (readonly [start: number, end: number])[],
    private readonly pageSize: number,
  ) {
    const clusters: Cluster[] = [];
    for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const last = clusters.at(-1);
      if (last !== undefined && start <= last.end + NEAR) last.end = Math.max(last.end, end);
      else clusters.push({ start, end });
    }
    this.clusters = clusters;
  }

  /** Where a page lies; a text says why it has no place. */
  of(vpn: number): SlotPlace | string {
    const index = this.clusters.findIndex(({ start, end }) => vpn >= start && vpn <= end);
    const cluster = this.clusters[index];
    if (cluster === undefined) return 'an address that no mapping of the log is near';
    const v = index < ODD_SLOT ? index : index + 1;
    if (v >= SLOTS) return `more than ${SLOTS - 1} places far from each other`;
    const first = cluster.start % TABLE;
    if (first + (cluster.end - cluster.start) > STRIDE / this.pageSize)
      return 'mappings near each other that are more than 16 MiB together';
    return { v, p: first + vpn - cluster.start };
  }
}
