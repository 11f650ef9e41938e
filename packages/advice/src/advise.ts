// SPDX-License-Identifier: GPL-2.0-or-later
/** Every way, for every need, on every lane: what works, what does not, and which way is to be taken. */
import { DEFAULT_PROFILE, FEATURES, type NamedLane } from '@specialbit/core';
import { decodeHeader, type LogHeader } from '@specialbit/events';
import { type ClaimGroup, claimOf, headerOf } from './claim.js';
import { AdviceError } from './errors.js';
import { event } from './line.js';
import type { FrameSet, Memory } from './memory.js';
import { NEEDS, type Need, type Suite } from './needs.js';
import { type Extras, NO_EXTRAS, Scene } from './scene.js';
import { playLines, readLines, Starts } from './trial.js';
import { isHarmful, type Verdict, worst } from './verdict.js';
import { callText, decrypts, hookText, type Way, waysFor } from './ways.js';

export interface Question {
  readonly memory: Memory;
  readonly scattered: boolean;
  /** How processes may map it. */
  readonly map: readonly ('shared' | 'private')[];
  readonly prot: 'r' | 'rw';
  readonly needs: readonly Need[];
  /** When pages come: whenever, at once in `->mmap`, by faults, or when the driver calls later. */
  readonly on: readonly ('mmap' | 'fault' | 'later')[];
  /** The lanes of a header, with the same names for each. */
  readonly lanes: (header: LogHeader) => readonly NamedLane[];
}

/** What came of one suite of a need. */
export interface Claim {
  readonly need: string;
  readonly suite: string;
  readonly map: 'shared' | 'private';
  /** The name of the frames: `P`, `D`. */
  readonly frames: string;
  readonly groups: readonly ClaimGroup[];
  /** The log that shows it. */
  readonly log: () => string;
}

export interface Judged {
  readonly way: Way;
  readonly extras: Extras;
  readonly claims: readonly Claim[];
  /** Needs of which something does not work, on some lane. */
  readonly unmet: readonly string[];
  /** On how many lanes each of them fails, all together. */
  readonly failures: number;
  /** Those where that is no clean refusal. */
  readonly harmful: readonly string[];
  /** Those for which lanes part. */
  readonly parted: readonly string[];
  /** vmf_insert_pfn() dies in such a mapping, whoever calls it: to the kernel its flags contradict each other. */
  readonly contradictory: boolean;
}

export interface Advice {
  readonly question: Question;
  readonly lanes: readonly NamedLane[];
  /** The best first. */
  readonly ways: readonly Judged[];
  /** Private mappings were not asked for, and the best way does harm to who makes one: the driver has to refuse them. */
  readonly refusePrivate: boolean;
  /** Logs that were played on a lane each. */
  readonly played: number;
}

/** Flags and handlers that a driver can add to any way; each is tried for what a way does not do without it. */
const ADDED: readonly Extras[] = [
  { flags: ['VM_DONTEXPAND'], handlers: [] },
  { flags: ['VM_DONTCOPY'], handlers: [] },
  { flags: ['VM_DONTDUMP'], handlers: [] },
  { flags: ['VM_IO'], handlers: [] },
  { flags: [], handlers: ['pfn_mkwrite'] },
  { flags: [], handlers: ['page_mkwrite'] },
  { flags: [], handlers: ['pfn_mkwrite'], readonly: true },
  { flags: [], handlers: ['access'] },
];

/** Throws AdviceError. */
export function advise(question: Question): Advice {
  const { memory, scattered, on } = question;
  const court = new Court(question);
  const ways = waysFor(memory, scattered).filter(({ hook }) => on.includes(whenOf(hook)));
  if (ways.length === 0) throw new AdviceError('advice.need', 'no call is left to try');
  const judged = ways.map((way) => court.judge(way)).filter((one) => one !== undefined);
  const device = question.memory.frames.every(({ name }) => name === 'D');
  /** Of two that leave as much to it: what is made for RAM is none for a device's memory, and the other way round. */
  const strange = ({ way }: Judged): number => Number(decrypts(way) !== device);
  const ranked = judged
    .map((one, i) => ({ one, i }))
    .sort(
      (a, b) =>
        compareWays(a.one, b.one) || effort(a.one) - effort(b.one) || strange(a.one) - strange(b.one) || a.i - b.i,
    );
  const best = ranked[0]?.one;
  const refusePrivate = best !== undefined && !question.map.includes('private') && court.harmsPrivate(best);
  return { question, lanes: court.lanes, ways: ranked.map(({ one }) => one), refusePrivate, played: court.played };
}

const whenOf = (hook: Way['hook']): 'mmap' | 'fault' | 'later' =>
  hook === 'mmap' || hook === 'mmap_prepare' ? 'mmap' : hook === 'later' ? 'later' : 'fault';

/**
 * What maps the memory at all, then what the kernel does not take for a contradiction (VM_PFNMAP and VM_MIXEDMAP together: without the bit
 * the one says that no frame is a page, and the other that each is), then what does no harm, then what does most, then what does
 * the same on all lanes. Negative: `a` is better; 0: both do the same.
 */
