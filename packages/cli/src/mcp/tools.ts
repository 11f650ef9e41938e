// SPDX-License-Identifier: GPL-2.0-or-later
/** The tools: what each is asked with, and the command line that answers it. */
import { MEMORY_FORMS, NEEDS } from '@specialbit/advice';
import { GOAL_FORMS } from '@specialbit/search';
import { table } from '@specialbit/view';
import { MAPS, POPULATE } from '../advise/options.js';
import { PRIMER } from './primer.js';
import {
  at,
  count,
  flag,
  fromLine,
  type InputSchema,
  kernel,
  kernels,
  lanes,
  logProperties,
  type Properties,
  page,
  schemaOf,
  words,
} from './schema.js';

/** What a call says; checked against the schema. */
export type Given = Readonly<Record<string, unknown>>;

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: InputSchema;
  /** It is asked about a log. */
  readonly ofLog: boolean;
  /** The command line, with `-` for the log. */
  readonly args: (given: Given) => string[];
  /** What of the log the link shows; absent: there is none. `found`: of the log that the answer holds. */
  readonly link?: ((given: Given) => string[]) | 'found';
}

/** `--name=value` for what is given: a value never stands where an option could. */
function options(given: Given, names: Readonly<Record<string, string>>): string[] {
  return Object.entries(names).flatMap(([name, option]) => {
    const value = given[name];
    if (value === undefined || value === false) return [];
    if (value === true) return [option];
    return [`${option}=${Array.isArray(value) ? value.join(',') : String(value)}`];
  });
}

const LANES = { lanes: '--lane', kernels: '--kernel' };
const SEEN = { lanes: '--lane', at: '--at' };
const OF_LOG = lanes("the log's, else x86_64");
const COMPARED = lanes("the log's, else x86_64 and arm");

interface Described extends Omit<Tool, 'inputSchema'> {
  readonly properties: Properties;
  readonly required?: readonly string[];
}

