// SPDX-License-Identifier: GPL-2.0-or-later
/** Draws the squares of a canvas: those that are not as they were drawn last. */
import { CELL, type Cells, KINDS, type VmaCells } from '../../protocol.js';
import * as store from '../store.js';
import { pageOf } from './subject.js';

/** Pixels of a square with the gap behind it. */
export const SIDE = 14;
/** Squares that a run of empty pages, or a huge entry, takes. */
const WIDE = 4;

/** Where the squares stand. */
export interface Places {
  /** Which cell stands at each place. */
  readonly index: number[];
  readonly x: number[];
  readonly y: number[];
  readonly w: number[];
  readonly height: number;
}

export function layOut({ cells }: VmaCells, width: number, differing: boolean): Places {
  const places: Places = { index: [], x: [], y: [], w: [], height: 0 };
  let x = 0;
  let y = 0;
  for (let i = 0; i < cells.page.length; i++) {
    if (differing && (cells.bits[i]! & CELL.differs) === 0) continue;
    const w = cells.pages[i]! > 1 ? WIDE * SIDE : SIDE;
    if (x + w > width) {
      x = 0;
      y += SIDE;
    }
    places.index.push(i);
    places.x.push(x);
    places.y.push(y);
    places.w.push(w);
    x += w;
  }
  return { ...places, height: y + SIDE };
}

/** How a square stands out, in the bits above those of its kind. */
const FRAMED = 16;
const CHOSEN = 32;
/** Pixels that a canvas has below its squares, so that it can have more of them. */
const SPARE = 8 * SIDE;
/** Stamps that are kept: runs of empty pages have one for each length. */
const STAMPS = 400;

/** A square as it is copied: its pixels, row by row, each a whole that is set at once. */
interface Stamp {
  readonly width: number;
  readonly rows: readonly Uint32Array[];
}