export function compareWays(a: Judged, b: Judged): number {
  return (
    Number(a.unmet.includes('use')) - Number(b.unmet.includes('use')) ||
    Number(a.contradictory) - Number(b.contradictory) ||
    a.harmful.length - b.harmful.length ||
    a.unmet.length - b.unmet.length ||
    a.failures - b.failures ||
    a.parted.length - b.parted.length
  );
}

/** Of ways that do the same the one is taken that leaves least to the driver: flags and handlers of its own. */
const effort = ({ way, extras }: Judged): number =>
  way.flags.split('|').filter((flag) => flag !== '').length +
  extras.flags.length +
  extras.handlers.length +
  (way.hook === 'fault' || way.hook === 'later' ? 1 : way.hook === 'huge_fault' ? 2 : 0);

const together = (a: Extras, b: Extras): Extras => ({
  flags: [...a.flags, ...b.flags],
  handlers: [...a.handlers, ...b.handlers],
  ...(a.readonly === true || b.readonly === true ? { readonly: true } : {}),
});

class Court {
  readonly lanes: readonly NamedLane[];
  played = 0;
  private readonly starts = new Starts();
  private readonly known = new Map<string, readonly Claim[]>();
  private readonly headers = new Map<string, readonly NamedLane[]>();
  private readonly contradictions = new Map<string, boolean>();
  private readonly pmdPages: number;

  /** Needs of which a broken promise is harm. */
  private readonly guards: ReadonlySet<string>;

  constructor(private readonly q: Question) {
    this.guards = new Set(q.needs.flatMap(({ name, guards }) => (guards === true ? [name] : [])));
    this.lanes = q.lanes({ specialbit: 1 });
    if (this.lanes.length === 0) throw new AdviceError('advice.lanes', 'expected one lane at least');
    this.pmdPages = Math.max(...this.lanes.map(({ options }) => options.arch.pmd?.pages ?? 0), 2);
  }

  /** Does the kernel die, complain or lose count where a process maps it privately and uses it? */
  harmsPrivate({ way, extras }: Judged): boolean {
    const use = NEEDS.find(({ name }) => name === 'use');
    return this.q.memory.frames.some((frames) =>
      use!.suites.some((suite) => {
        const claim = this.claim(way, extras, use!, suite, 'private', frames);
        return claim?.groups.some(({ verdict }) => isHarm(verdict, false)) ?? false;
      }),
    );
  }

  /** Undefined where no lane has the call. */
  judge(way: Way): Judged | undefined {
    if (this.lanes.every((lane) => !has(lane, way))) return undefined;
    const bare = this.verdictOf(way, NO_EXTRAS);
    if (bare.unmet.includes('use')) return bare;
    const chosen = this.extrasFor(way, bare);
    if (chosen === NO_EXTRAS) return bare;
    const more = this.verdictOf(way, chosen);
    return compareWays(more, bare) < 0 ? more : bare;
  }

  /** Those additions that make a need work, on some lane more, which does not work without, as long as all is better then. */
  private extrasFor(way: Way, bare: Judged): Extras {
    let chosen = NO_EXTRAS;
    let best = bare;
    for (const added of ADDED) {
      if (best.unmet.length === 0) break;
      const tried = together(chosen, added);
      const open = this.q.needs.filter(({ name }) => best.unmet.includes(name));
      const helps = open.some((need) => {
        const before = best.claims.filter((claim) => claim.need === need.name);
        return failuresOf(this.claimsOf(way, tried, need)) < failuresOf(before);
      });
      if (!helps) continue;
      const judged = this.verdictOf(way, tried);
      if (compareWays(judged, best) >= 0) continue;
      chosen = tried;
      best = judged;
    }
    return chosen;
  }

  private verdictOf(way: Way, extras: Extras): Judged {
    const claims: Claim[] = [];
    for (const need of this.q.needs) {
      claims.push(...this.claimsOf(way, extras, need));
      // what maps nothing on any lane does nothing else
      if (need.name === 'use' && claims.every(fails))
        return useless(way, extras, claims, this.q.needs, this.contradicts(way));
    }
    const names = (test: (claim: Claim) => boolean): string[] => [
      ...new Set(claims.filter(test).map(({ need }) => need)),
    ];
    return {
      way,
      extras,
      claims,
      unmet: names((claim) => !holds(claim)),
      failures: failuresOf(claims),
      harmful: names(({ need, groups }) => groups.some(({ verdict }) => isHarm(verdict, this.guards.has(need)))),
      parted: names(isParted),
      contradictory: this.contradicts(way),
    };
  }

  /** Plays vmf_insert_pfn() of a frame without struct page in a mapping that has the flags of the way and nothing else. */
  private contradicts({ flags }: Way): boolean {
    if (flags === '') return false;
    let known = this.contradictions.get(flags);
    if (known === undefined) {
      const map = {
        type: 'mmap',
        label: 'm',
        pages: 1,
        prot: 'rw',
        file: 'dev',
        call: [{ type: 'vm_flags_mod', set: flags }],
      };
      const read = readLines([event(map), event({ type: 'vmf_insert_pfn', at: 'm', frame: 'D0' })]);
      const header = decodeHeader({ specialbit: 1, files: { dev: { kind: 'device', pages: 0 } } });
      known = this.q.lanes(header).some((lane) => playLines(lane, read, [], this.starts).verdict.kind === 'dies');
      this.contradictions.set(flags, known);
    }
    return known;
  }

