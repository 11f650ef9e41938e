// SPDX-License-Identifier: GPL-2.0-or-later
/** What is seen as text of 78 columns: what the command prints for it. */
import { Comparison, explainPte } from '@specialbit/core';
import {
  blamed,
  blameLines,
  compareLines,
  compareStep,
  Expectations,
  explanationLines,
  LanePlayer,
  namedLanes,
  PLAIN_COLORS,
  parseSubject,
  replayEndLines,
  replayExpectationLines,
  replayHeadLines,
  replayStepLines,
  resolveSubject,
  UsageError,
  worldView,
} from '@specialbit/view';
import type { Session } from '../engine/session.js';
import type { Calls } from '../protocol.js';

const PLAIN = { color: PLAIN_COLORS };

export function twin(session: Session, { n, of, subject }: Parameters<Calls['twin']>[0]): string {
  switch (of) {
    case 'replay':
      return `${replayed(session, n, true).join('\n')}\n`;
    case 'state':
      return `${replayed(session, n, false).join('\n')}\n`;
    case 'compare':
      return `${compared(session, n).join('\n').trimEnd()}\n`;
    case 'blame':
      return `${blame(session, n, subject ?? '').join('\n\n')}\n`;
    case 'explain':
      return `${explained(session, n, subject ?? '').join('\n\n')}\n`;
  }
}

/** `replay --at N`; without `events` with `--no-events`. */
function replayed({ log, lanes }: Session, n: number, events: boolean): string[] {
  const players = lanes.map(({ lane }) => new LanePlayer(lane, events));
  const expectations = new Expectations(players.map(({ kernel }, i) => ({ name: lanes[i]!.name, kernel })));
  const lines = events ? replayHeadLines(log.header, players, PLAIN) : [];
  for (const numbered of log.events.slice(0, n)) {
    const steps = players.map((player) => player.step(numbered.event));
    const judgement = expectations.take(
      numbered,
      steps.map(({ outcome }) => outcome),
    );
    if (!events) continue;
    lines.push(
      ...(judgement === undefined
        ? replayStepLines(numbered, players, steps, false, PLAIN)
        : replayExpectationLines(numbered, judgement, PLAIN)),
    );
  }
  return [...lines, ...replayEndLines(players, n, expectations, PLAIN)];
}

/** `compare --at N`. */
function compared({ log, lanes }: Session, n: number): string[] {
  if (lanes.length < 2) throw new UsageError('usage.architecture', 'there is one lane: nothing to compare it with');
  const comparison = new Comparison(namedLanes(lanes.map(({ lane }) => lane)));
  const expectations = new Expectations(lanes.map(({ name }, i) => ({ name, kernel: comparison.kernels[i]! })));
  for (const numbered of log.events.slice(0, n))
    expectations.take(numbered, compareStep(comparison, log.file, numbered).outcomes);
  const worlds = comparison.kernels.map((k) => worldView(k, n));
  return compareLines(log.header.title, comparison, expectations, worlds, {}, PLAIN);
}

/** `blame --at N --all WHAT`, a text for each lane. */
function blame({ lanes }: Session, n: number, text: string): string[] {
  const subject = parseSubject(text);
  return lanes.map((lane) => blameLines(blamed(lane, subject, n, true), n, PLAIN).join('\n'));
}

/** `explain --at N PAGE`, a text for each lane. */
function explained({ lanes }: Session, n: number, subject: string): string[] {
  return lanes.flatMap((lane) => {
    const { kernel } = lane.at(n);
    const [target] = resolveSubject(kernel, parseSubject(subject)).targets ?? [];
    if (target === undefined || !('pte' in target)) return [];
    const { options } = lane.timeline;
    const e = explainPte(options, kernel, target.pte.mm, target.pte.vpn);
    return [explanationLines(e, options.arch, n, PLAIN).join('\n')];
  });
}
