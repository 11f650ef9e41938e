// SPDX-License-Identifier: GPL-2.0-or-later
/** What can be written into a log: the words of the format, and the names that the log and its machine have. */
import type { LaneOptions } from '@specialbit/core';
import {
  EVENT_MEMBERS,
  EVENT_TYPES,
  EVENT_WORDS,
  type LogHeader,
  MAP_FLAGS,
  MREMAP_FLAGS,
  SETTING_NAMES,
  SETTING_WORDS,
  VM_FLAGS,
} from '@specialbit/events';
import type { Cursor } from './cursor.js';

/** Words of the format, for an editor. */
export interface LogWords {
  readonly types: readonly string[];
  /** Members of the events of each type. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Of members whose values are one of a few words, by the event's type. */
  readonly values: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly flags: readonly string[];
  readonly labels: readonly string[];
  readonly frames: readonly string[];
  readonly files: readonly string[];
  readonly lanes: readonly string[];
  /** Names of the kernel's settings that a header has, by its member. */
  readonly settings: Readonly<Record<'thp' | 'hugetlb', readonly string[]>>;
  /** Words that a setting takes, by its name, `*` for the folder of a size; none where it is a number. */
  readonly settingWords: Readonly<Record<string, readonly string[]>>;
}

/** Of a log and one of its lanes, and of the architectures that there are. `text`: of the whole log. */
export function logWords(
  header: LogHeader,
  lane: LaneOptions | undefined,
  lanes: readonly string[],
  text: string,
): LogWords {
  // of lines that cannot be read as well: one of them is being written
  const labels = [...text.matchAll(/"label"\s*:\s*"([^"\\]+)"/g)].map(([, label]) => label!);
  return {
    types: EVENT_TYPES,
    members: EVENT_MEMBERS,
    values: EVENT_WORDS,
    settings: SETTING_NAMES,
    settingWords: SETTING_WORDS,
    files: Object.keys(header.files ?? {}),
    lanes,
    flags: [...Object.keys(VM_FLAGS), ...Object.keys(MAP_FLAGS), ...Object.keys(MREMAP_FLAGS)],
    labels: [...new Set(labels)],
    frames: framesOf(lane),
  };
}

/** Frames within a block that are named: the others are counted on. */
const WITHIN = 8;

/** Labelled frames, and of a block `C0`, `C0+1` and so on. */
function framesOf(lane: LaneOptions | undefined): string[] {
  const { frames = {}, blocks = {} } = lane?.machine ?? {};
  return Object.keys(frames).flatMap((label) => {
    const pages = Object.hasOwn(blocks, label) ? 2 ** blocks[label]!.order : 1;
    return [label, ...Array.from({ length: Math.min(pages, WITHIN) - 1 }, (_, i) => `${label}+${i + 1}`)];
  });
}

/** Names that a member of an object may have as its value, where it is none of a few words whatever else the object has. */
export function namesFor(
  member: string,
  words: Omit<LogWords, 'values' | 'members'>,
  { type, texts, path }: Pick<Cursor, 'type' | 'texts' | 'path'>,
): readonly string[] {
  const { settingWords } = words;
  if (type === 'tune' && member === 'value') return wordsOfSetting(settingWords, texts.get('key'));
  if (type === undefined && path.length === 1 && path[0] === 'thp') return wordsOfSetting(settingWords, member);
  if (type === undefined && path.length === 0 && member === 'thp') return wordsOfSetting(settingWords, 'enabled');
  if (/flags$|^set$|^clear$/.test(member)) return flagsFor(member, words.flags, type);
  if (member === 'type') return words.types;
  if (/^frames?$|^maps$|^vm_pgoff$|^find_special_page$/.test(member)) return words.frames;
  if (/^at$|^to$|^mapped_at$|^label$/.test(member)) return words.labels;
  if (member === 'file') return words.files;
  return /^arch$|^on$/.test(member) ? words.lanes : [];
}

/** What is written to a file of settings: `always` to `enabled`; nothing where it is a number, or no such file. */
function wordsOfSetting(words: LogWords['settingWords'], name = ''): readonly string[] {
  const known = Object.hasOwn(words, name) ? name : name.replace(/^hugepages-[^/]+/, '*');
  return Object.hasOwn(words, known) ? words[known]! : [];
}

/** Members of an object of the header, where what they are called comes from the kernel's settings. */
export function settingsAt({ settings }: Pick<LogWords, 'settings'>, { path, type }: Cursor): readonly string[] {
  const [part] = path;
  return path.length === 1 && type === undefined && (part === 'thp' || part === 'hugetlb') ? settings[part] : [];
}

/** Flags of mappings are those of VMAs, of system calls those of the call. */
function flagsFor(member: string, flags: readonly string[], type: string | undefined): readonly string[] {
  const ofVmas = member !== 'flags' || type?.startsWith('vm_flags_') === true;
  const prefix = ofVmas ? 'VM_' : type === 'mremap' ? 'MREMAP_' : 'MAP_';
  return flags.filter((name) => name.startsWith(prefix));
}
