/** `specialbit blame LOG 'ring[2]'`: which event last changed a PTE, a counter, a frame or a VMA. */
import { encodeEvent } from '@specialbit/events';
import { EXIT, UsageError } from '../failure.js';
import { eventText } from '../show/event-text.js';
import { MAIL_WIDTH, wrap } from '../table.js';
import type { Terminal } from '../terminal.js';
import { historiesOf } from '../time/histories.js';
import type { LaneHistory } from '../time/lane-history.js';
import { loadLog, momentOf } from '../time/loaded-log.js';
import { type Probe, parseSubject, resolveSubject, type Subject } from '../time/subject.js';
import { type Change, changesOf } from '../time/watch.js';

export interface BlameOptions {
  readonly arch?: string[];
  readonly at?: number;
  readonly mm: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

interface LaneBlame {
  readonly lane: string;
  readonly what: string;
  readonly value: string;
  /** Oldest first. */
  readonly changes: readonly Change[];
}

/** Resolves to the exit code. Throws UsageError, InputError, LogError. */
export async function blame(file: string, target: string, options: BlameOptions, terminal: Terminal): Promise<number> {
  const subject = parseSubject(target, options.mm);
  const log = await loadLog(file, terminal);
  const at = momentOf(log, '--at', options.at);
  const keep = options.all === true ? Number.POSITIVE_INFINITY : 1;
  const blames = historiesOf(log, options).map((history) => blameIn(history, subject, at, keep));
  if (options.json === true) {
    const lanes = Object.fromEntries(
      blames.map(({ lane, what, value, changes }) => [lane, { what, value, changes: changes.map(changeJson) }]),
    );
    await terminal.out(`${JSON.stringify({ file: log.file, at, lanes }, null, 2)}\n`);
    return EXIT.fine;
  }
  await terminal.out(`${blames.map((one) => blameLines(one, at, terminal).join('\n')).join('\n\n')}\n`);
  return EXIT.fine;
}

function blameIn(history: LaneHistory, subject: Subject, at: number, keep: number): LaneBlame {
  const { kernel } = history.at(at);
  let probe: Probe;
  try {
    probe = resolveSubject(kernel, subject);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${history.name}, after event ${at}: ${error.message}`);
  }
  const changes = changesOf(history, probe, at, keep);
  return { lane: history.name, what: probe.name, value: probe.text(kernel), changes };
}

function changeJson({ numbered, event, returned, before, after }: Change) {
  return { number: numbered.number, line: numbered.line, event: encodeEvent(event), returned, before, after };
}

function blameLines({ lane, what, value, changes }: LaneBlame, at: number, { color }: Terminal): string[] {
  const head = wrap(`${lane}, after event ${at}: ${what} is ${value}`).map(color.bold);
  if (changes.length === 0) return [...head, '  no event changed it'];
  return [...head, ...[...changes].reverse().flatMap((change) => changeLines(change, color.dim))];
}

function changeLines({ numbered, event, returned, before, after }: Change, dim: (text: string) => string): string[] {
  const head = `event ${numbered.number} (line ${numbered.line}): `;
  const lines = wrap(`${head}${eventText(event)} = ${returned}`, MAIL_WIDTH, '  ');
  const text = `${before} -> ${after}`;
  const moved = text.length + 4 <= MAIL_WIDTH ? [`    ${text}`] : [`    ${before}`, `    -> ${after}`];
  return [...lines, ...moved.map(dim)];
}
