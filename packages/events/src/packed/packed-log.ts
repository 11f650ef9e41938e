// SPDX-License-Identifier: GPL-2.0-or-later
/** A log in memory at some bytes an event; events are made when they are asked for. */
import { OutOfRange } from '../errors/coded-error.js';
import type { LogItem } from '../read/item.js';
import type { FrameRef, LogEvent, LogHeader, Place } from '../types.js';
import { BLOCK, type PackedTables } from './pack.js';
import { KIND, type Shape } from './shape.js';

type Fields = Record<string, unknown>;

/** Places that are kept, so that events can share them; a power of two. */
const SHARED_PLACES = 8192;

/** Events in some six bytes each; `get` makes one. Objects that events share are frozen. */
export class PackedLog {
  readonly header: LogHeader;
  /** Number of events. */
  readonly length: number;
  private readonly headerLine: number;
  private readonly shapes: readonly Shape[];
  /** An event of each shape, to be copied: its fields are there, in order. */
  private readonly templates: readonly Fields[];
  private readonly strings: readonly string[];
  private readonly values: readonly unknown[];
  private readonly lines: PackedTables['lines'];
  /** Events share places as they share labels: the last one made of each number that a place hashes to. */
  private readonly places: (Extract<Place, { label: string }> | undefined)[];
  /** By label. */
  private readonly frames: FrameRef[];
  /** Where the event after the one that was read last begins. */
  private nextIndex = 0;
  private at = 0;

  constructor(
    tables: PackedTables,
    private readonly offsets: Uint32Array,
    private readonly bytes: Uint8Array,
  ) {
    this.header = tables.header;
    this.headerLine = tables.headerLine;
    this.length = tables.count;
    this.shapes = tables.shapes;
    this.strings = tables.strings;
    // shared by every event that has them
    this.values = tables.values.map(deepFreeze);
    this.lines = tables.lines;
    this.templates = tables.shapes.map(templateOf);
    this.places = new Array(SHARED_PLACES).fill(undefined);
    this.frames = tables.strings.map((label) => ({ label }));
  }

  /** The event at `index`, from 0. In order it is found at once, elsewhere after some events before it. */
  get(index: number): LogEvent {
    if (!(index >= 0 && index < this.length)) throw new OutOfRange('api.event', `no event ${index} of ${this.length}`);
    if (index !== this.nextIndex) this.seek(index);
    this.nextIndex = index + 1;
    return this.read();
  }

  private seek(index: number): void {
    // forwards within a block: from where we are
    if (index < this.nextIndex || index - this.nextIndex > BLOCK) {
      this.nextIndex = index - (index % BLOCK);
      this.at = this.offsets[(index / BLOCK) | 0]!;
    }
    for (; this.nextIndex < index; this.nextIndex++) this.read();
  }

  *[Symbol.iterator](): Generator<LogEvent, void, void> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** The line of the log's file at which an event stands. */
  line(index: number): number {
    let lo = 0;
    let hi = this.lines.length;
    while (hi - lo > 1) {
      const mid = (lo + hi) >>> 1;
      if (this.lines[mid]![0] <= index) lo = mid;
      else hi = mid;
    }
    const [first, line] = this.lines[lo] ?? [0, 1];
    return line + index - first;
  }

  /** What reading the log yields: the header, then each event. */
  *items(): Generator<LogItem, void, void> {
    yield { kind: 'header', header: this.header, line: this.headerLine };
    for (let i = 0; i < this.length; i++) yield { kind: 'event', event: this.get(i), line: this.line(i) };
  }

  private read(): LogEvent {
    const number = this.uint();
    const { keys, kinds } = this.shapes[number]!;
    const event = { ...this.templates[number]! };
    for (let i = 0; i < keys.length; i++) {
      const kind = kinds[i]!;
      // what has no bytes is in the template
      if (kind !== KIND.true && kind !== KIND.false) event[keys[i]!] = this.value(kind);
    }
    return event as unknown as LogEvent;
  }

  private value(kind: number): unknown {
    const first = this.uint();
    switch (kind) {
      case KIND.uint:
        return first;
      case KIND.string:
        return this.strings[first];
      case KIND.labelled:
        return this.place(first, this.uint());
      case KIND.addr:
        return { addr: first };
      case KIND.label:
        return this.frames[first];
      case KIND.pfn:
        return { pfn: first };
      case KIND.uints:
        return Array.from({ length: first }, () => this.uint());
      default:
        return this.values[first];
    }
  }

  private place(number: number, page: number): Place {
    const label = this.strings[number]!;
    const at = (Math.imul(number, 61) + page) & (SHARED_PLACES - 1);
    const known = this.places[at];
    if (known !== undefined && known.page === page && known.label === label) return known;
    const place = { label, page };
    this.places[at] = place;
    return place;
  }

  private uint(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    let shift = 7;
    do {
      byte = bytes[this.at++]!;
      value = shift < 28 ? value | ((byte & 127) << shift) : value + (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte >= 128);
    return value;
  }
}

function templateOf(shape: Shape): Fields {
  const template: Fields = { type: shape.type };
  shape.keys.forEach((key, i) => {
    const kind = shape.kinds[i];
    template[key] = kind === KIND.true ? true : kind === KIND.false ? false : kind === KIND.uint ? 0 : null;
  });
  return template;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
