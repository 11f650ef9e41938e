// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Reports out of their lines. A log has several, several CPUs print at once, and lines get lost: heads that follow each
 * other without a field between them share out the fields that come, in order; what is missing stays missing.
 */
import type { Line } from '../lines.js';
import type { Problems } from '../problems.js';
import {
  addrLine,
  cpuLine,
  defined,
  digits,
  fileLine,
  flagsLine,
  frameLine,
  handlerLine,
  mapLine,
  pageLine,
  tableLine,
  walkLine,
} from './fields.js';
import type { EntryLevel, Frame, KernelReport, PageDump, SwapComplaint } from './report.js';
import { type Token, tally, tokensOf } from './token-stream.js';
import { TELLING, type TokenType } from './tokens.js';

const HEADS: ReadonlySet<TokenType> = new Set<TokenType>(['map', 'state', 'warning', 'bug', 'oops']);
const PAGE: ReadonlySet<TokenType> = new Set<TokenType>([
  'page',
  'head',
  'flags',
  'page-type',
  'aops',
  'raw',
  'because',
  'memcg',
  'bad-flags',
]);
/** Fields of which a report has many: they go with the line that opens their block. */
const OPENED_BY: { readonly [type in TokenType]?: TokenType } = {
  frame: 'stack',
  register: 'stack',
  head: 'page',
  flags: 'page',
  'page-type': 'page',
  aops: 'page',
  raw: 'page',
  because: 'page',
  memcg: 'page',
  'bad-flags': 'page',
};
/** So many lines before a report the swap code's complaint may stand. */
const NEAR = 40;

interface Draft {
  readonly head: Token | undefined;
  readonly line: number;
  readonly fields: Token[];
  readonly swap: SwapComplaint[];
  suppressed?: number;
}

/** The reports of a text in the order in which they begin. */
export function readReports(input: readonly Line[], problems: Problems): KernelReport[] {
  const tokens = tokensOf(input, problems);
  const streams = new Map<string, Token[]>();
  for (const token of tokens) {
    const key = token.caller ?? '';
    const stream = streams.get(key);
    if (stream === undefined) streams.set(key, [token]);
    else stream.push(token);
  }
  const reports: KernelReport[] = [];
  // frames without any report are looked at only where there is nothing else
  const alone = !tokens.some(({ type }) => TELLING.has(type));
  for (const stream of streams.values()) reports.push(...reportsOf(stream, alone));
  tally(tokens, problems);
  return reports.sort((a, b) => a.line - b.line);
}

function reportsOf(stream: readonly Token[], alone: boolean): KernelReport[] {
  const reports: KernelReport[] = [];
  const drafts: Draft[] = [];
  let batch: Draft[] = [];
  let fields: Token[] = [];
  let before: Token[] = [];
  const close = (): void => {
    share(drafts, batch, fields);
    drafts.push(...batch);
    batch = [];
    fields = [];
  };
  for (const token of stream) {
    if (HEADS.has(token.type)) {
      if (fields.length > 0) close();
      const near = before.filter(({ line }) => token.line - line <= NEAR);
      const own = token.type === 'map' ? near : [];
      for (const alone of before) if (!own.includes(alone)) reports.push(complaint(alone));
      before = [];
      batch.push(draft(token, own));
    } else if (token.type === 'swap' || token.type === 'suppressed') {
      before.push(token);
    } else if (token.type === 'rss' || token.type === 'leak') {
      reports.push(counter(token));
    } else if (token.type === 'bad-table' || token.type === 'pat') {
      reports.push(complaint(token));
    } else if (token.type !== 'note') {
      const opens = token.type === 'page' || (alone && (token.type === 'stack' || token.type === 'frame'));
      if (batch.length === 0 && drafts.length === 0 && opens) batch.push(draft(undefined, [], token.line));
      if (batch.length > 0 || drafts.length > 0) fields.push(token);
    } else if (batch.length > 0) {
      token.used = true;
    }
  }
  close();
  for (const token of before) reports.push(complaint(token));
  for (const each of drafts) reports.push(finished(each));
  return reports;
}

