// SPDX-License-Identifier: GPL-2.0-or-later
/** Answers what the page asks: one open log at a time. */
import { InternalError } from '@specialbit/events';
import {
  eventText,
  laneName,
  lastMapped,
  openingMoment,
  parseCondition,
  parseSubject,
  type Returned,
  search,
  searchTouching,
} from '@specialbit/view';
import { problemOf } from '@specialbit/view/writing';
import {
  type Calls,
  type EventRow,
  MARK,
  type MomentView,
  type Parting,
  type PastView,
  type SelectionView,
  type Survey,
} from '../protocol.js';
import { choices, KNOWN, LANES } from './choices.js';
import { expectedAt, momentLanes } from './moment.js';
import { pastView } from './past.js';
import { selectionView } from './selection.js';
import { Session } from './session.js';
import { suggestion } from './suggestion.js';
import { didAt, wordsOf } from './writing.js';

/** Characters of a log that stays here: no address holds it, and the page has no use for it. */
const HELD = 16_000_000;

/** Lanes whose return values are looked at for the list of events. */
const RETURNING = 8;

type Answers = {
  readonly [Name in keyof Calls]: (
    ...asked: Parameters<Calls[Name]>
  ) => ReturnType<Calls[Name]> | Promise<ReturnType<Calls[Name]>> | Generator<unknown, ReturnType<Calls[Name]>, void>;
};

/** What only recordings, decoding, copies as text and pictures need, which is a script of its own. */
type Recordings = typeof import('../recordings/recordings.js');

/** Calls that may take long are generators: who drives them can stop between two steps. */
export class Engine implements Answers {
  private open_: Session | null = null;
  private alike: readonly (readonly number[])[] = [];
  /** What was read last, and not opened yet. */
  private received: Uint8Array | null = null;

  constructor(private readonly recordings: () => Promise<Recordings>) {}

  private get session(): Session {
    if (this.open_ === null) throw new InternalError('no log is open');
    return this.open_;
  }

  choices(): ReturnType<Calls['choices']> {
    return choices();
  }

  async open({ file, text, lanes }: Parameters<Calls['open']>[0]): Promise<ReturnType<Calls['open']>> {
    const session = this.open_;
    const before = session === null ? null : { session, bytes: await session.text.bytes() };
    // null: what was read, and is too long to go to the page and back; else another view of what is open
    const bytes = text === null ? (this.received ?? before?.bytes ?? new Uint8Array()) : new TextEncoder().encode(text);
    this.received = null;
    this.open_ = Session.open(file, bytes, lanes, before);
    this.alike = [];
    return this.open_.opened();
  }

  events({ from, to }: Parameters<Calls['events']>[0]): EventRow[] {
    const { session } = this;
    const last = Math.min(to, session.length);
    if (from > last) return [];
    const returns = session.lanes.slice(0, RETURNING).map((lane) => lane.returned(from, last));
    return session.log.events.slice(from - 1, last).map(({ number, line, event }, i) => {
      const each = returns.map((list) => list[i]!);
      const { type } = event;
      return { number, line, text: eventText(event), type, ...returnedOf(each) };
    });
  }

  *opening({ from }: Parameters<Calls['opening']>[0]): Generator<unknown, number, void> {
    const { log, survey, lanes } = this.session;
    if (from !== null) return lastMapped(lanes[0]!, Math.min(from, log.events.length));
    return yield* openingMoment(log, survey.divergences, lanes);
  }

  look({ n, alike, vma, chosen, before, rows }: Parameters<Calls['look']>[0]): ReturnType<Calls['look']> {
    // the rows begin before the moment: who has played to them goes on from there, and plays nothing twice
    const listed = rows === null ? [] : this.events({ from: rows[0], to: rows[1] });
    const moment = this.moment(n, alike, vma);
    const suggested = suggestion(this.session, n);
    const subject = chosen ?? suggested ?? before;
    return {
      moment,
      suggested,
      selection: subject === null ? null : this.select(n, subject, alike),
      rows: listed,
    };
  }

  private moment(n: number, alike: boolean, vma: number | null): MomentView {
    const { lanes, memories, survey } = this.session;
    const shown = momentLanes(lanes, memories, n, alike, vma);
    this.alike = shown.map((lane) => lane.lanes);
    const [event = null] = n === 0 ? [] : this.events({ from: n, to: n });
    const parting = survey.divergences.headline(n) ?? null;
    return { n, event, expected: expectedAt(lanes, n), parting, lanes: shown };
  }

