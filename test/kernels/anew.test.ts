// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * A player keeps what the last dump has shown, and reads an operation once. What it says is what one says that keeps
 * nothing, of transcripts as they are and of damaged ones, to the byte.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findArchitecture, type Played, Player, TranscriptError } from '@specialbit/transcripts';
import { describe, expect, test } from 'vitest';
import { architectures } from './architectures.testkit.js';
import { linesOf } from './strip.testkit.js';
import { releases } from './verify.testkit.js';

/** What a line is answered with: everything but what is to be asked once. */
function answer(player: Player, text: string, line: number): unknown {
  try {
    const { death, ...played }: Played = player.play(text, line);
    return { ...played, death: death === null ? null : [death.scenario, death.seq] };
  } catch (error) {
    return error instanceof TranscriptError ? error.message : String(error);
  }
}

/** Plays the lines both ways, and returns how many steps the model answered as they stand there, and how many not. */
function playBoth(file: string, lines: readonly string[]): { readonly equal: number; readonly others: number } {
  const kept = new Player(file, architectures, findArchitecture);
  const anew = new Player(file, architectures, findArchitecture, { anew: true });
  let [equal, others] = [0, 0];
  for (const [i, text] of lines.entries()) {
    const found = answer(kept, text, i + 1);
    expect(found).toEqual(answer(anew, text, i + 1));
    const { kind, model } = found as Partial<Played>;
    if (kind === 'step' && model === text) equal++;
    else if (kind === 'step' || kind === undefined) others++;
  }
  return { equal, others };
}

const files = ['6.12', '7.3'].flatMap((release) =>
  ['arm', 'arm-lpae', 'm68k', 'x86_64', 'x86_64-swap'].flatMap((machine) =>
    ['curated', 'random', 'random2']
      .map((name) => join(release, machine, `${name}.jsonl.gz`))
      .filter((file) => existsSync(join(releases, file))),
  ),
);

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line in so many is changed: a character of it, or a number of its operation, or it is cut off. */
function damaged(lines: readonly string[], seed: number): string[] {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  return lines.map((line, i) => {
    if (i === 0 || next() > 0.06) return line;
    const op = line.indexOf('"op":');
    switch (below(4)) {
      case 0: {
        const at = below(line.length);
        return line.slice(0, at) + '0123456789abcdefAFP"{}[],:\\'[below(26)]! + line.slice(at + 1);
      }
      case 1:
        return line.replace(/("(?:p|n|v|val)":)\d+/, (_, key: string) => `${key}${below(9)}`);
      case 2:
        return op < 0 ? line : line.slice(0, op) + line.slice(op).replace(/(\d+)(?=[,}])/, () => String(below(12)));
      default:
        return next() < 0.1 ? line.slice(0, below(line.length)) : line.replace(/"([AF])(\d)"/, '"$1$2$2"');
    }
  });
}

describe('transcripts of the selection, played with what was kept and anew', () => {
  test.each(files)('%s', (file) => {
    const lines = linesOf(join(releases, file));
    expect(playBoth(file, lines).equal).toBeGreaterThan(0);
    expect(playBoth(file, damaged(lines, 1)).others).toBeGreaterThan(0);
  });
});
