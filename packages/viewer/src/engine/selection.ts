// SPDX-License-Identifier: GPL-2.0-or-later
/** Everything about a page, or a frame, in all lanes at one moment. */
import { Decision, explainPte, type PteExplanation } from '@specialbit/core';
import { describeFrame, entryAt, holdersOf, type Kernel, otherBranches } from '@specialbit/core/kernel';
import {
  bitFields,
  type CellKind,
  cellKind,
  frameText,
  hex,
  holderText,
  type LaneHistory,
  type Probe,
  parseSubject,
  pteBits,
  resolveSubject,
  UsageError,
  walkTo,
} from '@specialbit/view';
import type { LaneSelection, PathNode, Role, SelectionView } from '../protocol.js';

/** Throws UsageError for what no log could mean. */
export function selectionView(
  lanes: readonly LaneHistory[],
  groups: readonly (readonly number[])[],
  n: number,
  text: string,
): SelectionView {
  const subject = parseSubject(text);
  let failure: UsageError | undefined;
  let kind: SelectionView['kind'] = 'page';
  const found = groupsOfSelection(lanes, groups, n, subject).flatMap((group): LaneSelection[] => {
    const history = lanes[group[0]!]!;
    const { kernel } = history.at(n);
    try {
      const probe = resolveSubject(kernel, subject);
      if (probe.kind === 'frame') kind = 'frame';
      return [{ lanes: group, ...(probe.kind === 'pte' ? pageOf(history, n, probe) : frameOf(history, n, probe)) }];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failure = error;
      return [{ lanes: group, ...nothing(error.message) }];
    }
  });
  const absent = failure !== undefined && found.every(({ facts }) => facts.length === 0) ? failure.message : null;
  return { subject: text, n, kind, lanes: absent === null ? found : [], absent };
}

/** Lanes of which everything that is told of the subject is the same. */
export function groupsOfSelection(
  lanes: readonly LaneHistory[],
  groups: readonly (readonly number[])[],
  n: number,
  subject: ReturnType<typeof parseSubject>,
): number[][] {
  return groups.flatMap((group) => splitByWay(lanes, group, n, subject));
}

/** Lanes that show the same may have come to it in other ways: one group for each way. */
function splitByWay(
  lanes: readonly LaneHistory[],
  group: readonly number[],
  n: number,
  subject: ReturnType<typeof parseSubject>,
): number[][] {
  if (group.length === 1) return [[...group]];
  const ways = new Map<string, number[]>();
  for (const i of group) {
    const way = wayOf(lanes[i]!, n, subject);
    ways.set(way, [...(ways.get(way) ?? []), i]);
  }
  return [...ways.values()];
}

/** The questions and answers of a page in a lane, and what stays of it when nobody asks. */
function wayOf(history: LaneHistory, n: number, subject: ReturnType<typeof parseSubject>): string {
  const { kernel } = history.at(n);
  try {
    const probe = resolveSubject(kernel, subject);
    const [target] = probe.targets ?? [];
    if (probe.kind !== 'pte' || target === undefined || !('pte' in target)) return probe.kind;
    const { mm, vpn } = target.pte;
    const e = explainPte(history.timeline.options, kernel, mm, vpn);
    const steps = e.path?.steps.map(({ question, answer }) => `${question} ${answer}`) ?? [];
    return [e.path?.where ?? e.verdict, ...steps].join('; ');
  } catch (error) {
    if (error instanceof UsageError) return 'nothing';
    throw error;
  }
}

type Rest = Omit<LaneSelection, 'lanes'>;

function nothing(verdict: string): Rest {
  return {
    ...{ verdict, kind: null, facts: [], where: null, path: [], width: 0, raw: '', bits: [], roles: [], walk: [] },
    holders: [],
  };
}