  *partings({ n }: Parameters<Calls['partings']>[0]): Generator<unknown, Parting[], void> {
    const found = yield* this.session.survey.divergences.find(n);
    return found.map(({ headline, cause, proof, parts }) => ({
      ...{ headline, cause, proof },
      rows: parts.map(({ what, aspect, values }) => ({
        what: `${what} ${aspect}`.trim(),
        values: values.map((v) => v ?? '-'),
      })),
    }));
  }

  /** Of what cannot be read: why. */
  private select(n: number, subject: string, alike: boolean): SelectionView {
    try {
      return selectionView(this.session.lanes, this.groups(alike), n, subject);
    } catch (error) {
      return { subject, n, kind: 'page', lanes: [], absent: problemOf(error).message };
    }
  }

  *past({ n, subject, alike }: Parameters<Calls['past']>[0]): Generator<unknown, PastView, void> {
    return yield* pastView(this.session.lanes, this.groups(alike), n, subject);
  }

  /** Lanes that are drawn as one. */
  private groups(alike: boolean): readonly (readonly number[])[] {
    return alike && this.alike.length > 0 ? this.alike : this.session.lanes.map((_, i) => [i]);
  }

  *next({ n, direction, to, condition }: Parameters<Calls['next']>[0]): Generator<unknown, number | null, void> {
    const { survey, lanes, length, log } = this.session;
    if (to === 'parting') return (yield* survey.divergences.search(n, direction)) ?? null;
    if (to === 'condition' || to === 'touch') {
      const found: number[] = [];
      for (const lane of lanes) {
        const at =
          to === 'touch'
            ? yield* searchTouching(lane, parseSubject(condition ?? ''), n, direction)
            : yield* search(lane, parseCondition(condition ?? '', lane.at(n).kernel, log), n, direction);
        if (at !== undefined) found.push(at);
      }
      if (found.length === 0) return null;
      return direction === 'forward' ? Math.min(...found) : Math.max(...found);
    }
    const step = direction === 'forward' ? 1 : -1;
    for (let at = n + step; at >= 1 && at <= length; at += step) {
      while (survey.divergences.covered < at) {
        survey.advance(64);
        yield;
      }
      if ((survey.at(at) & (MARK.complains | MARK.dies | MARK.unmet)) !== 0) return at;
    }
    return null;
  }

  async twin(asked: Parameters<Calls['twin']>[0]): Promise<string> {
    const { session } = this;
    return (await this.recordings()).twin(session, asked);
  }

  async picture({ n }: Parameters<Calls['picture']>[0]): Promise<string> {
    const { lanes, log } = this.session;
    return (await this.recordings()).picture(lanes, log.header.title ?? log.file, n);
  }

  async words(): Promise<ReturnType<Calls['words']>> {
    const { session } = this;
    return wordsOf(session, await session.text.text());
  }

  did({ line }: Parameters<Calls['did']>[0]): ReturnType<Calls['did']> {
    return didAt(this.session, line);
  }

  async read({ files, play }: Parameters<Calls['read']>[0]): Promise<ReturnType<Calls['read']>> {
    const { text, ...received } = await (await this.recordings()).read(files, play, KNOWN);
    if (typeof text === 'string' && (text.length < HELD || received.kind === 'decode')) return { ...received, text };
    this.received = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    return { ...received, text: null };
  }

  text(): Promise<string> {
    return this.session.text.text();
  }

  async decode({ lanes, ...asked }: Parameters<Calls['decode']>[0]): Promise<ReturnType<Calls['decode']>> {
    const names = lanes && LANES.lanesOf('value', { specialbit: 1 }, lanes, []).map(laneName);
    return (await this.recordings()).decode({ ...asked, lanes: names }, KNOWN);
  }

  /** Plays some events more ahead of who looks. */
  playAhead(events: number): void {
    this.open_?.survey.advance(events);
  }

  /** What playing ahead has met since this was asked last. */
  news(): Survey {
    return this.session.survey.news();
  }

  /** Leaves worlds on the way of every lane, so that any moment is near one; false when there is nothing left to do. */
  warm(): boolean {
    return this.open_?.warm() ?? false;
  }

  /** Packs a little of the text of a long log; false when there is nothing left to do. */
  async pack(): Promise<boolean> {
    return (await this.open_?.text.pack()) ?? false;
  }

  get surveyed(): boolean {
    return this.open_?.survey.complete !== false;
  }
}

/** Addresses differ from lane to lane and say nothing: what is no failure is told once. */
function returnedOf(each: readonly Returned[]): Pick<EventRow, 'returned' | 'failed'> {
  const failed = each.some((one) => one.failed);
  // an expectation returns nothing
  const texts = [...new Set(each.flatMap(({ text }) => (text === null ? [] : [text])))];
  const plain = texts.length > 1 && !failed && texts.every((text) => text.startsWith('0x'));
  return { returned: plain ? [texts[0]!] : texts, failed };
}
