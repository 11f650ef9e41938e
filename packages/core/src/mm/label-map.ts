// SPDX-License-Identifier: GPL-2.0-or-later
/** The labels of an address space's mappings: an immutable map from names to ranges of virtual page numbers. */

interface Label {
  readonly name: string;
  readonly vpn: number;
  /** How many pages the mapping had: a label names these, and none behind. */
  readonly pages: number;
  /** When it was set last, counted. */
  readonly since: number;
  /** In which order the names came up. */
  readonly order: number;
}

const BUCKETS = 64;

export class LabelMap {
  private object: Readonly<Record<string, number>> | null = null;
  private latest: readonly Label[] | null = null;

  private constructor(
    private readonly buckets: readonly (readonly Label[] | undefined)[],
    private readonly next: number,
  ) {}

  static readonly empty = new LabelMap([], 0);

  /** The first virtual page number of the mapping; undefined for an unknown label. */
  get(name: string): number | undefined {
    return this.buckets[bucketOf(name)]?.find((label) => label.name === name)?.vpn;
  }

  /** The map in which `name` stands for `pages` pages from `vpn` on. */
  set(name: string, vpn: number, pages: number): LabelMap {
    const bucket = this.buckets[bucketOf(name)] ?? [];
    const slot = bucket.findIndex((label) => label.name === name);
    const label = { name, vpn, pages, since: this.next, order: slot < 0 ? this.next : bucket[slot]!.order };
    return this.with(name, slot < 0 ? [...bucket, label] : bucket.with(slot, label));
  }

  /** The map that does not know `name`. */
  delete(name: string): LabelMap {
    const bucket = this.buckets[bucketOf(name)];
    if (bucket?.some((label) => label.name === name) !== true) return this;
    return this.with(
      name,
      bucket.filter((label) => label.name !== name),
    );
  }

  /** The map in which the label of the pages before `end` reaches `to`: its mapping grew in place. */
  grow(end: number, to: number): LabelMap {
    const label = this.newest().find(({ vpn, pages }) => vpn + pages === end);
    return label === undefined ? this : this.set(label.name, label.vpn, to - label.vpn);
  }

  /** The newest label that has page `vpn`, and which of its pages that is. */
  at(vpn: number): { readonly name: string; readonly page: number } | undefined {
    const label = this.newest().find((known) => known.vpn <= vpn && vpn < known.vpn + known.pages);
    return label === undefined ? undefined : { name: label.name, page: vpn - label.vpn };
  }

  /** As an object, names in the order in which they came up. */
  toObject(): Readonly<Record<string, number>> {
    this.object ??= this.makeObject();
    return this.object;
  }

  private with(name: string, bucket: readonly Label[]): LabelMap {
    const buckets = this.buckets.slice();
    const at = bucketOf(name);
    while (buckets.length <= at) buckets.push(undefined);
    buckets[at] = bucket;
    return new LabelMap(buckets, this.next + 1);
  }

  /** The one that was set last first. */
  private newest(): readonly Label[] {
    this.latest ??= this.buckets.flatMap((bucket) => bucket ?? []).sort((a, b) => b.since - a.since);
    return this.latest;
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
