// SPDX-License-Identifier: GPL-2.0-or-later
/** A small map that can be taken back to what it was. */
import type { Journal } from './journal.js';

export class JournaledMap<K, V> {
  private readonly map = new Map<K, V>();

  /** `touched` hears of every value that comes or goes; `from`: what is in it at first. */
  constructor(
    private readonly journal: Journal,
    private readonly touched: (value: V) => void = () => {},
    from: Iterable<readonly [K, V]> = [],
  ) {
    for (const [key, value] of from) this.map.set(key, value);
  }

  get size(): number {
    return this.map.size;
  }

  get(key: K): V | undefined {
    return this.map.get(key);
  }

  has(key: K): boolean {
    return this.map.has(key);
  }

  set(key: K, value: V): this {
    this.note(key);
    this.map.set(key, value);
    this.touched(value);
    return this;
  }

  delete(key: K): boolean {
    const value = this.map.get(key);
    if (value === undefined) return false;
    this.note(key);
    this.touched(value);
    return this.map.delete(key);
  }

  values(): IterableIterator<V> {
    return this.map.values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.map.entries();
  }

  private note(key: K): void {
    if (this.journal.on) this.journal.step(putBack<K, V>, this.map, [key, this.map.get(key)] as const);
  }
}

function putBack<K, V>(map: Map<K, V>, [key, value]: readonly [K, V | undefined]): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