function pageOf(history: LaneHistory, n: number, probe: Probe): Rest {
  const { kernel } = history.at(n);
  const { options } = history.timeline;
  const [target] = probe.targets!;
  if (target === undefined || !('pte' in target)) return nothing(probe.text(kernel));
  const { mm, vpn } = target.pte;
  const e = explainPte(options, kernel, mm, vpn);
  return {
    verdict: e.verdict,
    kind: kindOf(e),
    facts: factsOf(e),
    where: e.path?.where ?? null,
    path: nodesOf(kernel, e),
    width: (e.level === 'pte' ? kernel.arch.layout : kernel.arch[e.level]!.layout).pteBits,
    raw: e.pte.kind === 'none' ? '' : e.pte.raw,
    bits: e.pte.kind === 'none' ? [] : bitFields(e, kernel.arch),
    roles: rolesOf(e),
    walk: walkTo(e, kernel.arch),
    holders: e.holders.map((holder) => ({ refs: holder.refs, text: holderText(holder), jump: jumpOf(holder) })),
  };
}

const ROLES = ['write', 'dirty', 'young', 'special'] as const satisfies readonly Role[];

function rolesOf({ pte }: PteExplanation): Role[] {
  return pte.kind === 'present' ? ['present', ...ROLES.filter((role) => pte[role])] : [];
}

/** The frame that a subject is, or that its entry maps. */
export function frameOfTarget(history: LaneHistory, n: number, { targets }: Probe): number | undefined {
  const { kernel } = history.at(n);
  const [target] = targets ?? [];
  if (target === undefined || 'counter' in target) return undefined;
  if ('frame' in target) return target.frame;
  const { mm, vpn } = target.pte;
  const { pte } = explainPte(history.timeline.options, kernel, mm, vpn);
  return pte.kind === 'present' ? pte.pfn : undefined;
}

const jumpOf = (holder: PteExplanation['holders'][number]): string | null =>
  'place' in holder ? (holder.mm === 0 ? holder.place : `${holder.mm}:${holder.place}`) : null;

function kindOf({ pte }: PteExplanation): CellKind {
  if (pte.kind !== 'present') return pte.kind;
  return cellKind(pte.decision === null ? null : Decision[pte.decision as keyof typeof Decision]);
}

function factsOf(e: PteExplanation): [string, string][] {
  const facts: [string, string][] = [['address', `0x${e.address}`]];
  const { vma, pte, frame } = e;
  if (vma !== null) facts.push(['vm_flags', vma.flags.replaceAll('|', ' ')], ['vm_pgoff', hex(vma.vm_pgoff)]);
  facts.push([e.level.toUpperCase(), pte.kind === 'none' ? 'none' : `${pte.raw} ${pteBits(pte)}`]);
  if (e.hw !== null) facts.push(['hardware', e.hw]);
  if (frame !== null) facts.push(['frame', `${frame.label}, pfn ${hex(frame.pfn)}: ${frameText(frame)}`]);
  return facts;
}

function nodesOf(k: Kernel, e: PteExplanation): PathNode[] {
  if (e.path === null) return [];
  const entry = entryAt(k, k.mms.get(e.mm)!, e.vpn);
  const vma = k.vmaAt(e.mm, e.vpn)!;
  const others = otherBranches(k, vma, entry.first, entry.level, entry.raw);
  return e.path.steps.map(({ id, question, answer, because }, i) => ({
    id,
    question,
    answer,
    because,
    other: others[i]!,
  }));
}

function frameOf(history: LaneHistory, n: number, probe: Probe): Rest {
  const { kernel } = history.at(n);
  const [target] = probe.targets ?? [];
  if (target === undefined || !('frame' in target))
    return {
      ...nothing(probe.text(kernel)),
      facts: [[probe.name, probe.text(kernel)]],
    };
  const frame = describeFrame(kernel, target.frame);
  return {
    ...nothing(`${frame.label}: ${frameText(frame)}`),
    facts: [
      ['pfn', hex(frame.pfn)],
      ['frame', frameText(frame)],
    ],
    holders: holdersOf(kernel, frame.pfn).map((holder) => ({
      ...{ refs: holder.refs, text: holderText(holder), jump: jumpOf(holder) },
    })),
  };
}
