// SPDX-License-Identifier: GPL-2.0-or-later

import { advance, Divergences, initialState, type Key, type Source, type State, update, width } from '@specialbit/view';
import { describe, expect, test } from 'vitest';
import { historiesOf } from '../time/histories.js';

import { FORKS, LINEAR_RULE, loadText } from '../time/small-log.testkit.js';

import { ownColors } from '../untrusted.js';
import { view } from './view.js';

const plain = ownColors(false);

function sourceOf(text: string): Source {
  const log = loadText(text);
  const lanes = historiesOf(log, { lenient: true });
  return { log, lanes, divergences: lanes.length < 2 ? null : new Divergences(log, lanes) };
}

/** Keys as one types them: a character each, or a name in angle brackets. */
function type(state: State, source: Source, keys: string): State {
  for (const [, name, char] of keys.matchAll(/<(\w+)>|(.)/g)) {
    const key = (name === undefined ? { name: 'char', char } : { name }) as Key;
    state = update(state, key, source);
    while (state.task !== null) state = advance(state, () => true);
  }
  return state;
}

function press(text: string, keys: string): State {
  const source = sourceOf(text);
  return type(initialState(source), source, keys);
}

function screen(text: string, keys: string, columns = 80, rows = 24, color = plain): readonly string[] {
  const source = sourceOf(text);
  source.divergences?.advance(1000);
  return view(type(initialState(source), source, keys), source, { columns, rows }, color).lines;
}

describe('Moving', () => {
  test.each([
    [' ', 1],
    ['  b', 1],
    ['<right><down><left>', 1],
    ['G', 5],
    ['Gg', 0],
    ['3<enter>', 3],
    [':99<enter>', 5],
    ['G:-2<enter>', 3],
    [':+2<enter>', 2],
    ['b', 0],
    ['G ', 5],
  ])('%j', (keys, n) => {
    expect(press(LINEAR_RULE, keys).n).toBe(n);
  });

  test('the ends say so', () => {
    expect(press(LINEAR_RULE, 'b').message).toEqual({ text: 'this is the start', bad: false });
    expect(press(LINEAR_RULE, 'G ').message?.text).toBe('this is the end');
  });
});

describe('Running', () => {
  test('to a condition, on, back, and to where it is not', () => {
    expect(press(FORKS, '/write<enter>').n).toBe(2);
    expect(press(FORKS, '/write<enter>n').n).toBe(3);
    expect(press(FORKS, '/write<enter>nnN').n).toBe(3);
    expect(press(FORKS, 'G\\write<enter>').n).toBe(5);
    expect(press(FORKS, 'G\\write<enter>n').n).toBe(3);
    const none = press(FORKS, 'G/write<enter>');
    expect([none.n, none.message?.text]).toEqual([8, 'not after event 8: write']);
  });

  test('a condition that says nothing stays in the prompt', () => {
    const state = press(FORKS, '/hepa[1] present<enter>');
    expect(state.prompt?.text).toBe('hepa[1] present');
    expect(state.message).toMatchObject({ bad: true });
  });

  test('to where the lanes part', () => {
    expect(press(LINEAR_RULE, ']').n).toBe(3);
    expect(press(LINEAR_RULE, ']]').n).toBe(4);
    expect(press(LINEAR_RULE, ']][').n).toBe(3);
    expect(press(LINEAR_RULE, 'G]').message?.text).toBe('the lanes do not part after event 5');
    expect(press(FORKS, ']').message?.bad).toBe(true);
  });
});

test('Typing: erasing, giving up, and what was typed before', () => {
  expect(press(LINEAR_RULE, ':12<backspace>').prompt?.text).toBe('1');
  expect(press(LINEAR_RULE, ':12<clear>').prompt?.text).toBe('');
  expect(press(LINEAR_RULE, ':<backspace>').prompt).toBeNull();
  expect(press(LINEAR_RULE, ':1<escape>')).toMatchObject({ prompt: null, n: 0 });
  expect(press(LINEAR_RULE, '2<enter>:<up>').prompt?.text).toBe('2');
  expect(press(LINEAR_RULE, ':x<enter>').message?.text).toMatch(/^expected a number/);
});

test('Lanes, panes, marks, and the end', () => {
  expect(press(LINEAR_RULE, '<tab>').lane).toBe(1);
  expect(press(LINEAR_RULE, '<tab><tab>').lane).toBe(0);
  expect(press(LINEAR_RULE, '<backtab>').lane).toBe(1);
  expect(press(LINEAR_RULE, 'd').pane).toBe('diff');
  expect(press(LINEAR_RULE, 'dd').pane).toBe('world');
  expect(press(LINEAR_RULE, ' m').mark).toBe(1);
  expect(press(LINEAR_RULE, '?').pane).toBe('help');
  expect(press(LINEAR_RULE, '? ').pane).toBe('world');
  expect(press(LINEAR_RULE, 'z').message?.text).toBe('no such key: z (? for help)');
  expect(press(LINEAR_RULE, 'q').done).toBe(true);
  expect(press(LINEAR_RULE, ':<interrupt>').done).toBe(true);
});

