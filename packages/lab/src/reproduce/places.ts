// SPDX-License-Identifier: GPL-2.0-or-later
/** Where the addresses of a log go in the program: clusters of pages that lie near each other, far from everything else. */

/** Pages between two mappings that may still have to do with each other. */
const NEAR = 64;
/** Positions that are kept: those within two page tables of 512 entries. */
const TABLE = 1024;
/** Clusters that there is room for, and the bytes of each. */
export const MOST_CLUSTERS = 24;
export const CLUSTER_BYTES = 0x4000000;

export interface Spot {
  readonly cluster: number;
  /** Pages from the cluster's first on. */
  readonly page: number;
}

export class Places {
  private readonly clusters: readonly { readonly start: number; end: number }[];

  /** `ranges` of virtual page numbers, `end` exclusive. */
  constructor(ranges: readonly (readonly [start: number, end: number])[]) {
    const clusters: { start: number; end: number }[] = [];
    for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const last = clusters.at(-1);
      if (last !== undefined && start <= last.end + NEAR) last.end = Math.max(last.end, end);
      else clusters.push({ start, end });
    }
    this.clusters = clusters;
  }

  of(vpn: number): Spot | undefined {
    const cluster = this.clusters.findIndex(({ start, end }) => vpn >= start && vpn <= end);
    return cluster < 0 ? undefined : { cluster, page: vpn - this.clusters[cluster]!.start };
  }

  /** Where each cluster begins within its page tables, in pages. */
  get begins(): readonly number[] {
    return this.clusters.map(({ start }) => start % TABLE);
  }

  /** Why the program has no room for it; undefined: it has. */
  tooLarge(pageSize: number): string | undefined {
    if (this.clusters.length > MOST_CLUSTERS) return `more than ${MOST_CLUSTERS} places far from each other`;
    const large = this.clusters.some(({ start, end }) => ((start % TABLE) + end - start) * pageSize > CLUSTER_BYTES);
    return large ? `mappings near each other of more than ${CLUSTER_BYTES >> 20} MiB together` : undefined;
  }
}

/** `at(0, 3)`: a call of the program's function. */
export function spotText(spot: Spot | undefined): string {
  return spot === undefined ? 'NULL' : `at(${spot.cluster}, ${spot.page})`;
}
