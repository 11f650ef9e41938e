// SPDX-License-Identifier: GPL-2.0-or-later
/** The whole log as one line: where lanes part, where kernels complain, and where we stand. */
import { useEffect, useRef } from 'preact/hooks';
import { MARK } from '../protocol.js';
import * as actions from './actions.js';
import * as store from './store.js';
import { theme } from './theme.js';

export function Scrubber() {
  const n = store.at.value;
  const { value: length } = store.length;
  const several = (store.opened.value?.lanes.length ?? 0) > 1;
  return (
    <nav class="scrubber" aria-label="Travel">
      <div class="travel">
        <Move text="Start" sign="|◀" to={() => actions.go(0)} off={n === 0} />
        <Move text="One event back" sign="◀" to={() => actions.go(n - 1)} off={n === 0} />
        <Move
          text={store.playing.value ? 'Stop' : 'Play'}
          sign={store.playing.value ? '❚❚' : '▶▶'}
          to={() => actions.play()}
          off={length === 0}
        />
        <Move text="One event on" sign="▶" to={() => actions.go(n + 1)} off={n >= length} />
        <Move text="End" sign="▶|" to={() => actions.go(length)} off={n >= length} />
      </div>
      <label class="position">
        event{' '}
        <input
          id="goto"
          inputMode="numeric"
          size={Math.max(2, String(length).length)}
          value={n}
          onChange={(event) => {
            const wanted = Number(event.currentTarget.value);
            if (Number.isInteger(wanted)) void actions.go(wanted);
            event.currentTarget.value = String(store.at.value);
          }}
        />{' '}
        of {length.toLocaleString('en')}
      </label>
      <Track />
      {several && (
        <div class="travel">
          <button type="button" onClick={() => actions.jump('backward', 'parting')} title="Last parting ( [ )">
            <span aria-hidden="true">◀</span> last
          </button>
          <button type="button" onClick={() => actions.jump('forward', 'parting')} title="Next parting ( ] )">
            next parting <span aria-hidden="true">▶</span>
          </button>
        </div>
      )}
    </nav>
  );
}

function Move(of: { readonly text: string; readonly sign: string; readonly to: () => unknown; readonly off: boolean }) {
  return (
    <button type="button" class="icon" aria-label={of.text} title={of.text} disabled={of.off} onClick={of.to}>
      <span aria-hidden="true">{of.sign}</span>
    </button>
  );
}

/** The line itself: a slider over a drawing. */
function Track() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { value: length } = store.length;
  // named here, so that the drawing follows them
  const known = [store.covered.value, store.marks.value, theme.value];
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null) paint(canvas.current, length);
    };
    draw();
    addEventListener('resize', draw);
    return () => removeEventListener('resize', draw);
  }, [...known, length]);
  return (
    <div class="track">
      <canvas ref={canvas} aria-hidden="true" />
      <input
        type="range"
        min={0}
        max={length}
        value={store.at.value}
        aria-label="Moment of the log"
        aria-valuetext={`after ${store.at.value} of ${length} events`}
        onInput={(event) => void actions.go(Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** A column for each pixel, or for each event where there are fewer: how many of its events part, complain, are not known. */
function paint(canvas: HTMLCanvasElement, length: number): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(name);
  // the slider's thumb, whose middle stands at the value, is as wide as this
  const thumb = 14;
  const x = (n: number): number => thumb / 2 + (n / Math.max(1, length)) * (width - thumb);
  const middle = height / 2;
  context.fillStyle = colour('--line');
  context.fillRect(x(0), middle - 1, x(length) - x(0), 2);
  const covered = store.covered.value;
  context.fillStyle = colour('--faint');
  context.fillRect(x(0), middle - 1, x(covered) - x(0), 2);
  const columns = Math.max(1, Math.floor(width - thumb));
  const marks = store.marks.value;
  const parts = new Uint32Array(columns + 1);
  const bad = new Uint32Array(columns + 1);
  for (let i = 0; i < covered; i++) {
    const column = Math.round(x(i + 1) - thumb / 2);
    if ((marks[i]! & MARK.parts) !== 0) parts[column]!++;
    if ((marks[i]! & (MARK.complains | MARK.dies | MARK.unmet)) !== 0) bad[column]!++;
  }
  const each = Math.max(1, length / columns);
  const wide = Math.max(1, Math.min(4, columns / Math.max(1, length) / 2));
  for (let column = 0; column <= columns; column++) {
    const left = column + thumb / 2 - wide / 2;
    const share = (count: number): number => (count === 0 ? 0 : 6 + (Math.min(1, count / each) * (height - 12)) / 2);
    context.fillStyle = colour('--parts');
    context.fillRect(left, middle - share(parts[column]!), wide, share(parts[column]!));
    context.fillStyle = colour('--bad');
    context.fillRect(left, middle, wide, share(bad[column]!));
  }
}
