// SPDX-License-Identifier: GPL-2.0-or-later
/** The scenario gallery: real bugs as logs, one directory each, with what every lane makes of them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';
import { InputError } from '../failure.js';
import { EXAMPLES } from '../places.js';

const scenarioFile = t.intersection([
  t.type({
    /** `S06` */
    id: t.string,
    title: t.string,
    /** Commits, CVE numbers, files of the kernel. */
    sources: t.array(t.string),
  }),
  t.partial({
    /** What happens, in five sentences. */
    story: t.array(t.string),
    /** As for `compare`: `x86_64`, `arm@6.1`. */
    lanes: t.array(t.string),
    /** The event at which the lanes first part, from 1; absent: they agree. */
    parts: t.number,
    /** The kernel feature that tells the lanes apart there. */
    feature: t.string,
    /** Why the model cannot express it; such a scenario has no events. */
    missing: t.string,
  }),
]);

/** A scenario that the model can play. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly story: readonly string[];
  readonly lanes: readonly string[];
  readonly parts: number | undefined;
  readonly feature: string | undefined;
  /** Its directory's name, `s06-remap-partial-failure`. */
  readonly name: string;
  readonly directory: string;
  /** The log. */
  readonly log: string;
}

/** One that it cannot, and why. */
export interface MissingScenario {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly name: string;
  readonly missing: string;
}

export type GalleryEntry = Scenario | MissingScenario;

export function isMissing(entry: GalleryEntry): entry is MissingScenario {
  return 'missing' in entry;
}

function galleryDirectory(): string {
  const found = EXAMPLES.map((place) => join(place, 'gallery')).find((place) => existsSync(place));
  if (found === undefined) throw new InputError('input.examples', 'the gallery is not part of this installation');
  return found;
}

/** All of them, by id. Throws InputError for a directory that is no scenario. */
export function readGallery(directory = galleryDirectory()): GalleryEntry[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readScenario(directory, entry.name))
    .sort((a, b) => a.id.localeCompare(b.id));
}

function readScenario(gallery: string, name: string): GalleryEntry {
  const directory = join(gallery, name);
  const file = join(directory, 'scenario.json');
  const result = scenarioFile.decode(parse(file));
  if (result._tag === 'Left') {
    const path = result.left[0]!.context.slice(1).filter(({ key }) => key !== '' && !/^\d+$/.test(key));
    throw new InputError(
      'input.scenario',
      `${file}: ${path.map(({ key }) => key).join('.')}: not what a scenario has there`,
    );
  }
  const { id, title, sources, story = [], lanes = [], parts, feature, missing } = result.right;
  if (missing !== undefined) return { id, title, sources, name, missing };
  return { id, title, sources, story, lanes, parts, feature, name, directory, log: join(directory, 'events.jsonl') };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError('input.scenario', `${file}: ${error instanceof SyntaxError ? 'no JSON' : 'cannot be read'}`);
  }
}
