// SPDX-License-Identifier: GPL-2.0-or-later
/** The whole log as one line: where lanes part, where kernels complain, and where we stand. */
import type { ComponentProps } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { MARK } from '../protocol.js';
import * as actions from './actions.js';
import { Icon } from './icon.js';
import * as store from './store.js';
import { theme } from './theme.js';

export function Scrubber() {
  const n = store.here.value;
  const by = (events: number): unknown => actions.go(store.at.peek() + events);
  const { value: length } = store.length;
  const { value: reach } = store.reach;
  const { value: playing } = store.playing;
  const several = (store.opened.value?.lanes.length ?? 0) > 1;
  return (
    <nav class="scrubber" aria-label="Travel">
      <div class="travel">
        <Move text="Start" sign="start" to={() => actions.jumpTo(0)} off={n === 0} />
        <Move text="One event back" sign="back" to={() => by(-1)} off={n === 0} />
        <Move
          text={playing ? 'Stop' : 'Play'}
          sign={playing ? 'stop' : 'play'}
          to={() => actions.play()}
          off={length === 0}
        />
        <Move text="One event on" sign="on" to={() => by(1)} off={n >= reach} />
        <Move text="End" sign="end" to={() => actions.jumpTo(reach)} off={n >= reach} />
      </div>
      <GoTo n={n} length={length} />
      <Track />
      {several && (
        <div class="travel to-parting">
          <button
            type="button"
            onClick={() => actions.jump('backward', 'parting')}
            title="["
            aria-label="previous parting"
          >
            <Icon name="back" /> <span class="words">previous parting</span>
            <span class="short">≠</span>
          </button>
          <button type="button" onClick={() => actions.jump('forward', 'parting')} title="]" aria-label="next parting">
            <span class="words">next parting</span>
            <span class="short">≠</span> <Icon name="on" />
          </button>
        </div>
      )}
    </nav>
  );
}

interface Moved {
  readonly text: string;
  readonly sign: ComponentProps<typeof Icon>['name'];
  readonly to: () => unknown;
  readonly off: boolean;
}

/** One that is off stays where the keyboard is: pressed, it does nothing. */
function Move({ text, sign, to, off }: Moved) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={text}
      title={text}
      aria-disabled={off}
      onClick={() => (off ? undefined : to())}
    >
      <Icon name={sign} />
    </button>
  );
}

/** Where we stand, as a number that can be written: Enter goes there, and the keyboard goes back to where it was. */
function GoTo({ n, length }: { readonly n: number; readonly length: number }) {
  const from = useRef<Element | null>(null);
  const done = (input: HTMLInputElement): void => {
    input.value = String(store.at.value);
    const { current } = from;
    if (current instanceof HTMLElement && current.isConnected && current !== document.body) current.focus();
    else input.blur();
  };
  return (
    <label class="position">
      event{' '}
      <input
        id="goto"
        inputMode="numeric"
        autocomplete="off"
        size={Math.max(2, String(length).length)}
        value={n}
        onFocus={(event) => {
          from.current = event.relatedTarget as Element | null;
          event.currentTarget.select();
        }}
        onBlur={(event) => {
          event.currentTarget.value = String(store.at.value);
        }}
        onKeyDown={(event) => {
          const input = event.currentTarget;
          if (event.key === 'Escape') done(input);
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const text = input.value.trim();
          const wanted = /^\d+$/.test(text) ? Number(text) : Number.NaN;
          if (wanted <= store.reach.value) void actions.jumpTo(wanted).then(() => done(input));
          else {
            const said = text === '' ? 'nothing' : text;
            actions.say(`expected a number from 0 to ${store.reach.value}, found ${said}: ${actions.reachText()}`);
            input.select();
          }
        }}
      />{' '}
      of {length.toLocaleString('en')}
    </label>
  );
}

/** The line itself: a slider over a drawing. Who moves it is not moved back by what was asked for before. */
function Track() {
  const { value: here } = store.here;
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
        value={store.at.peek()}
        aria-label="Moment of the log"
        aria-valuetext={`after ${here} of ${length} events`}
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
