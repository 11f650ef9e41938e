// SPDX-License-Identifier: GPL-2.0-or-later
/** Playing a scenario: the log on every lane, the comparison of the lanes, and what is expected of both. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { compare } from '../compare/command.js';
import { EXIT } from '../failure.js';
import { replay } from '../replay/command.js';
import type { Terminal } from '../terminal.js';
import type { Scenario } from './scenario.js';

interface Printed {
  readonly text: string;
  readonly code: number;
}

/** What a command printed, without colour, and its exit code. */
async function printed(run: (terminal: Terminal) => Promise<number>): Promise<Printed> {
  let text = '';
  const plain = pc.createColors(false);
  const code = await run({
    out: async (more) => {
      text += more;
    },
    err: (more) => {
      text += more;
    },
    redraw: () => {},
    color: plain,
    errColor: plain,
    live: false,
  });
  return { text, code };
}

/** What the commands made of a scenario. */
export interface Played {
  /** One text a lane, as `replay` prints it, and `compare`: by the name of the file in `expect/`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Lanes, and `compare`, for which an expectation of the log does not hold. */
  readonly unmet: readonly string[];
}

export async function playScenario({ log, lanes }: Scenario): Promise<Played> {
  const texts = new Map<string, string>();
  const unmet: string[] = [];
  const take = (name: string, { text, code }: Printed): void => {
    texts.set(`${name}.txt`, text);
    if (code === EXIT.finding) unmet.push(name);
  };
  for (const lane of lanes)
    take(lane, await printed((terminal) => replay(log, { arch: [lane], mayDie: true }, terminal)));
  // lanes that part are no finding here
  const options = { arch: [...lanes], full: true, exitZero: true };
  take('compare', await printed((terminal) => compare(log, options, terminal)));
  return { texts, unmet };
}

/** The verdict of a comparison: the sentence that begins with "lanes". */
export function verdictOf(texts: ReadonlyMap<string, string>): string {
  const paragraphs = texts.get('compare.txt')!.trimEnd().split('\n\n');
  const verdict = paragraphs.find((text) => text.startsWith('lanes '))!;
  return verdict.replace(/\nthe lanes part at [\s\S]*$/, '').replaceAll('\n', ' ');
}

/** What is not as it should be, one line each; none: all is well. */
export function failures(scenario: Scenario, { texts, unmet }: Played): string[] {
  const found = unmet.map((name) => `an expectation of the log does not hold (${name})`);
  const verdict = verdictOf(texts);
  const at = /first part at event (\d+)/.exec(verdict)?.[1];
  if (String(scenario.parts) !== String(at)) {
    const part = (event: unknown): string => (event === undefined ? 'agree' : `part at event ${event}`);
    found.push(`expected the lanes to ${part(scenario.parts)}, and they ${part(at)}`);
  }
  if (scenario.feature !== undefined && !texts.get('compare.txt')!.includes(`why: ${scenario.feature}:`)) {
    found.push(`expected the cause to be the feature ${scenario.feature}`);
  }
  for (const [name, text] of texts) {
    const line = firstDifference(expected(scenario, name), text);
    if (line !== undefined) found.push(`expect/${name}:${line}: another output`);
  }
  return found;
}

function expected({ directory }: Scenario, name: string): string | undefined {
  try {
    return readFileSync(join(directory, 'expect', name), 'utf8');
  } catch {
    return undefined;
  }
}

/** The first line that differs, from 1. */
function firstDifference(a: string | undefined, b: string): number | undefined {
  if (a === b) return undefined;
  if (a === undefined) return 1;
  const left = a.split('\n');
  const right = b.split('\n');
  const at = right.findIndex((line, i) => line !== left[i]);
  return (at < 0 ? right.length : at) + 1;
}

/** Makes what was printed the expectation. */
export function writeExpectations({ directory }: Scenario, texts: ReadonlyMap<string, string>): void {
  const folder = join(directory, 'expect');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of texts) writeFileSync(join(folder, name), text);
}
