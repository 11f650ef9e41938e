// SPDX-License-Identifier: GPL-2.0-or-later
/** The labels of an address space's mappings: an immutable map from names to virtual page numbers. */

interface Label {
  readonly name: string;
  readonly vpn: number;
  /** In which order the names came up. */
  readonly order: number;
}

const BUCKETS = 64;

export class LabelMap {
  private object: Readonly<Record<string, number>> | null = null;

  private constructor(
    private readonly buckets: readonly (readonly Label[] | undefined)[],
    private readonly next: number,
  ) {}

  static readonly empty = new LabelMap([], 0);

  static of(labels: Readonly<Record<string, number>>): LabelMap {
    let map = LabelMap.empty;
    for (const [name, vpn] of Object.entries(labels)) map = map.set(name, vpn);
    return map;
  }

  /** The first virtual page number of the mapping; undefined for an unknown label. */
  get(name: string): number | undefined {
    return this.buckets[bucketOf(name)]?.find((label) => label.name === name)?.vpn;
  }

  /** The map in which `name` stands for `vpn`. */
  set(name: string, vpn: number): LabelMap {
    const at = bucketOf(name);
    const bucket = this.buckets[at] ?? [];
    const slot = bucket.findIndex((label) => label.name === name);
    const buckets = this.buckets.slice();
    if (slot >= 0) {
      buckets[at] = bucket.with(slot, { name, vpn, order: bucket[slot]!.order });
      return new LabelMap(buckets, this.next);
    }
    while (buckets.length <= at) buckets.push(undefined);
    buckets[at] = [...bucket, { name, vpn, order: this.next }];
    return new LabelMap(buckets, this.next + 1);
  }

  /** As an object, names in the order in which they came up. */
  toObject(): Readonly<Record<string, number>> {
    this.object ??= this.makeObject();
    return this.object;
  }

  private makeObject(): Readonly<Record<string, number>> {
    const labels = this.buckets.flatMap((bucket) => bucket ?? []).sort((a, b) => a.order - b.order);
    const object: Record<string, number> = {};
    for (const { name, vpn } of labels) {
      Object.defineProperty(object, name, { value: vpn, enumerable: true, configurable: true, writable: true });
    }
    return object;
  }
}

function bucketOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 11)) & (BUCKETS - 1);
}
