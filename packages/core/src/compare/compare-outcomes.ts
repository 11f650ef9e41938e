// SPDX-License-Identifier: GPL-2.0-or-later
/** What an event returned and caused, lane beside lane. */
import type { LogEvent } from '@specialbit/events';
import { frameLabel } from '../explain/names.js';
import { errnoName } from '../kernel/base/errno.js';
import type { Kernel } from '../kernel/base/kernel.js';
import { vmFaultText } from '../kernel/base/mm-types.js';
import type { Outcome } from '../kernel/base/outcome.js';
import { REASONS, type ReasonName } from '../kernel/reason/index.js';
import type { Reason } from '../kernel/reason/reason.js';
import { formOn } from '../profile/form-on.js';
import type { PartKind } from './divergence.js';
import { type Drafts, same } from './draft.js';
import type { Lane } from './lane.js';

/** The name of what an event returned and caused, among things that differ. */
export const OUTCOME = 'outcome';

/** A return value as people read it. */
export function formatRet(event: LogEvent, ret: number): string {
  if (event.type === 'shrink' && ret === -1) return 'SHRINK_STOP';
  if (ret < 0) return `-${errnoName(ret) ?? -ret}`;
  return event.type.startsWith('vmf_') ? vmFaultText(ret) : String(ret);
}

/** The usual case, at a glance: all lanes return and report the same, and nothing that needs words. */
function plainlySame(lanes: readonly Lane[]): boolean {
  const first = lanes[0]!;
  const a = first.outcome;
  if (a === null) return false;
  for (let l = 0; l < lanes.length; l++) {
    const lane = lanes[l]!;
    const b = lane.outcome;
    if (b === null || b.survived !== null || b.follow !== null) return false;
    if (b.crash !== null || b.pages !== null || b.messages.length > 0) {
      if (!sameCrash(a, b) || !sameMessages(a, b) || !samePages(first, a, lane, b)) return false;
    } else if (a.crash !== null || a.pages !== null || a.messages.length > 0) return false;
    if (a.ret !== b.ret || a.signal !== b.signal || a.si_code !== b.si_code || a.value !== b.value) return false;
    if (a.left !== b.left || a.count !== b.count || a.loop !== b.loop || a.hang !== b.hang || a.refused !== b.refused)
      return false;
    if (a.calls[0] !== b.calls[0] || a.calls[1] !== b.calls[1] || a.calls[2] !== b.calls[2]) return false;
  }
  return true;
}

/** The kernel dies alike. False where a frame is named: by its label it may be the same one. */
function sameCrash({ crash: a }: Outcome, { crash: b }: Outcome): boolean {
  if (a === null || b === null) return a === b;
  return a.kind === b.kind && a.where === b.where && a.what === b.what && !a.what.includes('pfn ');
}

function sameMessages({ messages: a }: Outcome, { messages: b }: Outcome): boolean {
  return (
    a.length === b.length && a.every((message, i) => message.kind === b[i]!.kind && message.reason === b[i]!.reason)
  );
}

function samePages(first: Lane, { pages: a }: Outcome, lane: Lane, { pages: b }: Outcome): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((pfn, i) => first.identityOf(pfn) === lane.identityOf(b[i]!));
}

export function compareOutcomes(lanes: readonly Lane[], event: LogEvent, drafts: Drafts): void {
  if (!plainlySame(lanes)) compareInWords(lanes, event, drafts);
}

