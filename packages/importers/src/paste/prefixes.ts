// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What stands before a kernel's message when people paste it: quoting, the stamps of whatever logged it, and
 * printk's own. Each row is one kind; they are taken off as long as one fits, in any order.
 */

export interface Prefix {
  readonly name: string;
  readonly pattern: RegExp;
}

/** A clock time, with or without fractions and zone. */
const TIME = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d+)?`;
/** `kernel:`, as syslog and journald name the sender; with a tag of the facility or a pid it may be longer. */
const KERNEL = String.raw`(?:kernel|vmunix|linux)(?:\[\d+\])?:`;

export const PREFIXES: readonly Prefix[] = [
  { name: 'quote', pattern: /^\s*(?:[>|]\s?)+(?!\s*\/\S*\()/ },
  { name: 'html quote', pattern: /^\s*(?:&gt;\s?)+/ },
  { name: 'colour', pattern: new RegExp(String.raw`^(?:${'\u001b'}\[[0-9;]*[A-Za-z])+`) },
  // `Mar  6 10:13:53 host kernel: `, `18:49:56 kernel: `, `mars 06 10:13:53 hôte kernel[1]: `, `2024-01-01T10:00:00+0100 host kernel: `
  { name: 'journal', pattern: new RegExp(String.raw`^.{0,80}?(?:^|\s)${KERNEL}\s?`, 'i') },
  // `kern  :alert : ` of dmesg -x
  {
    name: 'facility',
    pattern: /^(?:kern|user|daemon|syslog)\s*:\s*(?:emerg|alert|crit|err|warn|notice|info|debug)\s*:\s?/,
  },
  // `2023-01-21T19:56:01.769381  kern ...`, `2019-03-04 05:06:07 `
  {
    name: 'date and time',
    pattern: new RegExp(String.raw`^\s*\[?\d{4}-\d\d-\d\d[T ]${TIME}(?:\s?[+-]\d\d:?\d\d|Z)?\]?\s+`),
  },
  // `[Mon Mar  6 10:13:53 2018] ` of dmesg -T, in any locale
  { name: 'dmesg -T', pattern: new RegExp(String.raw`^\[[^\][]{3,24}\s${TIME}(?:\s\d{4})?\]\s?`) },
  // `[  904.280569] `, and with what MediaTek's printk adds: `[ 123.4]<0>.(0)[1:init]`; the first bracket may be cut off
  {
    name: 'stamp',
    pattern: /^\[?\s*\d+\.\d{3,9}\](?:<\d+>)?(?:[.-]?\(\d+\)(?:\[[^\]]*\])?)?\s?/,
  },
  // `[ T123]`, `[    C0]`, `[T1@0]`: CONFIG_PRINTK_CALLER
  { name: 'caller', pattern: /^\[\s*(?:[TC]\d+)(?:@\d+)?\]\s?/ },
  { name: 'level', pattern: /^<\d{1,3}>\s?/ },
  // `01-01 12:00:00.000     0     0 E BUG     : ` is Android's logcat: the tag is the message's own first word
  {
    name: 'logcat',
    pattern: new RegExp(String.raw`^\d\d-\d\d ${TIME}\s+(?:\w+\s+)?\d+\s+\d+ [VDIWEF] (?:kernel\s*:\s?)?`),
  },
  { name: 'logcat brief', pattern: /^[VDIWEF]\/kernel\s*\(\s*\d+\):\s?/ },
];

export interface Stripped {
  readonly text: string;
  /** The CPU or task that printed, where printk said so. */
  readonly caller?: string;
  /** Names of what was taken off. */
  readonly prefixes: readonly string[];
  /** So many characters were taken off. */
  readonly width: number;
}

/** More kinds than these never stand before one line. */
const MOST = 8;

/** One line without what stands before the kernel's own text. Blanks at the start that are the text's own stay. */
export function stripPrefixes(line: string): Stripped {
  let text = line;
  let caller: string | undefined;
  const prefixes: string[] = [];
  for (let n = 0; n < MOST; n++) {
    const found = PREFIXES.map((prefix) => ({ prefix, match: prefix.pattern.exec(text) })).find(
      ({ match }) => match !== null && match[0].length > 0,
    );
    if (found === undefined) break;
    const taken = found.match![0];
    if (found.prefix.name === 'caller') caller = /[TC]\d+/.exec(taken)?.[0];
    prefixes.push(found.prefix.name);
    text = text.slice(taken.length);
  }
  const clean = text.trimEnd();
  return { text: clean, prefixes, width: line.length - text.length, ...(caller === undefined ? {} : { caller }) };
}
