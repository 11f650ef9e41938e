// SPDX-License-Identifier: GPL-2.0-or-later
import type { Architecture } from '@specialbit/core/arch';
import { type Scenario, scenarios } from './behaviour/index.js';
import { runScenario } from './behaviour/run.js';
import { type Law, lawsOf } from './laws/index.js';
import type { Check, Report } from './report.js';
import { checkVectors, type GoldenVectors } from './vectors.js';

export interface CheckOptions {
  /** Samples for each law; 200 when absent. */
  readonly runs?: number;
  /** Of the random samples; the same seed gives the same samples. */
  readonly seed?: number;
  /** What the kernel's own helpers, or the hardware, made of some entries. */
  readonly vectors?: GoldenVectors;
  /** Leave out groups of checks. */
  readonly behaviour?: boolean;
}

const DEFAULT_RUNS = 200;
const DEFAULT_SEED = 612;
/** A law that the layout says does not hold is tried this many times harder before it is believed to hold. */
const HARDER = 25;

/** One check that can be run by itself. */
export interface PlannedCheck {
  readonly group: Check['group'];
  readonly name: string;
  readonly title: string;
  run(): Check;
}

/** Runs the whole kit on an architecture. Deterministic; throws nothing. */
export function checkArchitecture(arch: Architecture, options: CheckOptions = {}): Report {
  const checks = planChecks(arch, options).map((check) => check.run());
  return {
    arch: arch.name,
    title: arch.title,
    special: arch.special.pte,
    checks,
    ok: checks.every((check) => check.outcome !== 'fails'),
  };
}

/** The checks of the kit for an architecture, in the order in which a report has them. */
export function planChecks(arch: Architecture, options: CheckOptions = {}): PlannedCheck[] {
  const laws = lawsOf(arch);
  const stories = options.behaviour === false ? [] : scenarios;
  const known = new Set([...laws.map((law) => law.name), ...scenarios.map((scenario) => scenario.name)]);
  return [
    ...laws.map((law) => planLaw(arch, law, options)),
    ...(options.vectors === undefined ? [] : [planVectors(arch, options.vectors)]),
    ...stories.map((scenario) => planScenario(arch, scenario)),
    planAccepted(arch, known),
  ];
}

function planLaw(
  arch: Architecture,
  law: Law,
  { runs = DEFAULT_RUNS, seed = DEFAULT_SEED }: CheckOptions,
): PlannedCheck {
  const { name, title } = law;
  const check = (outcome: Check['outcome'], tried: number, detail: string): Check => ({
    group: 'law',
    name,
    title,
    outcome,
    tried,
    detail,
  });
  return {
    group: 'law',
    name,
    title,
    run() {
      if (law.leftOut !== undefined) return check('left out', 0, law.leftOut);
      const { accepted } = arch.layout;
      const own = accepted[name];
      const result = law.run({ runs: own === undefined ? runs : runs * HARDER, seed });
      if (result.problem === undefined) {
        return own === undefined ? check('holds', result.tried, '') : check('fails', result.tried, tooMuch(name));
      }
      const reason = own ?? law.alsoAccepted.map((also) => accepted[also]).find((text) => text !== undefined);
      return check(reason === undefined ? 'fails' : 'accepted', result.tried, reason ?? result.problem);
    },
  };
}

const tooMuch = (name: string): string =>
  `the layout accepts '${name}', but that law holds: take the entry out of accepted`;

function planVectors(arch: Architecture, vectors: GoldenVectors): PlannedCheck {
  const [group, name, title] = ['vectors', 'vectors/all', 'every golden vector comes out bit for bit'] as const;
  return {
    group,
    name,
    title,
    run() {
      try {
        const { rows, problems } = checkVectors(arch, vectors);
        const detail =
          problems.length > 3
            ? `${problems.slice(0, 3).join('\n')}\n... and ${problems.length - 3} more`
            : problems.join('\n');
        return { group, name, title, outcome: problems.length === 0 ? 'holds' : 'fails', tried: rows, detail };
      } catch (error) {
        if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
        return { group, name, title, outcome: 'fails', tried: 0, detail: error.message };
      }
    },
  };
}

function planScenario(arch: Architecture, scenario: Scenario): PlannedCheck {
  const { name, title } = scenario;
  return {
    group: 'behaviour',
    name,
    title,
    run() {
      const { events, problem } = runScenario(arch, scenario);
      const reason = arch.layout.accepted[name];
      const outcome =
        problem === undefined
          ? reason === undefined
            ? 'holds'
            : 'fails'
          : reason === undefined
            ? 'fails'
            : 'accepted';
      const detail = problem === undefined ? (reason === undefined ? '' : tooMuch(name)) : (reason ?? problem);
      return { group: 'behaviour', name, title, outcome, tried: events, detail };
    },
  };
}

/** A deviation that a layout accepts by a name that nothing has. */
function planAccepted(arch: Architecture, known: ReadonlySet<string>): PlannedCheck {
  const [group, name, title] = [
    'law',
    'accepted/known',
    'every deviation that the layout accepts has the name of a law',
  ] as const;
  return {
    group,
    name,
    title,
    run() {
      const names = Object.keys(arch.layout.accepted).filter((accepted) => accepted.includes('/'));
      const unknown = names.filter((accepted) => !known.has(accepted));
      const detail = unknown.map((accepted) => `the layout accepts '${accepted}', but no law is called so`).join('\n');
      return { group, name, title, outcome: unknown.length === 0 ? 'holds' : 'fails', tried: names.length, detail };
    },
  };
}