function compareInWords(lanes: readonly Lane[], event: LogEvent, drafts: Drafts): void {
  const unresolved = lanes.map((lane) => lane.unresolved);
  if (unresolved.some((error) => error !== null)) {
    drafts.add(
      'process',
      OUTCOME,
      'the event',
      'can be carried out',
      unresolved.map((e) => (e === null ? 'yes' : e.message)),
    );
    return;
  }
  const outcomes = lanes.map((lane) => lane.outcome as Outcome);
  const crashes = outcomes.some(({ crash, survived }) => crash !== null || survived !== null)
    ? outcomes.map(({ crash: died, survived }, l) => {
        const crash = died ?? survived;
        return crash === null ? 'none' : `${crash.kind} in ${crash.where}: ${withLabels(lanes[l]!, crash.what)}`;
      })
    : [];
  if (!same(crashes)) {
    drafts.add('crash', OUTCOME, 'the kernel', 'crash', crashes);
    return;
  }
  // words are looked for only where what they are for differs: of many lanes most are alike in most respects
  const field = <T>(
    aspect: string,
    of: (outcome: Outcome) => T,
    word: (value: T) => string | number | null,
    kind: PartKind = 'outcome',
  ): void => {
    const values = outcomes.map(of);
    if (same(values)) return;
    const words = values.map(word);
    if (same(words)) return;
    const texts = words.map((v) => (v === null ? 'none' : String(v)));
    drafts.add(kind, OUTCOME, 'outcome', aspect, texts);
  };
  const itself = (value: string | number | null): string | number | null => value;
  compareMessages(outcomes, drafts);
  field(
    'return value',
    (o) => o.ret,
    (ret) => formatRet(event, ret),
    'return',
  );
  field('signal', (o) => o.signal, itself, 'signal');
  field('si_code', (o) => o.si_code, itself, 'signal');
  field(
    'value read',
    (o) => o.value,
    (value) => (value === null ? null : `0x${value.toString(16)}`),
  );
  field('pages left', (o) => o.left, itself);
  field('objects to shrink', (o) => o.count, itself);
  field(
    'handler calls',
    (o) => o.calls,
    (calls) => calls.join('/'),
  );
  field('endless handler', (o) => o.loop, String);
  field('hang', (o) => o.hang, String, 'signal');
  field('refused', (o) => o.refused, itself);
  compareReasons(lanes, outcomes, drafts);
  comparePages(lanes, outcomes, drafts);
  field(
    'follow_pfnmap',
    (o) => o.follow,
    (follow) => (follow === null ? null : follow.writable ? 'writable' : 'not writable'),
  );
  if (outcomes.every((o) => o.follow === null)) return;
  const frames = framesOf(
    lanes,
    outcomes.map((o) => (o.follow === null ? [] : [o.follow.pfn])),
  );
  if (!same(frames)) drafts.add('outcome', OUTCOME, 'outcome', 'follow_pfnmap frame', frames);
  // what the caller is told of the bit itself, which cannot be the same
  field(
    'special bit',
    (o) => o.follow,
    (follow) => (follow === null ? null : String(follow.special)),
    'architecture',
  );
}

/** A warning is the same one wherever a release has its line. */
function compareMessages(outcomes: readonly Outcome[], drafts: Drafts): void {
  if (outcomes.every((o) => o.messages.length === 0)) return;
  if (same(outcomes.map((o) => o.messages.map((m) => (m.kind === 'warning' ? m.reason : m.kind)).join()))) return;
  const texts = outcomes.map(
    (o) => o.messages.map((m) => (m.kind === 'warning' ? m.text : m.kind)).join(', ') || 'none',
  );
  drafts.add('message', OUTCOME, 'messages', 'kinds', texts);
}

/** Why some lanes fail, where not all do, or not alike. */
function compareReasons(lanes: readonly Lane[], outcomes: readonly Outcome[], drafts: Drafts): void {
  if (!drafts.list.some(({ part }) => part.kind === 'return' || part.kind === 'signal')) return;
  const reasons = outcomes.map(({ reasons: [innermost] }, l) =>
    innermost === undefined ? 'none' : reasonText(lanes[l]!.k, innermost),
  );
  if (!same(reasons)) drafts.add('return', OUTCOME, 'outcome', 'reason', reasons);
}

/** `track_pfn_copy: the first page is no raw pfn`. */
function reasonText(k: Kernel, name: ReasonName): string {
  const { where, condition } = formOn<Reason>(k, REASONS[name]);
  return `${where}: ${condition}`;
}

/** A text that names a frame by its number, with its label instead. */
function withLabels(lane: Lane, text: string): string {
  return text.replace(/\bpfn ([0-9a-f]+)\b/g, (_, pfn: string) => frameLabel(lane.k, Number.parseInt(pfn, 16)));
}

function comparePages(lanes: readonly Lane[], outcomes: readonly Outcome[], drafts: Drafts): void {
  if (outcomes.every((o) => o.pages === null)) return;
  const pages = framesOf(
    lanes,
    outcomes.map((o) => o.pages ?? []),
  );
  if (!same(pages)) drafts.add('outcome', OUTCOME, 'outcome', 'pages', pages);
}

/** Frames by a name that is the same in all lanes where the frames are. */
function framesOf(lanes: readonly Lane[], pages: readonly (readonly number[])[]): string[] {
  const identities = lanes.map((lane, l) => pages[l]!.map((pfn) => lane.identityOf(pfn)).join(' '));
  if (same(identities)) return identities;
  return lanes.map((lane, l) => pages[l]!.map((pfn) => frameLabel(lane.k, pfn)).join(' ') || 'none');
}
