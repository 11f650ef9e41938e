// SPDX-License-Identifier: GPL-2.0-or-later
/** What a finding is made of: a line of a source, events that show what comes of it, and what the model says of them. */
import type { ClaimGroup, Line, Stage, Verdict } from '@specialbit/advice';
import type { Archetype } from '../driver/archetype.js';
import type { CFile, Mapping } from '../driver/mappings.js';
import type { Place } from '../driver/steps.js';

export type Severity = 'error' | 'warning';

/** Something that a source may do wrong; whether it does, playing `lines` says. */
export interface Candidate {
  readonly place: Place;
  /** What the source does there. */
  readonly does: string;
  readonly stage: Stage;
  readonly lines: readonly Line[];
  /** It says nothing of lanes on which this goes wrong already. */
  readonly unless?: { readonly stage: Stage; readonly lines: readonly Line[] };
}

export interface Seen {
  readonly file: CFile;
  readonly mapping: Mapping;
  readonly archetype: Archetype;
}

export interface Rule {
  /** `reference-kept`. */
  readonly name: string;
  readonly severity: Severity;
  /** What is wrong, in a sentence. */
  readonly words: string;
  /** What to do instead. */
  readonly remedy: string;
  readonly candidates: (seen: Seen) => readonly Candidate[];
  /** Is this what the rule is about? */
  readonly harm: (verdict: Verdict) => boolean;
}

export interface Finding {
  readonly rule: Rule;
  readonly place: Place;
  readonly does: string;
  /** `struct file_operations foo_fops`. */
  readonly of: string;
  /** Lanes by what came of it on them; those on which nothing did are among them. */
  readonly groups: readonly ClaimGroup[];
  readonly harmed: readonly string[];
  /** The log that shows it. */
  readonly log: () => string;
}
