// SPDX-License-Identifier: GPL-2.0-or-later
/** Entries as small squares on a canvas: thousands of them are drawn in a few milliseconds. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { VmaCells } from '../../protocol.js';
import * as actions from '../actions.js';
import * as store from '../store.js';
import { theme } from '../theme.js';
import { layOut, Painter, SIDE } from './cell-painter.js';
import { subjectOf } from './subject.js';

export function CellCanvas({ vma }: { readonly vma: VmaCells }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | null>(null);
  const [width, setWidth] = useState(400);
  const places = layOut(vma, width, store.switches.value.differs);
  const [current, setCurrent] = useState(0);
  useEffect(() => {
    const element = box.current!;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // with all else that is drawn, not a frame behind it
  useLayoutEffect(() => {
    if (painter.current?.fits(canvas.current!, theme.value) !== true)
      painter.current = new Painter(canvas.current!, theme.value);
    painter.current.paint(vma, places, width, store.subject.value);
  }, [vma, width, theme.value, store.subject.value, store.switches.value]);
  const choose = (i: number): void => {
    const at = Math.max(0, Math.min(i, places.index.length - 1));
    setCurrent(at);
    const cell = places.index[at];
    if (cell !== undefined) void actions.select(subjectOf(vma, vma.cells.page[cell]!));
  };
  return (
    <div
      ref={box}
      class="cell-canvas"
      style={{ height: `${places.height}px` }}
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
    >
      <canvas ref={canvas} />
    </div>
  );
}