const TOOLS: readonly Described[] = [
  {
    name: 'replay',
    title: 'What each event of a log returned and touched, and the state at the end',
    description:
      'Plays a log of mm events (system calls, accesses, calls of a driver) on models of Linux: what each event returned and touched, and at the end VMAs, raw PTEs, what vm_normal_page() answers for each and why, references, map counts, RSS. The models agree with transcripts of real kernels.',
    ofLog: true,
    properties: {
      lanes: OF_LOG,
      kernels,
      at,
      why: flag('with each event why it failed, changed flags of mappings, or merged them'),
      state_only: flag('the state at the end, without the events'),
    },
    args: (given) => [
      'replay',
      '-',
      ...options(given, { ...LANES, at: '--at', why: '--why', state_only: '--no-events' }),
    ],
    link: (given) => options(given, SEEN),
  },
  {
    name: 'compare',
    title: 'Where architectures or kernels part on a log, with the proved cause',
    description:
      'Plays a log on several architectures or kernels in lockstep and tells each event at which they part, with the cause: proved by playing it again with that one thing (the special bit, a feature of a release, a commit) exchanged. Use it to ask whether a driver behaves alike on x86_64 and arm, or before and after a release.',
    ofLog: true,
    properties: {
      lanes: COMPARED,
      kernels,
      at,
      strict: flag('count minor differences too: young, dirty, flags of the architecture'),
      state: flag('with the states at the end'),
    },
    args: (given) => [
      'compare',
      '-',
      ...options(given, { ...LANES, at: '--at', strict: '--strict' }),
      ...(given.state === true ? [] : ['--no-state']),
    ],
    link: (given) => options(given, SEEN),
  },
  {
    name: 'explain',
    title: 'Why a PTE is or is not a normal page, or why an event did what it did',
    description: `For a page: the questions that vm_normal_page() asks and their answers, the bits of the raw PTE, references. For an event ("event", from 1): what it returned and the condition in the kernel's source, by function and file. Give either "page" or "event".\n\nHow to write a log:\n\n${PRIMER}`,
    ofLog: true,
    properties: {
      page,
      event: count(1, 1_000_000, 'the number of an event, from 1, instead of a page'),
      lanes: OF_LOG,
      kernels,
      at: { ...at, description: 'of a page: after this many events (default: all)' },
      mm: count(0, 1_000_000, 'of a page: the process (default: 0)'),
    },
    args: (given) => [
      'explain',
      ...options(given, { ...LANES, at: '--at', mm: '--mm', event: '--event' }),
      '--',
      '-',
      ...(given.page === undefined ? [] : [String(given.page)]),
    ],
    link: (given) => [
      ...options(given, { lanes: '--lane', page: '--select' }),
      ...options({ at: given.at ?? given.event }, { at: '--at' }),
    ],
  },
  {
    name: 'search',
    title: 'The shortest log at which lanes part, or at which something else happens',
    description:
      'Tries every log up to a depth, shortest first, and prints the first that does what is looked for: lanes part (default), a message of the kernel, a crash, a reason, a decision of vm_normal_page(), a broken invariant. "None" is a proof for these events up to that depth.',
    ofLog: false,
    properties: {
      lanes: lanes('x86_64 and arm'),
      depth: count(1, 4, 'events of a log, at most (default: 2); 3 takes seconds, 4 often more than is allowed'),
      goal: {
        type: 'string',
        pattern: `^(parts|message|crash|signal|hang|invariant|(message|reason|decision|invariant):[A-Za-z0-9_.-]{1,80})$`,
        description: `what is looked for: ${GOAL_FORMS.join(', ')} (default: parts)`,
      },
      per_cause: flag('go on behind the first: a shortest log for each cause'),
      events: words('only events of these types', 40),
      pages: count(1, 4, 'pages of a mapping (default: 2)'),
      frames: words('frames that the driver maps (default: ["P0","D0"])', 8),
      mappings: count(1, 2, 'mappings there can be at once (default: 1)'),
      states: count(1, 200_000, 'stop when so many states were met (default: 50000)'),
    },
    args: (given) => [
      'search',
      ...options(
        { depth: 2, states: 50_000, ...given },
        {
          ...{ lanes: '--lane', depth: '--depth', goal: '--goal', per_cause: '--per-cause', events: '--events' },
          ...{ pages: '--pages', frames: '--frames', mappings: '--mappings', states: '--states' },
        },
      ),
    ],
    link: 'found',
  },
  {
    name: 'shrink',
    title: 'The smallest form of a log at which lanes still part for the same cause',
    description:
      'Leaves out events and makes those that stay simpler, as long as the lanes part for the same cause, or "keep" still happens. The result is minimal: no event can go, no member be simpler.',
    ofLog: true,
    properties: {
      lanes: COMPARED,
      event: count(1, 1_000_000, 'keep why the lanes part at this event (default: the first at which they do)'),
      keep: {
        type: 'string',
        pattern: `^(parts|message|crash|signal|hang|invariant|(message|reason|decision|invariant):[A-Za-z0-9_.-]{1,80})$`,
        description: `keep something else instead: ${GOAL_FORMS.join(', ')}`,
      },
    },
    args: (given) => ['shrink', '-', ...options(given, { lanes: '--lane', event: '--event', keep: '--keep' })],
    link: 'found',
  },
  {
    name: 'advise',
    title: 'Which call and which flags a driver maps its memory with',
    description:
      'For a kind of memory and what has to work on it: every way of mapping it (call, hook, flags) is played with the events of each need on each lane, and the best ways are told, with what each fails at and why, and the code of the first.',
    ofLog: false,
    properties: {
      memory: {
        type: 'string',
        pattern: `^(${MEMORY_FORMS.map(([name]) => name.replace('ORDER', '[1-9]')).join('|')})$`,
        description: `what is mapped: ${MEMORY_FORMS.map(([name, words]) => `${name} (${words})`).join(', ')}`,
      },
      scattered: flag('its frames do not lie side by side'),
      populate: { type: 'string', enum: POPULATE, description: 'when pages are mapped (default: any)' },
      map: { type: 'string', enum: MAPS, description: 'how processes may map it (default: shared)' },
      read_only: flag('processes map it for reading alone'),
      needs: {
        type: 'array',
        items: { type: 'string', enum: NEEDS.map(({ name }) => name) },
        maxItems: NEEDS.length,
        uniqueItems: true,
        description: `what has to work on it: ${NEEDS.map(({ name, words }) => `${name} (${words})`).join('; ')}`,
      },
      lanes: lanes('x86_64, arm64, arm, m68k'),
      kernels,
      ways: count(1, 10, 'how many ways are told (default: 3)'),
      code: flag("with the driver's code of the best way"),
    },
    required: ['memory'],
    args: (given) => [
      'advise',
      ...options(
        { ways: 3, ...given },
        {
          ...{ memory: '--memory', scattered: '--scattered', populate: '--populate', map: '--map' },
          ...{ read_only: '--read-only', needs: '--need', ...LANES, ways: '--ways' },
        },
      ),
      ...(given.code === true ? [] : ['--no-skeleton']),
    ],
  },
  {
    name: 'kernel_diff',
    title: 'What a driver author must know who goes from one kernel to another',
    description:
      'The differences between two kernels in what concerns mappings of drivers and vm_normal_page(): calls that went, flags, behaviour, each with the commit that made it and how it is known (proven by transcripts, read in the source, reported).',
    ofLog: false,
    properties: {
      from: kernel('the kernel that is left: "6.12"'),
      to: kernel('the kernel that is gone to: "7.3"'),
      arch: kernel('only what concerns this architecture'),
    },
    required: ['from', 'to'],
    args: (given) => [
      'kernel',
      'diff',
      ...options(given, { arch: '--arch' }),
      '--',
      String(given.from),
      String(given.to),
    ],
  },
  {
    name: 'link',
    title: 'A link to the page that holds the whole log, and what of it is to be seen',
    description:
      'A link to put into a mail: the page steps through the log on all lanes. The log is in the part of the link behind #, which no browser sends anywhere.',
    ofLog: true,
    properties: {
      lanes: COMPARED,
      at: { ...at, description: 'after this many events (default: where the lanes part)' },
      select: { ...page, description: 'a page or a frame: "ring[2]", "P0"' },
      differs: flag('only what differs'),
    },
    args: (given) => ['link', '-', ...options(given, { ...SEEN, select: '--select', differs: '--differs' })],
  },
];

/** All tools; `files`: logs may be named by their paths. */
export function toolsOf(files: boolean): Tool[] {
  return TOOLS.map(({ properties, required = [], ...tool }) => {
    const own = tool.ofLog ? { ...logProperties(files), ...properties } : properties;
    const needed = tool.ofLog && !files ? ['log', ...required] : required;
    return { ...tool, inputSchema: schemaOf({ ...own, ...(tool.name === 'link' ? {} : fromLine) }, needed) };
  });
}

/** The tools as a table. */
export function toolLines(tools: readonly Tool[]): string[] {
  return table(
    tools.map(({ name, title }) => [name, title]),
    { wrapLast: true },
  );
}
