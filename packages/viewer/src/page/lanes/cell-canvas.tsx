// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries as small squares on a canvas: thousands of them are drawn in a few milliseconds. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { CELL, KINDS, type VmaCells } from '../../protocol.js';
import * as actions from '../actions.js';
import * as store from '../store.js';
import { theme } from '../theme.js';
import { subjectOf } from './subject.js';

/** Pixels of a square with the gap behind it. */
const SIDE = 14;
/** Squares that a run of empty pages, or a huge entry, takes. */
const WIDE = 4;

export function CellCanvas({ vma }: { readonly vma: VmaCells }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(400);
  const places = layOut(vma, width, store.switches.value.differs);
  const [current, setCurrent] = useState(0);
  useEffect(() => {
    const element = canvas.current!.parentElement!;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(
    () => paint(canvas.current!, vma, places, width, store.subject.value),
    [vma, width, theme.value, store.subject.value, store.switches.value],
  );
  const choose = (i: number): void => {
    const at = Math.max(0, Math.min(i, places.index.length - 1));
    setCurrent(at);
    const cell = places.index[at];
    if (cell !== undefined) void actions.select(subjectOf(vma, vma.cells.page[cell]!));
  };
  return (
    <canvas
      ref={canvas}
      class="cell-canvas"
      tabIndex={0}
      role="group"
      aria-label={`${vma.cells.page.length} entries of ${vma.label ?? vma.start}; arrows choose one`}
      onClick={(event) => {
        const found = places.index.findIndex((_, i) => {
          const [x, y, w] = [places.x[i]!, places.y[i]!, places.w[i]!];
          return event.offsetX >= x && event.offsetX < x + w && event.offsetY >= y && event.offsetY < y + SIDE;
        });
        if (found >= 0) choose(found);
      }}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by === undefined) return;
        event.stopPropagation();
        event.preventDefault();
        choose(current + by);
      }}
    />
  );
}

interface Places {
  /** Which cell stands at each place. */
  readonly index: number[];
  readonly x: number[];
  readonly y: number[];
  readonly w: number[];
  readonly height: number;
}

function layOut({ cells }: VmaCells, width: number, differing: boolean): Places {
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

function paint(canvas: HTMLCanvasElement, vma: VmaCells, places: Places, width: number, subject: string | null): void {
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(places.height * scale);
  canvas.style.height = `${places.height}px`;
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const fills = KINDS.map((kind) => style.getPropertyValue(`--${kind}-fill`));
  const inks = KINDS.map((kind) => style.getPropertyValue(`--${kind}-ink`));
  const signs = KINDS.map((kind) => store.choices.value?.kinds[kind].sign ?? '');
  const strong = style.getPropertyValue('--ink');
  context.font = '700 9px ui-monospace, monospace';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const { cells } = vma;
  for (let at = 0; at < places.index.length; at++) {
    const i = places.index[at]!;
    const [x, y, w] = [places.x[at]!, places.y[at]!, places.w[at]!];
    const kind = cells.kind[i]!;
    context.fillStyle = fills[kind]!;
    context.fillRect(x, y, w - 2, SIDE - 2);
    context.fillStyle = inks[kind]!;
    const sign = kind === 0 && cells.pages[i]! > 1 ? String(cells.pages[i]) : signs[kind]!;
    if (sign !== '') context.fillText(sign, x + (w - 2) / 2, y + (SIDE - 1) / 2);
    if ((cells.bits[i]! & (CELL.changed | CELL.differs)) === 0 && subject === null) continue;
    const chosen = subject !== null && subjectOf(vma, cells.page[i]!) === subject;
    if (!chosen && (cells.bits[i]! & (CELL.changed | CELL.differs)) === 0) continue;
    context.strokeStyle = strong;
    context.lineWidth = chosen ? 2 : 1;
    context.strokeRect(x + 0.5, y + 0.5, w - 3, SIDE - 3);
  }
}
