// SPDX-License-Identifier: GPL-2.0-or-later
/** Canonical events as bytes: some six bytes an event, and the tables that they refer to. */
import type { LogEvent, LogHeader } from '../types.js';
import { ByteWriter } from './byte-writer.js';
import { KIND, kindOf, type Shape } from './shape.js';

/** Events between two entries of the index of offsets. */
export const BLOCK = 16;

/** What stands beside the events; plain JSON. */
export interface PackedTables {
  readonly header: LogHeader;
  /** The line of the header. */
  readonly headerLine: number;
  readonly count: number;
  readonly shapes: readonly Shape[];
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
  /** Where lines are not simply one after the other: the index of an event, and its line. */
  readonly lines: readonly (readonly [number, number])[];
}

/** Numbers things in the order in which they come. */
class Table<T> {
  readonly items: T[] = [];
  private readonly numbers = new Map<string, number>();

  number(key: string, item: () => T): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.items.push(item()) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

export class Packer {
  private readonly out = new ByteWriter();
  private readonly offsets: number[] = [];
  private readonly shapes = new Table<Shape>();
  private readonly strings = new Table<string>();
  private readonly values = new Table<unknown>();
  private readonly lines: [number, number][] = [];
  private count = 0;
  private nextLine = -1;

  /** Appends an event of the log's line `line`. */
  add(event: LogEvent, line: number): void {
    if (line !== this.nextLine) this.lines.push([this.count, line]);
    this.nextLine = line + 1;
    if (this.count++ % BLOCK === 0) this.offsets.push(this.out.length);
    const fields = event as unknown as Readonly<Record<string, unknown>>;
    const keys = Object.keys(event).filter((key) => key !== 'type' && fields[key] !== undefined);
    const kinds = keys.map((key) => kindOf(fields[key]));
    const shape = `${event.type} ${keys.map((key, i) => `${key}:${kinds[i]}`).join(' ')}`;
    this.out.uint(this.shapes.number(shape, () => ({ type: event.type, keys, kinds })));
    for (let i = 0; i < keys.length; i++) this.value(kinds[i]!, fields[keys[i]!]);
  }

  private value(kind: number, value: unknown): void {
    const { out } = this;
    const object = value as { label: string; page: number; addr: number; pfn: number };
    switch (kind) {
      case KIND.uint:
        out.uint(value as number);
        return;
      case KIND.string:
        out.uint(this.string(value as string));
        return;
      case KIND.labelled:
        out.uint(this.string(object.label));
        out.uint(object.page);
        return;
      case KIND.addr:
        out.uint(object.addr);
        return;
      case KIND.label:
        out.uint(this.string(object.label));
        return;
      case KIND.pfn:
        out.uint(object.pfn);
        return;
      case KIND.uints:
        out.uint((value as number[]).length);
        for (const item of value as number[]) out.uint(item);
        return;
      case KIND.json:
        out.uint(this.values.number(JSON.stringify(value), () => value));
        return;
    }
  }

  private string(text: string): number {
    return this.strings.number(text, () => text);
  }

  /** Everything that was added; `offsets` are those of each BLOCK events. */
  end(header: LogHeader, headerLine = 1): { tables: PackedTables; offsets: Uint32Array; bytes: Uint8Array } {
    const { count, lines } = this;
    const [shapes, strings, values] = [this.shapes.items, this.strings.items, this.values.items];
    const tables: PackedTables = { header, headerLine, count, shapes, strings, values, lines };
    return { tables, offsets: Uint32Array.from(this.offsets), bytes: this.out.take() };
  }
}
