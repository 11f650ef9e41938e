// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { specialbit } from '../cli/specialbit.testkit.js';
import { hasTmux, Pane } from './tmux.testkit.js';

const LOG = 'examples/s13-cow-linear-rule.jsonl';
const terminal = hasTmux();
if (!terminal) console.warn('tmux is not there: the tests of `specialbit step` in a terminal are skipped');

describe('Without a terminal', () => {
  test('one line says what is needed', async () => {
    const { code, out, err } = await specialbit(['step', LOG]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('specialbit: step needs a terminal: standard input is none (replay prints the same)\n');
  });

  test('a log from standard input is refused', async () => {
    const { code, err } = await specialbit(['step', '-'], { input: '' });
    expect([code, err]).toEqual([2, 'specialbit: step reads keys from standard input: give the log as a file\n']);
  });
});

describe.skipIf(!terminal)('In a terminal', () => {
  /** At the first screen of the log. */
  async function open(columns: number, rows: number, args = LOG): Promise<Pane> {
    const pane = new Pane(columns, rows);
    await pane.until(/READY>/);
    pane.specialbit(`step ${args}`);
    await pane.until(/event 0\/\d+ [\s\S]*\? help/);
    return pane;
  }

  /** The shell has its terminal back: its screen, its cursor, its echo and its lines. */
  async function restored(pane: Pane, code: number): Promise<void> {
    await pane.until(new RegExp(`code:${code}\\nREADY>`));
    expect(pane.format('alternate_on')).toBe('0');
    expect(pane.format('cursor_flag')).toBe('1');
    pane.run('clear; stty -a | tr ";" "\\n" | grep -o -w -e "-*icanon" -e "-*echo" -e "-*isig"');
    const text = await pane.until(/^-?echo\nREADY>/m);
    expect(text).toMatch(/^isig$/m);
    expect(text).toMatch(/^icanon$/m);
    expect(text).toMatch(/^echo$/m);
  }

  test('80x24: step, step back, jump, and quit', async () => {
    const pane = await open(80, 24);
    expect(pane.format('alternate_on')).toBe('1');
    pane.press('Space', 'Space');
    const text = await pane.until(/event 2\/9/);
    expect(text).toMatch(/^> 2 write map\[1\] value=9 += 0$/m);
    expect(text).toMatch(/^ {2}\* map\[1\] 8000000002000067 PWDY- A1 page$/m);
    expect(pane.screen()).toHaveLength(24);
    pane.press('b');
    await pane.until(/event 1\/9/);
    pane.press('Down', 'Right', 'Up', 'End');
    await pane.until(/event 9\/9/);
    pane.press('3', 'Enter');
    await pane.until(/event 3\/9/);
    pane.press('Home');
    await pane.until(/event 0\/9/);
    pane.press('q');
    await restored(pane, 0);
  });

  test('140x45: lanes, partings, differences and the last writer', async () => {
    const pane = await open(140, 45);
    pane.press(']');
    const parting = await pane.until(/event 3\/9/);
    expect(parting).toContain('! the lanes part: set_vm_pgoff');
    expect(parting).toMatch(/\| -- x86_64 \(with special bit\), after event 3 -/);
    pane.press('Tab');
    expect(await pane.until(/arm \(2\/2\)/)).toMatch(/\| {4}map\[1\] 200034f PWDY- A1 NULL pfnmap_linear/);
    pane.press('c');
    expect(await pane.until(/lanes: they part in 2 PTEs/)).toMatch(/! map\[1\] +PWDY- A1 page +PWDY- A1 NULL pfnmap_/);
    pane.press('d');
    expect(await pane.until(/from event 2 to 3: 1 VMA changed/)).toContain('map: vm_pgoff 0x8000 -> 0x1fff');
    pane.press('w');
    pane.type('map[1]');
    await pane.until(/who wrote: map\[1\]/);
    pane.press('Enter');
    expect(await pane.until(/-- who wrote it/)).toContain('event 2: write map[1] value=9 = 0');
    pane.press('Enter');
    await pane.until(/event 2\/9/);
    pane.press('C-c');
    await restored(pane, 0);
  });

  test('running forwards and back, help, scrolling, Escape', async () => {
    const pane = await open(80, 24);
    pane.press('/');
    pane.type('map[1] page');
    pane.press('Enter');
    await pane.until(/event 2\/9/);
    pane.press('G');
    await pane.until(/event 9\/9/);
    pane.type('\\mmap');
    pane.press('Enter');
    await pane.until(/event 1\/9/);
    pane.press('?');
    expect(await pane.until(/-- help \[1-21 of \d+\]/)).toContain('one event on');
    pane.press('PageDown');
    await pane.until(/-- help \[1\d-/);
    pane.press('Escape');
    await pane.until(/-- x86_64 \(with special bit\)/);
    pane.type('/nonsense[1] page');
    pane.press('Enter');
    await pane.until(/no such mapping, frame or counter/);
    pane.press('Escape', 'q');
    await restored(pane, 0);
  });

  test('it takes every size', async () => {
    const pane = await open(80, 24);
    pane.press('2', 'Enter');
    await pane.until(/event 2\/9/);
    pane.resize(140, 45);
    await pane.until(/-- events -+ \| -- x86_64/);
    pane.resize(50, 12);
    expect(await pane.until(/-- event \(more on a taller screen\)/)).toMatch(/^> 2 write map\[1\]/m);
    pane.resize(20, 4);
    await pane.until(/^> 2 write/m);
    pane.resize(80, 24);
    await pane.until(/-- x86_64 \(with special bit\), after event 2 .*-$/m);
    pane.press('q');
    await restored(pane, 0);
  });

  test('stopped, it gives the terminal back, and takes it again', async () => {
    const pane = await open(80, 24);
    pane.press('Space');
    await pane.until(/event 1\/9/);
    pane.press('C-z');
    await pane.until(/Stopped/);
    expect(pane.format('alternate_on')).toBe('0');
    expect(pane.format('cursor_flag')).toBe('1');
    pane.run('fg');
    await pane.until(/event 1\/9/);
    pane.press('Space');
    await pane.until(/event 2\/9/);
    pane.press('q');
    await pane.until(/READY> $|READY>$/m);
    expect(pane.format('alternate_on')).toBe('0');
  });

  test('a signal ends it in good order', async () => {
    const pane = await open(80, 24);
    const shell = pane.format('pane_pid');
    const child = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim();
    process.kill(Number(child), 'SIGTERM');
    await restored(pane, 143);
  });

  test('NO_COLOR is respected', async () => {
    const pane = new Pane(80, 24);
    await pane.until(/READY>/);
    pane.run('export NO_COLOR=1');
    pane.specialbit(`step ${LOG} --at 2`);
    expect(await pane.until(/event 2\/9/)).toMatch(/^> 2 write/m);
    pane.press('q');
    await restored(pane, 0);
  });

  test('a dumb terminal and a moment that is not there are refused', async () => {
    const pane = new Pane(120, 24);
    await pane.until(/READY>/);
    pane.specialbit(`step ${LOG} --at 10`);
    await pane.until(/specialbit: --at 10: examples\/s13-cow-linear-rule.jsonl has 9 events \[usage\.moment\]\ncode:2/);
    pane.run('export TERM=dumb');
    pane.specialbit(`step ${LOG}`);
    await pane.until(/step needs a terminal that can place text: TERM is dumb \[usage\.terminal\]\ncode:2/);
  });
});
