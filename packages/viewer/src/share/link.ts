// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Links. The part behind `#` is `v=1` and members in the form of a query, so that nothing of a log reaches a server: `log`
 * (deflate-raw, base64url), `file`, `lanes` (with commas), `at`, `select`, and `show` with the switches that are not as
 * they are by default. Instead of a log `decode` has a value, or `paste` a longer text (packed as a log is), and `level`
 * the level of the page table. `seen` has what real kernels did with the log's events. Unknown members are left out, as a newer version may have more; a newer `v` is refused.
 */
import { lookup } from '@specialbit/events';
import { InputError } from '@specialbit/view';
import { fromBase64url, toBase64url } from './base64url.js';
import { deflate, inflate } from './deflate.js';
import { decodeSeen, encodeSeen } from './seen.js';
import { EMPTY, PLAIN, type Switches, type ViewState } from './view-state.js';

/** The version that is written. */
export const LINK_VERSION = 1;

/** What a switch is called in `show`; a name with `-` before it is off. */
const NAMES: Readonly<Record<keyof Switches, string>> = {
  differs: 'differs',
  alike: 'alike',
  edit: 'edit',
  embed: 'embed',
};

/** The log as a link holds it. */
export async function packLog(log: string): Promise<string> {
  return toBase64url(await deflate(new TextEncoder().encode(log)));
}

/** The part of an address behind `#`. `pack`: for who has the log packed already. */
export async function encodeLink(state: ViewState, pack = packLog): Promise<string> {
  const members: [string, string][] = [['v', String(LINK_VERSION)]];
  if (state.file !== '') members.push(['file', state.file]);
  if (state.lanes !== null) members.push(['lanes', state.lanes.join(',')]);
  if (state.at !== null) members.push(['at', String(state.at)]);
  if (state.select !== null) members.push(['select', state.select]);
  const show = switchNames(state.switches);
  if (show !== '') members.push(['show', show]);
  if (state.level !== null) members.push(['level', state.level]);
  if (state.seen.length > 0) members.push(['seen', encodeSeen(state.seen)]);
  if (state.decode !== null) {
    if (PLAIN_TEXT.test(state.decode)) members.push(['decode', state.decode]);
    else members.push(['paste', await packLog(state.decode)]);
  }
  if (state.log !== '') members.push(['log', await pack(state.log)]);
  return members.map(([name, value]) => `${name}=${escaped(value)}`).join('&');
}

/** What is as short as it stands: values, with commas. */
const PLAIN_TEXT = /^[\w,]{0,120}$/;

/** As short as an address allows: brackets, commas, colons and slashes stay. */
function escaped(text: string): string {
  // half of a pair is no character, and has no code
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /%(?:2C|3A|2F|40|5B|5D)/g,
    decodeURIComponent,
  );
}

function switchNames(switches: Switches): string {
  return (Object.keys(NAMES) as (keyof Switches)[])
    .filter((name) => switches[name] !== PLAIN[name])
    .map((name) => (switches[name] ? NAMES[name] : `-${NAMES[name]}`))
    .join(',');
}

/** A whole link, or what is behind its `#`. Throws InputError for what is no link, or damaged, or of a newer version. */
export async function decodeLink(link: string): Promise<ViewState> {
  const hash = link.includes('#') ? link.slice(link.indexOf('#') + 1) : link;
  const members = new Map(
    hash
      .split('&')
      .filter((part) => part.includes('='))
      .map((part) => [part.slice(0, part.indexOf('=')), decoded(part.slice(part.indexOf('=') + 1))]),
  );
  const version = members.get('v');
  if (version === undefined) throw new InputError('input.link', 'link: expected #v=1&..., found no version');
  const upgrade = UPGRADES[version];
  if (upgrade === undefined)
    throw new InputError('input.link', `link: v: expected at most ${LINK_VERSION}, found ${JSON.stringify(version)}`);
  return await upgrade(members);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError('input.link', 'link: expected escapes such as %20, found a damaged one');
  }
}

/** From the members of each version that ever was to a state. */
const UPGRADES: Readonly<Record<string, (members: ReadonlyMap<string, string>) => Promise<ViewState>>> = lookup({
  __proto__: null as never,
  '1': readFirst,
});

const readSeen = (text: string | undefined): ViewState['seen'] => (text === undefined ? [] : decodeSeen(text));

const LEVELS: ReadonlySet<string> = new Set(['pte', 'pmd', 'pud', 'p4d', 'pgd']);

async function readFirst(members: ReadonlyMap<string, string>): Promise<ViewState> {
  const log = members.get('log');
  const paste = members.get('paste');
  const at = members.get('at');
  if (at !== undefined && !/^\d{1,9}$/.test(at))
    throw new InputError('input.link', `link: at: expected a number of events, found ${JSON.stringify(at)}`);
  const level = members.get('level') ?? null;
  if (level !== null && !LEVELS.has(level))
    throw new InputError(
      'input.link',
      `link: level: expected pte, pmd, pud, p4d or pgd, found ${JSON.stringify(level)}`,
    );
  return {
    ...EMPTY,
    file: members.get('file') ?? '',
    log: log === undefined ? '' : await readPacked('log', log),
    lanes: members.get('lanes')?.split(',') ?? null,
    at: at === undefined ? null : Number(at),
    select: members.get('select') ?? null,
    switches: readSwitches(members.get('show') ?? ''),
    decode: members.get('decode') ?? (paste === undefined ? null : await readPacked('paste', paste)),
    level,
    seen: readSeen(members.get('seen')),
  };
}

async function readPacked(member: string, text: string): Promise<string> {
  const packed = fromBase64url(text);
  const bytes = packed === undefined ? undefined : await inflate(packed);
  if (bytes === undefined)
    throw new InputError(
      'input.link',
      `link: ${member}: expected deflate-raw as base64url; the link is damaged or cut off`,
    );
  return new TextDecoder().decode(bytes);
}

function readSwitches(text: string): Switches {
  const given = text.split(',');
  const read = (name: keyof Switches): boolean =>
    given.includes(NAMES[name]) || (PLAIN[name] && !given.includes(`-${NAMES[name]}`));
  return { differs: read('differs'), alike: read('alike'), edit: read('edit'), embed: read('embed') };
}
