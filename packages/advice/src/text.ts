// SPDX-License-Identifier: GPL-2.0-or-later
/** Advice in words, for a terminal or a mail. */
import { MAIL_WIDTH, table, wrap } from '@specialbit/view';
import { type Advice, type Claim, isParted, type Judged, needVerdict } from './advise.js';
import type { Verdict } from './verdict.js';
import { callText, hookText } from './ways.js';

/** `vmf_insert_pfn() from ->fault`. */
export function wayText({ way }: Pick<Judged, 'way'>): string {
  return `${callText(way)} from ${hookText(way.hook)}`;
}

/** `VM_PFNMAP VM_DONTEXPAND; pfn_mkwrite`. */
export function ownText({ way, extras }: Pick<Judged, 'way' | 'extras'>): string {
  const flags = [...way.flags.split('|').filter((flag) => flag !== ''), ...extras.flags].join(' ');
  const handlers = extras.handlers.map((handler) => `->${handler}`).join(' ');
  const prot = extras.readonly === true ? 'entries read-only' : '';
  return [flags, handlers, prot].filter((part) => part !== '').join('; ') || '-';
}

/** `-EFAULT`, `dies`, `wrong: the entry stays`. */
export function verdictText({ kind, found }: Verdict): string {
  if (kind === 'works' || found === '') return kind;
  return kind === 'refused' ? found : `${kind}: ${found}`;
}

/** Why, with the function that decides: `vm_flags have VM_PFNMAP (check_vma_flags, mm/gup.c)`; empty where nobody says. */
export function whyText({ reasons, wanted, kind }: Verdict): string {
  const [first] = reasons;
  if (first === undefined) return kind === 'works' ? '' : wanted === '' ? '' : `wanted: ${wanted}`;
  const { where, file, condition } = first;
  return `${condition} (${where}, ${file})`;
}

/** The lanes of a question: `x86_64, arm (both 7.3)` is not tried; names as lanes have them. */
export function lanesText({ lanes }: Advice): string {
  return lanes.map(({ name }) => name).join(', ');
}

/** What was asked. */
export function questionText(advice: Advice): string {
  const { memory, scattered, map, prot, needs } = advice.question;
  const place = memory.frames.some(({ together }) => together) ? '' : scattered ? ', scattered' : ', contiguous';
  const rights = prot === 'r' ? ', read-only' : '';
  return `${memory.words}${place}, mapped ${map.join(' and ')}${rights}, on ${lanesText(advice)}; needs: ${needs.map(({ name }) => name).join(', ')}`;
}

/** The ranked table: how many needs are met, and what is not. */
export function rankedLines(advice: Advice, most: number): string[] {
  const all = advice.question.needs.length;
  const rows = advice.ways
    .slice(0, most)
    .map((judged, i) => [String(i + 1), `${all - judged.unmet.length}/${all}`, wayText(judged), ownText(judged)]);
  return table([['', 'met', 'call', 'beside it'], ...rows], { align: 'rr', wrapLast: true });
}

/** Where a reason was given already: the number of the way, and the need. */
type Given = Map<string, string>;

const BOTH =
  'has both flags: vmf_insert_pfn() is a BUG in such a mapping (vmf_insert_pfn_prot, mm/memory.c), whoever calls it; so it stands behind all that have not';

/** Below the table: what each way does not do, need by need; a reason is told once. */
function failureLines(judged: Judged, number: number, given: Given): string[] {
  // what maps nothing does nothing else
  const told = judged.unmet.includes('use') ? ['use'] : judged.unmet;
  const rows = told.map((need) => {
    const verdict = needVerdict(judged, need);
    const where = lanesOf(judged, need);
    const why = whyText(verdict);
    const before = given.get(why);
    if (before === undefined) given.set(why, `${number}, ${need}`);
    const told = why === '' ? '' : before === undefined ? `; ${why}` : `; as ${before}`;
    return [need, `${verdictText(verdict)}${where}${told}`];
  });
  return [
    ...table(rows, { indent: 5, wrapLast: true }),
    ...(judged.contradictory ? wrap(BOTH, MAIL_WIDTH - 5).map((line) => `     ${line}`) : []),
  ];
}

/** Where a need is not met, if it is met elsewhere. */
function lanesOf(judged: Judged, need: string): string {
  const claims = judged.claims.filter((claim) => claim.need === need);
  const fails = new Set<string>();
  const all = new Set<string>();
  for (const { groups } of claims) {
    for (const { lanes, verdict } of groups) {
      for (const lane of lanes) {
        all.add(lane);
        if (verdict.kind !== 'works') fails.add(lane);
      }
    }
  }
  return fails.size === all.size ? '' : ` on ${[...fails].join(', ')}`;
}