export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private readonly fills: readonly string[];
  private readonly inks: readonly string[];
  private readonly signs: readonly string[];
  private readonly strong: string;
  /**
   * Every square that there is, drawn once. Their pixels are copied into those of the canvas, which gets them all at once:
   * thousands of drawings take many times as long, here and again when the browser carries them out.
   */
  private readonly stamps = new Map<number, Stamp>();
  private readonly pad: CanvasRenderingContext2D;
  private image = new ImageData(1, 1);
  private pixels = new Uint32Array();
  private readonly scale = devicePixelRatio;
  /** What stands at each place: its kind, how it stands out, its pages; and where that is. */
  private looks = new Uint32Array();
  private spans = new Uint32Array();
  private places: Places = { index: [], x: [], y: [], w: [], height: 0 };
  private width = 0;
  /** Pixels of height that the canvas has. */
  private tall = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly theme: string,
  ) {
    this.context = canvas.getContext('2d', { willReadFrequently: true })!;
    this.pad = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const style = getComputedStyle(canvas);
    this.fills = KINDS.map((kind) => style.getPropertyValue(`--${kind}-fill`));
    this.inks = KINDS.map((kind) => style.getPropertyValue(`--${kind}-ink`));
    this.signs = KINDS.map((kind) => store.choices.value?.kinds[kind].sign ?? '');
    this.strong = style.getPropertyValue('--ink');
  }

  /** The square of a look that is `w` wide; `pages`: of a run of empty ones. */
  private stamp(look: number, w: number, pages: number): Stamp {
    const kind = look & (FRAMED - 1);
    const run = w !== SIDE && kind === 0 ? pages : 0;
    const key = (run * 2 + (w === SIDE ? 0 : 1)) * 64 + look;
    const known = this.stamps.get(key);
    if (known !== undefined) return known;
    if (this.stamps.size >= STAMPS) this.stamps.clear();
    const { pad, scale } = this;
    const width = Math.ceil(w * scale);
    const height = Math.ceil(SIDE * scale);
    pad.canvas.width = width;
    pad.canvas.height = height;
    pad.scale(scale, scale);
    pad.font = '700 9px ui-monospace, monospace';
    pad.textAlign = 'center';
    pad.textBaseline = 'middle';
    this.draw(pad, w, look, run > 0 ? String(run) : this.signs[kind]!);
    const { data } = pad.getImageData(0, 0, width, height);
    const rows = Array.from({ length: height }, (_, y) => new Uint32Array(data.buffer, y * width * 4, width));
    const stamp = { width, rows };
    this.stamps.set(key, stamp);
    return stamp;
  }

  /** It is of this canvas, in these colours, and knew the letters. */
  fits(canvas: HTMLCanvasElement, theme: string): boolean {
    return (
      canvas === this.canvas &&
      theme === this.theme &&
      this.scale === devicePixelRatio &&
      this.signs.some((sign) => sign !== '')
    );
  }

  paint(vma: VmaCells, places: Places, width: number, subject: string | null): void {
    const { cells } = vma;
    const { length } = places.index;
    const before = this.fit(width, places.height) ? this.places.index.length : 0;
    let top = Number.POSITIVE_INFINITY;
    let bottom = 0;
    const looks = new Uint32Array(length);
    const spans = new Uint32Array(length);
    const chosen = pageOf(vma, subject);
    for (let at = 0; at < length; at++) {
      const i = places.index[at]!;
      looks[at] = lookOf(cells, i, chosen);
      spans[at] = cells.pages[i]!;
      const same =
        at < before &&
        this.looks[at] === looks[at] &&
        this.spans[at] === spans[at] &&
        this.places.x[at] === places.x[at] &&
        this.places.y[at] === places.y[at] &&
        this.places.w[at] === places.w[at];
      const y = places.y[at]!;
      // a row may be shorter than it was
      const ends = places.y[at + 1] !== y;
      if (same && (!ends || this.places.y[at + 1] !== y)) continue;
      const x = places.x[at]!;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      if (!same) this.square(x, y, places.w[at]!, looks[at]!, spans[at]!);
      if (ends) this.clear(x + places.w[at]!, y);
    }
    if (bottom >= top) {
      const first = Math.round(top * this.scale);
      const end = Math.min(this.image.height, Math.round((bottom + SIDE) * this.scale));
      this.context.putImageData(this.image, 0, 0, 0, first, this.image.width, end - first);
    }
    Object.assign(this, { looks, spans, places });
  }

  /**
   * Makes the canvas as large as wanted, or larger, which is cut off: one and its image for each moment would fill the
   * memory. Whether what was drawn is still there.
   */
  private fit(width: number, height: number): boolean {
    const { canvas, scale } = this;
    const kept = this.tall >= height && this.tall <= 2 * height + SPARE;
    if (width === this.width && kept && canvas.width === Math.round(width * scale)) return true;
    this.width = width;
    this.tall = height + SPARE;
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.round(this.tall * scale);
    canvas.style.height = `${this.tall}px`;
    this.image = new ImageData(canvas.width, canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    return false;
  }

  /** Nothing stands from here to the end of the row. */
  private clear(x: number, y: number): void {
    const { pixels, image, scale } = this;
    const left = Math.round(x * scale);
    const end = Math.min(image.height, Math.round((y + SIDE) * scale));
    for (let row = Math.round(y * scale); row < end; row++)
      pixels.fill(0, row * image.width + left, (row + 1) * image.width);
  }

  private square(x: number, y: number, w: number, look: number, pages: number): void {
    const { pixels, image } = this;
    const stamp = this.stamp(look, w, pages);
    const left = Math.round(x * this.scale);
    const first = Math.round(y * this.scale);
    const columns = Math.min(Math.round((x + w) * this.scale), image.width) - left;
    const rows = Math.min(Math.round((y + SIDE) * this.scale), image.height) - first;
    for (let row = 0, to = first * image.width + left; row < rows; row++, to += image.width) {
      const from = stamp.rows[row]!;
      pixels.set(columns < stamp.width ? from.subarray(0, columns) : from, to);
    }
  }

  private draw(context: CanvasRenderingContext2D, w: number, look: number, sign: string): void {
    const kind = look & (FRAMED - 1);
    context.fillStyle = this.fills[kind]!;
    context.fillRect(0, 0, w - 2, SIDE - 2);
    if (sign !== '') {
      context.fillStyle = this.inks[kind]!;
      context.fillText(sign, (w - 2) / 2, (SIDE - 1) / 2);
    }
    if ((look & (FRAMED | CHOSEN)) === 0) return;
    context.strokeStyle = this.strong;
    context.lineWidth = (look & CHOSEN) !== 0 ? 2 : 1;
    context.strokeRect(0.5, 0.5, w - 3, SIDE - 3);
  }
}

function lookOf(cells: Cells, i: number, chosen: number): number {
  const framed = (cells.bits[i]! & (CELL.changed | CELL.differs)) !== 0 ? FRAMED : 0;
  return cells.kind[i]! | framed | (cells.page[i] === chosen ? CHOSEN : 0);
}
