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

/** The usual case, at a glance: nothing was reported or returned beyond plain numbers, and they are equal. */
function plainlySame(lanes: readonly Lane[]): boolean {
  const a = lanes[0]!.outcome;
  if (a === null) return false;
  for (const { outcome: b } of lanes) {
    if (
      b === null ||
      b.crash !== null ||
      b.survived !== null ||
      b.pages !== null ||
      b.follow !== null ||
      b.messages.length > 0
    )
      return false;
    if (a.ret !== b.ret || a.signal !== b.signal || a.si_code !== b.si_code || a.value !== b.value) return false;
    if (a.left !== b.left || a.count !== b.count || a.loop !== b.loop || a.hang !== b.hang || a.refused !== b.refused)
      return false;
    if (a.calls[0] !== b.calls[0] || a.calls[1] !== b.calls[1] || a.calls[2] !== b.calls[2]) return false;
  }
  return true;
}

export function compareOutcomes(lanes: readonly Lane[], event: LogEvent, drafts: Drafts): void {
  if (plainlySame(lanes)) return;
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
  const crashes = outcomes.map(({ crash: died, survived }, l) => {
    const crash = died ?? survived;
    return crash === null ? 'none' : `${crash.kind} in ${crash.where}: ${withLabels(lanes[l]!, crash.what)}`;
  });
  if (!same(crashes)) {
    drafts.add('crash', OUTCOME, 'the kernel', 'crash', crashes);
    return;
  }
  const field = (aspect: string, values: readonly (string | number | null)[], kind: PartKind = 'outcome'): void => {
    if (same(values)) return;
    const texts = values.map((v) => (v === null ? 'none' : String(v)));
    drafts.add(kind, OUTCOME, 'outcome', aspect, texts);
  };
  // a warning is the same one wherever a release has its line
  if (!same(outcomes.map((o) => o.messages.map((m) => (m.kind === 'warning' ? m.reason : m.kind)).join()))) {
    const texts = outcomes.map(
      (o) => o.messages.map((m) => (m.kind === 'warning' ? m.text : m.kind)).join(', ') || 'none',
    );
    drafts.add('message', OUTCOME, 'messages', 'kinds', texts);
  }
  field(
    'return value',
    outcomes.map((o) => formatRet(event, o.ret)),
    'return',
  );
  field(
    'signal',
    outcomes.map((o) => o.signal),
    'signal',
  );
  field(
    'si_code',
    outcomes.map((o) => o.si_code),
    'signal',
  );
  field(
    'value read',
    outcomes.map((o) => (o.value === null ? null : `0x${o.value.toString(16)}`)),
  );
  field(
    'pages left',
    outcomes.map((o) => o.left),
  );
  field(
    'objects to shrink',
    outcomes.map((o) => o.count),
  );
  field(
    'handler calls',
    outcomes.map((o) => o.calls.join('/')),
  );
  field(
    'endless handler',
    outcomes.map((o) => String(o.loop)),
  );
  field(
    'hang',
    outcomes.map((o) => String(o.hang)),
    'signal',
  );
  field(
    'refused',
    outcomes.map((o) => o.refused),
  );
  compareReasons(lanes, outcomes, drafts);
  comparePages(lanes, outcomes, drafts);
  field(
    'follow_pfnmap',
    outcomes.map((o) => (o.follow === null ? null : o.follow.writable ? 'writable' : 'not writable')),
  );
  field(
    'follow_pfnmap frame',
    framesOf(
      lanes,
      outcomes.map((o) => (o.follow === null ? [] : [o.follow.pfn])),
    ),
  );
  // what the caller is told of the bit itself, which cannot be the same
  field(
    'special bit',
    outcomes.map((o) => (o.follow === null ? null : String(o.follow.special))),
    'architecture',
  );
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
  const identities = lanes.map((lane, l) => pages[l]!.map((pfn) => lane.ids.of(lane.k, pfn)).join(' '));
  if (same(identities)) return identities;
  return lanes.map((lane, l) => pages[l]!.map((pfn) => frameLabel(lane.k, pfn)).join(' ') || 'none');
}