  /** Each is played once, however often it is asked for. */
  private claimsOf(way: Way, extras: Extras, need: Need): readonly Claim[] {
    const key = `${way.id} ${JSON.stringify(extras)} ${need.name}`;
    let claims = this.known.get(key);
    if (claims === undefined) {
      claims = this.playNeed(way, extras, need);
      this.known.set(key, claims);
    }
    return claims;
  }

  private playNeed(way: Way, extras: Extras, need: Need): Claim[] {
    const { memory, map, prot } = this.q;
    if (need.only === 'writable' && prot === 'r') return [];
    const claims: Claim[] = [];
    for (const kind of map) {
      for (const frames of memory.frames) {
        for (const suite of need.suites) {
          const claim = this.claim(way, extras, need, suite, kind, frames);
          if (claim !== undefined) claims.push(claim);
        }
      }
    }
    return claims;
  }

  private claim(
    way: Way,
    extras: Extras,
    need: Need,
    suite: Suite,
    map: 'shared' | 'private',
    frames: FrameSet,
  ): Claim | undefined {
    const { scattered, prot } = this.q;
    const scene = new Scene({
      way,
      frames,
      scattered,
      shared: map === 'shared',
      prot,
      extras,
      pmdPages: this.pmdPages,
    });
    const asked = suite.lines(scene);
    if (asked.length === 0) return undefined;
    const { groups, played, log } = claimOf(scene, asked, this.lanesOf(scene), this.starts, (lane) =>
      has(lane, way) ? undefined : absent(way),
    );
    this.played += played;
    return {
      need: need.name,
      suite: suite.name,
      map,
      frames: frames.name,
      groups,
      log: () => log(`${callText(way)} from ${hookText(way.hook)}, ${map}: ${suite.name}`, [claimText(groups)]),
    };
  }

  private lanesOf(scene: Scene): readonly NamedLane[] {
    const header = headerOf(scene);
    const key = JSON.stringify(scene.header);
    let lanes = this.headers.get(key);
    if (lanes === undefined) {
      // a header with settings of its own changes what lanes are called
      lanes = this.q.lanes(header).map(({ options }, i) => ({ name: this.lanes[i]!.name, options }));
      this.headers.set(key, lanes);
    }
    return lanes;
  }
}

const fails = ({ groups }: Claim): boolean => groups.every(({ verdict }) => verdict.kind !== 'works');

function useless(
  way: Way,
  extras: Extras,
  claims: readonly Claim[],
  needs: readonly Need[],
  contradictory: boolean,
): Judged {
  const parted = claims.some(isParted) ? ['use'] : [];
  const harmful = claims.some(({ groups }) => groups.some(({ verdict }) => isHarm(verdict, true))) ? ['use'] : [];
  return {
    way,
    extras,
    claims,
    unmet: needs.map(({ name }) => name),
    failures: failuresOf(claims),
    harmful,
    parted,
    contradictory,
  };
}

function failuresOf(claims: readonly Claim[]): number {
  const failed = claims.flatMap(({ need, groups }) =>
    groups.flatMap(({ lanes, verdict }) => (verdict.kind === 'works' ? [] : lanes.map((lane) => `${need} ${lane}`))),
  );
  return new Set(failed).size;
}

/** `guards`: a promise that is silently broken does harm, too. */
const isHarm = ({ kind }: Verdict, guards: boolean): boolean => isHarmful(kind) && (guards || kind !== 'wrong');

/** Not the same came of it on all lanes; that it was refused for another reason is the same. */
export const isParted = ({ groups }: Claim): boolean =>
  new Set(groups.map(({ verdict }) => `${verdict.kind} ${verdict.found}`)).size > 1;

const holds = ({ groups }: Claim): boolean => groups.every(({ verdict }) => verdict.kind === 'works');

/** Has the kernel of a lane the call? */
function has({ options }: NamedLane, { since }: Way): boolean {
  return since === undefined || (options.profile ?? DEFAULT_PROFILE).has(FEATURES[since]);
}

function absent(way: Way): Verdict {
  const { since } = FEATURES[way.since!];
  return { kind: 'absent', found: `comes with ${since.version}`, event: '', wanted: '', reasons: [] };
}

/** What a claim says of each group of lanes, in a line. */
function claimText(groups: readonly ClaimGroup[]): string {
  return groups
    .map(
      ({ lanes, verdict }) =>
        `${verdict.kind}${verdict.found === '' ? '' : ` (${verdict.found})`} on ${lanes.join(', ')}`,
    )
    .join('; ');
}

/** The worst that came of a need, over all its claims. */
export function needVerdict({ claims }: Judged, need: string): Verdict {
  return worst(
    claims.filter((claim) => claim.need === need).flatMap(({ groups }) => groups.map(({ verdict }) => verdict)),
  );
}
