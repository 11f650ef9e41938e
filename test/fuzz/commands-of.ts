// SPDX-License-Identifier: GPL-2.0-or-later
/** What is done with a log: every command that takes one, with options that are quick. */
import { NAMES, STEERING_TEXTS } from './hostile.js';
import type { Random } from './random.js';
import { FILE, OUT } from './reader.js';

const LANES = [
  'x86_64',
  'arm',
  'x86_64,arm',
  'arm-lpae,m68k',
  's390x',
  'alpha@6.1,alpha@7.3',
  'x86_64@6.1,x86_64@7.3',
  'riscv64,i386',
];
/** A page, a frame or a counter, as people name them. */
const SUBJECTS = [
  'map[0]',
  'a',
  'a[1]',
  'bo[0]',
  'ring[2]',
  'P0',
  'P0.mapcount',
  'rss',
  'MM_FILEPAGES',
  'ring.vm_flags',
  '0x20001000',
  '7ffff7ffb000',
];

const COMMANDS: readonly (readonly string[])[] = [
  ['replay', FILE],
  ['replay', FILE, '--json'],
  ['replay', FILE, '--why'],
  ['replay', FILE, '--no-events'],
  ['replay', FILE, '--at', '3', '--no-events'],
  ['compare', FILE],
  ['compare', FILE, '--json'],
  ['compare', FILE, '--full', '--strict'],
  ['compare', FILE, FILE],
  ['table', FILE],
  ['table', FILE, '--format', 'markdown'],
  ['table', FILE, '--json'],
  ['explain', FILE, '--event', '2'],
  ['explain', FILE, '--json', '--event', '2'],
  ['explain', FILE, 'SUBJECT'],
  ['blame', FILE, 'SUBJECT'],
  ['blame', FILE, 'SUBJECT', '--all', '--json'],
  ['diff', FILE],
  ['diff', FILE, '--from', '1', '--to', '3'],
  ['diff', FILE, '--json', '--all'],
  ['mapcount', FILE],
  ['mapcount', FILE, '--json'],
  ['export', FILE, '--format', 'svg'],
  ['export', FILE, '--format', 'dot'],
  ['export', FILE, '--format', 'markdown'],
  ['export', FILE, '--format', 'chrome-trace', '--json'],
  ['export', FILE, '--format', 'svg', '-o', OUT],
  ['view', FILE, '-o', OUT],
  ['link', FILE, '--json'],
  ['verify', FILE],
  ['verify', FILE, '--json'],
  ['kernel', 'bisect', FILE],
];
const SLOW: readonly (readonly string[])[] = [
  ['shrink', FILE, '-o', OUT],
  ['shrink', FILE, '--keep', 'message', '--json'],
  ['interleave', FILE, '--limit', '30'],
  ['interleave', FILE, '--limit', '30', '--json'],
];

export function logCommand(random: Random): readonly string[] {
  const command = random.once(15) ? random.pick(SLOW) : random.pick(COMMANDS);
  const subject = random.once(10) ? random.pick([...STEERING_TEXTS, ...NAMES]) : random.pick(SUBJECTS);
  const args = command.map((arg) => (arg === 'SUBJECT' ? subject : arg));
  if (args[0] === 'verify' || random.once(3)) return args;
  return [...args, '--lane', random.pick(LANES)];
}
