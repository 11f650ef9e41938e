// SPDX-License-Identifier: GPL-2.0-or-later
/** Events at which lanes part, as they were seen; why they do is looked for when somebody asks. */
import type { LogEvent } from '@specialbit/events';
import type { Part } from './divergence.js';
import type { Draft } from './draft.js';
import type { NamedPart } from './prove/run.js';

/** A part with a name that it has in every run over the log. */
export interface SeenPart extends NamedPart {
  readonly part: Part;
  /** `took a reference on arm`: what the event did to a count. */
  readonly move: string | undefined;
}

/** What is new at one event. */
export interface Parting {
  readonly index: number;
  readonly event: LogEvent;
  /** The call that acted. */
  readonly api: string;
  readonly parts: readonly SeenPart[];
  readonly minor: boolean;
  /** Of what does not count: what is to be said of it. */
  readonly said: string;
}

/** What a parting is told with. */
export interface PartingWords {
  readonly api: () => string;
  readonly name: (draft: Draft) => string;
  readonly minor: (drafts: readonly Draft[]) => string;
}

export class Partings {
  readonly list: Parting[] = [];
  private readonly major = new Map<number, Parting>();
  /** Events at which lanes part, kept or not. */
  count = 0;
  /** Events at which only that differs which does not count. */
  minorCount = 0;
  private readonly seenMinor = new Set<string>();

  constructor(private readonly keep: number) {}

  /** Takes what is new after an event; `words` are asked only for what is kept. True when the lanes part. */
  add(index: number, event: LogEvent, drafts: readonly Draft[], words: PartingWords): boolean {
    const { name } = words;
    const major = drafts.filter(({ minor }) => !minor);
    const minor = drafts.filter((draft) => draft.minor && this.isNewMinor(draft, name));
    for (const parts of [major, minor]) {
      if (parts.length === 0) continue;
      const before = parts === major ? this.count++ : this.minorCount++;
      if (before >= this.keep) continue;
      const seen = parts.map((draft) => ({
        part: draft.part,
        thing: name(draft),
        aspect: draft.part.aspect,
        move: draft.move,
      }));
      const said = parts === minor ? words.minor(parts) : '';
      const parting = { index, event, api: words.api(), parts: seen, minor: parts === minor, said };
      this.list.push(parting);
      if (parts === major) this.major.set(index, parting);
    }
    return major.length > 0;
  }

  /** That of an event, from 0, where lanes part in more than what does not count. */
  at(index: number): Parting | undefined {
    return this.major.get(index);
  }

  private isNewMinor(draft: Draft, name: (draft: Draft) => string): boolean {
    if (this.seenMinor.size > this.keep) return false;
    const key = `${name(draft)} ${draft.part.aspect} ${draft.signature}`;
    if (this.seenMinor.has(key)) return false;
    this.seenMinor.add(key);
    return true;
  }
}