/** The recommendation: what to call, what it does, what it does not, where lanes part, and what comes next. */
export function recommendation(advice: Advice): readonly (readonly [string, string])[] {
  const [best, next] = advice.ways;
  if (best === undefined) return [];
  const names = advice.question.needs.map(({ name }) => name);
  const own = ownText(best);
  const met = names.filter((name) => !best.unmet.includes(name));
  const unmet = best.unmet.map((need) => `${need} (${verdictText(needVerdict(best, need))}${lanesOf(best, need)})`);
  const parted = best.parted.map((need) => `${need}: ${partedText(best.claims, need)}`);
  return [
    ['call', `${wayText(best)}${own === '-' ? '; no flag or handler is needed beside it' : `; beside it ${own}`}`],
    ['does', met.length === 0 ? 'nothing of what was asked' : met.join(', ')],
    ['not', unmet.length === 0 ? 'nothing that was asked fails' : unmet.join(', ')],
    ['lanes', parted.length === 0 ? alikeText(advice.lanes.length) : parted.join('; ')],
    ['next', next === undefined ? 'there is no other way' : nextText(best, next)],
  ];
}

const alikeText = (lanes: number): string =>
  lanes === 1 ? 'one was asked' : lanes === 2 ? 'both answer alike' : `all ${lanes} answer alike`;

function nextText(best: Judged, next: Judged): string {
  const unmet = next.unmet.includes('use') ? ['use'] : next.unmet;
  const lost = unmet.filter((need) => !best.unmet.includes(need));
  const why = lost.map((need) => `${need} (${verdictText(needVerdict(next, need))})`);
  const own = ownText(next);
  const what = `${wayText(next)}${own === '-' ? '' : `, with ${own}`}`;
  if (why.length > 0) return `${what}, which fails at ${why.join(', ')}`;
  if (next.failures > best.failures) {
    const worse = next.unmet.map((need) => `${need}${lanesOf(next, need)}`);
    return `${what}, which fails on more lanes: ${worse.join(', ')}`;
  }
  const parted = next.parted.filter((need) => !best.parted.includes(need));
  if (parted.length > 0) return `${what}, where lanes part at ${parted.join(', ')}`;
  return `${what}, which does the same`;
}

/** `-EEXIST on x86_64, works on arm`. */
function partedText(claims: readonly Claim[], need: string): string {
  const parted = claims.find((claim) => claim.need === need && isParted(claim));
  if (parted === undefined) return 'the same';
  const on = new Map<string, string[]>();
  for (const { lanes, verdict } of parted.groups) {
    const text = verdictText(verdict);
    on.set(text, [...(on.get(text) ?? []), ...lanes]);
  }
  return [...on].map(([text, lanes]) => `${text} on ${lanes.join(', ')}`).join('; ');
}

export interface AdviceText {
  /** Ways that are shown. */
  readonly most: number;
  /** The driver's code, by kernel. */
  readonly skeletons: readonly { readonly kernels: readonly string[]; readonly code: readonly string[] }[];
}

/** The whole answer. */
export function adviceLines(advice: Advice, { most, skeletons }: AdviceText): string[] {
  const question = questionText(advice);
  const lines = [...wrap(`${question[0]!.toUpperCase()}${question.slice(1)}.`), ''];
  lines.push(...rankedLines(advice, most), '');
  const given: Given = new Map();
  const failing = advice.ways.slice(0, most).flatMap((judged, i) => {
    if (judged.unmet.length === 0 && !judged.contradictory) return [];
    const what = judged.unmet.length === 0 ? '' : ` does not do${judged.unmet.includes('use') ? ' anything' : ''}`;
    return [...wrap(`${i + 1}. ${wayText(judged)}${what}`, MAIL_WIDTH), ...failureLines(judged, i + 1, given)];
  });
  if (failing.length > 0) lines.push(...failing, '');
  const rest = advice.ways.length - most;
  if (rest > 0) lines.push(...wrap(`${rest} more ways do less (--ways ${advice.ways.length} shows them).`), '');
  lines.push(
    ...table(
      recommendation(advice).map(([word, text]) => [word, text]),
      { wrapLast: true },
    ),
  );
  for (const { kernels, code } of skeletons) {
    lines.push('', `/* ${kernels.join(', ')} */`, ...code);
  }
  return lines;
}