test('Who wrote it, and going there', () => {
  const state = press(LINEAR_RULE, '3<enter>wmap[1]<enter>');
  expect(state.blame?.changes.map(({ numbered }) => numbered.number)).toEqual([2, 1]);
  expect(press(LINEAR_RULE, '3<enter>wmap[1]<enter><enter>').n).toBe(2);
});

test('A search can be given up', () => {
  const source = sourceOf(FORKS);
  const asked = [...'/exit'].reduce(
    (state, char) => update(state, { name: 'char', char }, source),
    initialState(source),
  );
  const running = update(asked, { name: 'enter' }, source);
  expect(running.task).not.toBeNull();
  expect(update(running, { name: 'char', char: ' ' }, source).task).not.toBeNull();
  expect(update(running, { name: 'escape' }, source)).toMatchObject({ task: null, n: 0 });
});

test('Screens of every size are exactly filled', () => {
  for (const [columns, rows] of [
    [80, 24],
    [140, 45],
    [200, 60],
    [40, 10],
    [20, 5],
    [3, 2],
    [1, 1],
  ] as const) {
    for (const keys of ['', '3<enter>', '3<enter>d', '4<enter>c', '?', ' wmap<enter>', '/map', 'z']) {
      const lines = screen(LINEAR_RULE, keys, columns, rows);
      expect(lines.length, `${columns}x${rows} ${keys}`).toBe(rows);
      for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
    }
  }
});

test('The screen shows events, what the last did and why, and the state', () => {
  const text = screen(LINEAR_RULE, '2<enter>').join('\n');
  expect(text).toMatch(/^ The linear rule +event 2\/5 {2}x86_64 \(1\/2\)/);
  expect(text).toMatch(/^> {1}2 write map\[1\] value=9 += 0$/m);
  expect(text).toMatch(/^ !3 set_vm_pgoff map\[1\] self += 0$/m);
  expect(text).toContain('map[1]: a normal page: nothing says that it is special');
  expect(text).toMatch(/^ {2}\* map\[1\] 8000000002000067 PWDY- A1 page *$/m);
  expect(text).toMatch(/^ {2}\* A1 0x2000 refcount 1, mapcount 1/m);
});

test('The same, side by side, in colour, on a wide screen', () => {
  const lines = screen(LINEAR_RULE, '2<enter>', 140, 45, ownColors(true));
  expect(lines.join('\n')).toContain('\u001b[');
  for (const line of lines) expect(width(line)).toBeLessThanOrEqual(140);
});

test('A lane goes on without what it does not have', () => {
  const log = `{"specialbit":1,"arch":["x86_64","arm"]}
{"type":"mmap","label":"heap","pages":1,"prot":"rw"}
{"type":"write","at":"gone"}
{"type":"write","at":"heap"}
`;
  const text = screen(log, '2<enter>').join('\n');
  expect(text).toMatch(/^> 2 write gone\[0\] += left out$/m);
  expect(text).toContain('left out: no such mapping: gone');
  expect(press(log, 'G').n).toBe(3);
});

test('No keys break it', () => {
  const keys = [...' bsjkhlgG:/\\rRnN][dmMcw?0123456789.', '<enter>', '<escape>', '<tab>', '<backtab>', '<backspace>'];
  const words = [
    '<pageup>',
    '<pagedown>',
    '<up>',
    '<down>',
    '/fork<enter>',
    'wmap<enter>',
    'wrss<enter>',
    '/map changed<enter>',
  ];
  const all = [...keys, ...words, '<unknown>', '<clear>'];
  let seed = 1;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  for (const text of [LINEAR_RULE, FORKS]) {
    const source = sourceOf(text);
    let state = initialState(source);
    const pressed: string[] = [];
    for (let i = 0; i < 1500; i++) {
      const key = all[random(all.length)]!;
      pressed.push(key);
      state = type(state, source, key);
      const size = { columns: 1 + random(160), rows: 1 + random(50) };
      const shown = view(state, source, size, plain);
      expect(shown.lines.length, pressed.slice(-20).join(' ')).toBe(size.rows);
      expect(state.n).toBeGreaterThanOrEqual(0);
      expect(state.n).toBeLessThanOrEqual(source.log.events.length);
    }
  }
});

test('an expectation returns nothing: it holds, or it does not', () => {
  const log = `${FORKS}{"type":"expect","event":8,"signal":"none"}\n{"type":"expect","event":2,"ret":"0"}\n`;
  const wrong = screen(log, '9<enter>', 90, 60).join('\n');
  expect(wrong).toMatch(/expect event=8 signal=none: does not hold\n\s+\S+: signal: expected none, found SIGSEGV/);
  const lines = screen(log, 'G', 90, 60);
  expect(lines.join('\n')).toContain('ret=0: holds');
  expect(lines.filter((line) => / expect .* = /.test(line))).toEqual([]);
});
