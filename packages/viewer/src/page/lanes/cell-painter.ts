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
/** The ways to stand out, a row of stamps each. */
const STANDING: readonly number[] = [0, FRAMED, CHOSEN, FRAMED | CHOSEN];

export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private readonly fills: readonly string[];
  private readonly inks: readonly string[];
  private readonly signs: readonly string[];
  private readonly strong: string;
  /** Every square that there is, drawn once: copying one is much quicker than writing its letter. */
  private readonly stamps: HTMLCanvasElement;
  private readonly scale = devicePixelRatio;
  /** What stands at each place: its kind, how it stands out, its pages; and where that is. */
  private looks = new Uint32Array();
  private spans = new Uint32Array();
  private places: Places = { index: [], x: [], y: [], w: [], height: 0 };
  private width = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly theme: string,
  ) {
    this.context = canvas.getContext('2d')!;
    const style = getComputedStyle(canvas);
    this.fills = KINDS.map((kind) => style.getPropertyValue(`--${kind}-fill`));
    this.inks = KINDS.map((kind) => style.getPropertyValue(`--${kind}-ink`));
    this.signs = KINDS.map((kind) => store.choices.value?.kinds[kind].sign ?? '');
    this.strong = style.getPropertyValue('--ink');
    this.stamps = this.stamped();
  }

  private stamped(): HTMLCanvasElement {
    const stamps = document.createElement('canvas');
    stamps.width = Math.ceil(KINDS.length * SIDE * this.scale);
    stamps.height = Math.ceil(STANDING.length * SIDE * this.scale);
    const context = stamps.getContext('2d')!;
    this.prepare(context);
    for (const [row, look] of STANDING.entries())
      for (const kind of KINDS.keys())
        this.draw(context, kind * SIDE, row * SIDE, SIDE, kind | look, this.signs[kind]!);
    return stamps;
  }

  private prepare(context: CanvasRenderingContext2D): void {
    context.scale(this.scale, this.scale);
    context.font = '700 9px ui-monospace, monospace';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
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
      if (!same) this.square(places.x[at]!, places.y[at]!, places.w[at]!, looks[at]!, spans[at]!);
      // a row is one shorter when the next square stands in the next one
      if (places.y[at + 1] !== places.y[at]) this.clear(places.x[at]! + places.w[at]!, places.y[at]!, width, SIDE);
    }
    Object.assign(this, { looks, spans, places });
  }

  /** Makes the canvas as large as wanted; whether what was drawn is still there. */
  private fit(width: number, height: number): boolean {
    const { canvas, context, scale } = this;
    if (width === this.width && height === this.places.height && canvas.width === Math.round(width * scale))
      return true;
    this.width = width;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
    this.prepare(context);
    return false;
  }

  private clear(x: number, y: number, width: number, height: number): void {
    if (width > x) this.context.clearRect(x, y, width - x, height);
  }

  private square(x: number, y: number, w: number, look: number, pages: number): void {
    const { context, scale } = this;
    const kind = look & (FRAMED - 1);
    context.clearRect(x, y, w, SIDE);
    if (w !== SIDE) {
      this.draw(context, x, y, w, look, kind === 0 ? String(pages) : this.signs[kind]!);
      return;
    }
    const side = SIDE * scale;
    const row = STANDING.indexOf(look & (FRAMED | CHOSEN));
    context.drawImage(this.stamps, kind * side, row * side, side, side, x, y, SIDE, SIDE);
  }

  private draw(context: CanvasRenderingContext2D, x: number, y: number, w: number, look: number, sign: string): void {
    const kind = look & (FRAMED - 1);
    context.fillStyle = this.fills[kind]!;
    context.fillRect(x, y, w - 2, SIDE - 2);
    if (sign !== '') {
      context.fillStyle = this.inks[kind]!;
      context.fillText(sign, x + (w - 2) / 2, y + (SIDE - 1) / 2);
    }
    if ((look & (FRAMED | CHOSEN)) === 0) return;
    context.strokeStyle = this.strong;
    context.lineWidth = (look & CHOSEN) !== 0 ? 2 : 1;
    context.strokeRect(x + 0.5, y + 0.5, w - 3, SIDE - 3);
  }
}

function lookOf(cells: Cells, i: number, chosen: number): number {
  const framed = (cells.bits[i]! & (CELL.changed | CELL.differs)) !== 0 ? FRAMED : 0;
  return cells.kind[i]! | framed | (cells.page[i] === chosen ? CHOSEN : 0);
}
