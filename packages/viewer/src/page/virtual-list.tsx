// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A list of rows of one height, of any length. Browsers cap the height of an element: beyond it a step of the scroll bar
 * stands for several rows, and the list moves by what the wheel says.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Pixels that every browser can scroll. */
const TALLEST = 8_000_000;
/** Rows that are drawn above and below what is seen. */
const AROUND = 8;

interface Listed {
  readonly count: number;
  readonly height: number;
  /** The row that is kept in sight, from 0. */
  readonly current: number;
  readonly label: string;
  readonly row: (index: number) => ComponentChildren;
  /** Told which rows are drawn. */
  readonly onRows: (from: number, to: number) => void;
}

export function VirtualList({ count, height, current, label, row, onRows }: Listed) {
  const box = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  const [seen, setSeen] = useState(600);
  const top = useRef(0);
  const shownAt = useRef({ current: -1, count: -1, seen: -1 });
  const tall = count * height;
  const shown = Math.min(tall, TALLEST);
  // from pixels of the bar to pixels of the list
  const ratio = tall > shown ? (tall - seen) / (shown - seen) : 1;
  const { current: before } = shownAt;
  const moved = before.current !== current || before.count !== count || before.seen !== seen;
  if (moved) {
    // rows of the place that is jumped to are drawn at once; the bar follows in the same frame
    shownAt.current = { current, count, seen };
    const at = current * height;
    const from = top.current * ratio;
    if (at < from + height || at + height > from + seen - height) {
      const most = Math.max(0, shown - seen);
      top.current = Math.round(Math.min(most, Math.max(0, at - seen / 3) / ratio));
    }
  }
  const first = Math.max(0, Math.floor((top.current * ratio) / height) - AROUND);
  const last = Math.min(count - 1, Math.ceil((top.current * ratio + seen) / height) + AROUND);
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setSeen(element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // behind everything else that is drawn anew, or the browser lays out the page twice
    const frame = requestAnimationFrame(() => {
      box.current!.scrollTop = top.current;
    });
    return () => cancelAnimationFrame(frame);
  }, [current, count, seen]);
  useEffect(() => onRows(first, last), [first, last, count]);
  // an element that went out of sight is used anew: to fill one is quicker than to make one
  const pool = Math.ceil(seen / height) + 2 * AROUND + 2;
  const rows = [];
  for (let i = first; i <= last; i++) {
    const y = i * height - top.current * ratio + top.current;
    rows.push(
      <div key={i % pool} class="row" style={{ transform: `translateY(${y}px)`, height: `${height}px` }}>
        {row(i)}
      </div>,
    );
  }
  return (
    <div
      class="virtual"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        // what was set, as far as the screen has such pixels
        if (Math.abs(scrollTop - top.current) < 1) return;
        top.current = scrollTop;
        redraw((times) => times + 1);
      }}
    >
      <div style={{ height: `${shown}px` }}>{rows}</div>
    </div>
  );
}