function draft(head: Token | undefined, own: readonly Token[], line = head?.line ?? 0): Draft {
  const swap: SwapComplaint[] = [];
  let suppressed: number | undefined;
  for (const token of own) {
    token.used = true;
    if (token.type === 'swap') swap.push(swapOf(token.text));
    else suppressed = Number(/(\d+) messages?/.exec(token.text)?.[1]);
  }
  if (head !== undefined) head.used = true;
  return { head, line, fields: [], swap, ...(suppressed === undefined ? {} : { suppressed }) };
}

/**
 * Gives the fields of a batch to its heads: the nth line of a kind to the nth head when there are as many, to the
 * last ones when there are fewer; when there are more, the first belong to earlier reports that lack them.
 */
function share(earlier: readonly Draft[], batch: readonly Draft[], fields: readonly Token[]): void {
  const lists = new Map<TokenType, Token[][]>();
  for (const token of fields) {
    const opener = OPENED_BY[token.type] ?? token.type;
    const blocks = lists.get(opener) ?? [];
    lists.set(opener, blocks);
    const last = blocks.at(-1);
    // a line that opens a block begins one; a line within one goes on with it
    if (token.type === opener || last === undefined) {
      const again = token.type === 'file' || token.type === 'handler';
      if (again && last?.every(({ type }) => type === 'handler')) last.push(token);
      else blocks.push([token]);
    } else last.push(token);
  }
  for (const [type, blocks] of lists) {
    const surplus = Math.max(0, blocks.length - batch.length);
    const lacking = earlier.filter((d) => !d.fields.some((field) => (OPENED_BY[field.type] ?? field.type) === type));
    const orphans = surplus === 0 ? [] : lacking.slice(-surplus);
    for (const [i, block] of blocks.entries()) {
      const target =
        i < surplus
          ? (orphans[i - (surplus - orphans.length)] ?? (type === 'stack' ? batch[0] : undefined))
          : batch[batch.length - blocks.length + i];
      if (target === undefined) continue;
      target.fields.push(...block);
      for (const token of block) token.used = true;
    }
  }
}

function swapOf(text: string): SwapComplaint {
  const match = /(\w+): (\w+ swap \w+ entry) ([0-9a-f]+)/.exec(text);
  return { by: match?.[1] ?? '', what: match?.[2] ?? '', entry: match?.[3] ?? '' };
}

const NOTHING = { registers: [], stack: [], style: [], swap: [], text_lines: [] } as const;

function counter(token: Token): KernelReport {
  token.used = true;
  const rss = /mm:(\S+) (?:type|idx):(\S+) val:\s*(-?\d+)/.exec(token.text);
  const leak = /non-zero (\w+) on freeing mm: (-?\d+)/.exec(token.text);
  return {
    kind: 'bad-counter',
    line: token.line,
    mm: rss?.[1] ?? '',
    counter: rss?.[2] ?? leak?.[1] ?? '',
    value: Number(rss?.[3] ?? leak?.[2] ?? 0),
    ...NOTHING,
  };
}

