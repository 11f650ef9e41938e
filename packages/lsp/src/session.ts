// SPDX-License-Identifier: GPL-2.0-or-later
/** A log that is open: its text, and its lanes, of which only what follows a change is played again. */
import { type LaneOptions, LogReferenceError } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { InputError, LaneHistory, type LaneNames, laneName, UsageError } from '@specialbit/view';
import { type Problem, problemOf } from '@specialbit/view/writing';
import { type LogDocument, readDocument } from './document.js';
import { Findings } from './findings.js';
import type { Schemas } from './schemas.js';

/** The lanes of a log that names none, and for which nobody asks. */
const FALLBACK = ['x86_64', 'arm'];
/** Events between two worlds that are kept: an event is at most so many from one. */
const EVERY = 512;
const KEEPING = { every: EVERY, extra: 24, parts: 1 } as const;

/** What all logs have in common. */
export interface Shop {
  readonly architectures: () => readonly Architecture[];
  readonly lanes: LaneNames;
  readonly schemas: Schemas;
}

export class Session {
  readonly findings: Findings;
  /** Moments up to here have a world nearby. */
  private warmed: number;

  private constructor(
    readonly document: LogDocument,
    readonly lanes: readonly LaneHistory[],
    /** Why there are no lanes: names that are not known. */
    readonly laneProblem: Problem | undefined,
    private readonly options: readonly LaneOptions[],
    private readonly wanted: readonly string[] | undefined,
    /** Events that a session before has played too. */
    same: number,
    before: Findings | undefined,
  ) {
    this.warmed = same;
    this.findings = new Findings(document, lanes, before, same);
  }

  /** `wanted`: lanes in place of the log's own. `before`: the session of the text that this one was made of. */
  static open(
    shop: Shop,
    file: string,
    text: string,
    wanted: readonly string[] | undefined,
    before?: Session,
  ): Session {
    const document = readDocument(file, text, shop.architectures(), before?.document);
    const { header, events } = document;
    const known =
      before !== undefined && before.document.header === header && before.wanted === wanted ? before : undefined;
    const found =
      known === undefined ? lanesOf(shop, document, wanted) : { options: known.options, problem: known.laneProblem };
    const same = known === undefined ? 0 : sameEvents(known.document, document);
    const lanes = found.options.map((lane, i) => {
      const history = known?.lanes[i];
      const shared = history === undefined ? undefined : { history, same };
      return new LaneHistory(laneName(lane), lane, events, () => {}, shared, KEEPING);
    });
    return new Session(document, lanes, found.problem, found.options, wanted, same, known?.findings);
  }

  /** Looks for the names in all lines, which the first question about one would else wait for. */
  *names(): Generator<void, void, void> {
    for (const [i, line] of this.document.lines.entries()) {
      void line.names;
      if (i % 64 === 0) yield;
    }
  }

  /**
   * Plays the lanes ahead, so that moment `n` is near a world that is kept. Pauses between stretches, for others to be
   * answered.
   */
  *warm(n: number): Generator<void, void, void> {
    while (this.warmed + EVERY <= n) {
      this.warmed += EVERY - (this.warmed % EVERY);
      for (const { timeline } of this.lanes) {
        timeline.at(this.warmed);
        yield;
      }
    }
  }
}

function lanesOf(
  shop: Shop,
  { file, header }: LogDocument,
  wanted: readonly string[] | undefined,
): { readonly options: readonly LaneOptions[]; readonly problem: Problem | undefined } {
  if (header === undefined) return { options: [], problem: undefined };
  try {
    return { options: shop.lanes.lanesOf(file, header, wanted, FALLBACK), problem: undefined };
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UsageError || error instanceof LogReferenceError))
      throw error;
    return { options: [], problem: problemOf(error, file) };
  }
}

/** Events that both begin with. */
function sameEvents(before: LogDocument, now: LogDocument): number {
  const most = Math.min(before.events.length, now.events.length);
  let same = 0;
  while (same < most && before.events[same]!.event === now.events[same]!.event) same++;
  return same;
}
