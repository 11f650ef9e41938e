// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The labels of an address space's mappings: an immutable map from names to ranges of virtual page numbers. A trie by the
 * bits of the names' hashes: a change copies the nodes above one label, however many there are.
 */

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

/** Some labels, found one by one, or nodes by the next bits of the hash. */
type Node = { readonly labels: readonly Label[] } | { readonly nodes: readonly (Node | undefined)[] };

const BITS = 5;
const WIDTH = 1 << BITS;
/** Labels of which a node becomes nodes. */
const FEW = 8;
/** Behind these bits of a hash there are no others. */
const HASH_BITS = 30;

const NONE: Node = { labels: [] };

export class LabelMap {
  private object: Readonly<Record<string, number>> | null = null;
  private latest: readonly Label[] | null = null;

  private constructor(
    private readonly root: Node,
    private readonly next: number,
  ) {}

  static readonly empty = new LabelMap(NONE, 0);

  /** The first virtual page number of the mapping; undefined for an unknown label. */
  get(name: string): number | undefined {
    return this.find(name)?.vpn;
  }

  /** The map in which `name` stands for `pages` pages from `vpn` on. */
  set(name: string, vpn: number, pages: number): LabelMap {
    const order = this.find(name)?.order ?? this.next;
    const label = { name, vpn, pages, since: this.next, order };
    return new LabelMap(withLabel(this.root, label, hashOf(name), 0), this.next + 1);
  }

  /** The map that does not know `name`. */
  delete(name: string): LabelMap {
    if (this.find(name) === undefined) return this;
    return new LabelMap(withoutLabel(this.root, name, hashOf(name), 0), this.next + 1);
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

  private find(name: string): Label | undefined {
    let node: Node | undefined = this.root;
    for (let hash = hashOf(name); node !== undefined; hash >>>= BITS) {
      if ('labels' in node) return node.labels.find((label) => label.name === name);
      node = node.nodes[hash & (WIDTH - 1)];
    }
    return undefined;
  }

  /** The one that was set last first. */
  private newest(): readonly Label[] {
    this.latest ??= labelsOf(this.root).sort((a, b) => b.since - a.since);
    return this.latest;
  }

  private makeObject(): Readonly<Record<string, number>> {
    const labels = labelsOf(this.root).sort((a, b) => a.order - b.order);
    const object: Record<string, number> = {};
    for (const { name, vpn } of labels) {
      Object.defineProperty(object, name, { value: vpn, enumerable: true, configurable: true, writable: true });
    }
    return object;
  }
}

function withLabel(node: Node, label: Label, hash: number, depth: number): Node {
  if ('nodes' in node) {
    const at = hash & (WIDTH - 1);
    const nodes = node.nodes.slice();
    nodes[at] = withLabel(nodes[at] ?? NONE, label, hash >>> BITS, depth + BITS);
    return { nodes };
  }
  const { labels } = node;
  const at = labels.findIndex(({ name }) => name === label.name);
  if (at >= 0) return { labels: labels.with(at, label) };
  if (labels.length < FEW || depth >= HASH_BITS) return { labels: [...labels, label] };
  let split: Node = { nodes: new Array<Node | undefined>(WIDTH).fill(undefined) };
  for (const each of labels) split = withLabel(split, each, hashOf(each.name) >>> depth, depth);
  return withLabel(split, label, hash, depth);
}

function withoutLabel(node: Node, name: string, hash: number, depth: number): Node {
  if ('labels' in node) return { labels: node.labels.filter((label) => label.name !== name) };
  const at = hash & (WIDTH - 1);
  return { nodes: node.nodes.with(at, withoutLabel(node.nodes[at]!, name, hash >>> BITS, depth + BITS)) };
}

function labelsOf(node: Node): Label[] {
  if ('labels' in node) return [...node.labels];
  return node.nodes.flatMap((below) => (below === undefined ? [] : labelsOf(below)));
}

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  // names differ in their last characters, which are in the low bits
  hash ^= hash >>> 15;
  return hash & (2 ** HASH_BITS - 1);
}