function complaint(token: Token): KernelReport {
  token.used = true;
  const { line, text, type } = token;
  const table = /bad (pmd|pud|p4d|pgd|pte) [^\s(]*\(?([0-9a-f]+)\)?/.exec(text);
  const what = type === 'bad-table' || type === 'pat' || type === 'swap' ? type : 'suppressed';
  const named = type === 'bad-table' && table !== null ? { level: table[1] as EntryLevel, entry: table[2]! } : {};
  return {
    kind: 'complaint',
    what,
    line,
    text,
    ...named,
    ...NOTHING,
    ...(type === 'swap' ? { swap: [swapOf(text)] } : {}),
  };
}

function finished({ head, line, fields, swap, suppressed }: Draft): KernelReport {
  const of = (...types: readonly TokenType[]): Token[] => fields.filter(({ type }) => types.includes(type));
  const cpu = of('cpu')[0];
  const hardware = of('hardware')[0];
  const walk = of('walk')[0];
  const page = pageOf(fields.filter(({ type }) => PAGE.has(type)));
  const common = {
    line,
    registers: of('register').map(({ text }) => text),
    stack: stackOf(of('frame')),
    style: [...of('stack'), ...of('frame')].map(({ text }) => text),
    swap,
    text_lines: [...(head === undefined ? [] : [head]), ...fields].map(({ text }) => text),
    ...(cpu === undefined ? {} : { cpu: cpuLine(cpu.text) }),
    ...(hardware === undefined ? {} : { hardware: hardware.text.replace(/^Hardware name:\s*/, '') }),
    ...(page === undefined ? {} : { page }),
    ...(walk === undefined ? {} : { walk: walkLine(walk.text) }),
  };
  if (head === undefined) {
    const what = { what: 'stack' as const, text: '', ...defined({ fn: common.stack[0]?.name }) };
    return page === undefined ? { kind: 'warning', ...common, ...what } : { kind: 'dumped-page', ...common };
  }
  switch (head.type) {
    case 'map': {
      const own = mapLine(head.text);
      const files = of('file').map(({ text }) => fileLine(text));
      const old = of('handler').map(({ text }) => handlerLine(text));
      const addr = of('addr')[0];
      return {
        kind: 'bad-page-map',
        ...common,
        ...own,
        tables: Object.assign({}, own.tables, ...of('tables').map(({ text }) => tableLine(text))),
        ...(addr === undefined ? {} : addrLine(addr.text)),
        ...files[0],
        handlers: Object.assign({}, ...old, files[0]?.handlers),
        ...(suppressed === undefined ? {} : { suppressed }),
      };
    }
    case 'state': {
      const match = /in process (.*?)\s*(?:pfn:([0-9a-f]+))?$/.exec(head.text);
      const cache = head.text.includes('Bad page cache') ? { cache: true as const } : {};
      return { kind: 'bad-page-state', ...common, ...cache, comm: match?.[1] ?? '', ...defined({ pfn: match?.[2] }) };
    }
    default: {
      const what = head.type === 'warning' ? 'WARNING' : head.type === 'bug' ? 'kernel BUG' : 'oops';
      const where = /(?:at |WARNING: )(\S+?:\d+)/.exec(head.text)?.[1];
      const fn =
        inRegisters(common.registers) ??
        /([A-Za-z_]\w*)(?:\.\w+)*\+0x/.exec(head.text)?.[1] ??
        /at \S+:\d+ ([A-Za-z_]\w*)/.exec(head.text)?.[1];
      return {
        kind: 'warning',
        ...common,
        what,
        text: head.text,
        ...defined({ where, fn: fn ?? common.stack[0]?.name }),
      };
    }
  }
}

/** `RIP: 0010:remap_pfn_range_notrack+0x30f/0x440`, `EIP is at ..`, `pc : ..`, `PC is at ..`: where it happened. */
function inRegisters(registers: readonly string[]): string | undefined {
  for (const text of registers) {
    if (!/^(?:[RE]?IP|EIP is at|pc\s?:|PC is at|NIP|epc)/.test(text)) continue;
    const fn = /([A-Za-z_]\w*)(?:\.\w+)*(?:\+0x|\s+\(\S+\.[chS]:\d+)/.exec(text)?.[1];
    if (fn !== undefined) return fn;
  }
  return undefined;
}

function stackOf(tokens: readonly Token[]): Frame[] {
  const frames: Frame[] = [];
  for (const { text } of tokens) {
    for (const frame of frameLine(text)) if (frames.at(-1)?.name !== frame.name) frames.push(frame);
  }
  return frames;
}

function pageOf(tokens: readonly Token[]): PageDump | undefined {
  if (tokens.length === 0) return undefined;
  let page: PageDump = {};
  const raw: string[] = [];
  for (const { type, text } of tokens) {
    const behind = text.replace(/^[^:]*:\s*/, '').trim();
    if (type === 'page') page = { ...page, ...pageLine(text) };
    else if (type === 'head') page = { ...page, head: behind };
    else if (type === 'flags') page = { ...page, ...flagsLine(text) };
    else if (type === 'page-type') page = { ...page, page_type: behind };
    else if (type === 'aops') page = { ...page, aops: text.replace(/^aops:/, '').trim() };
    else if (type === 'because') page = { ...page, because: behind };
    else if (type === 'memcg') page = { ...page, memcg: digits(behind) ?? behind };
    else if (type === 'bad-flags') page = { ...page, bad_flags: behind };
    else if (text.startsWith('raw:')) raw.push(...behind.split(/\s+/).filter((word) => /^[0-9a-f]+$/.test(word)));
  }
  return { ...page, ...(raw.length === 0 ? {} : { raw }) };
}
