// SPDX-License-Identifier: GPL-2.0-or-later
/** An event on one line, as one would say it: `write ring[1] value=7`. */
import { encodeEvent, type Json, type LogEvent } from '@specialbit/events';

/** Members whose name says nothing that the value does not. */
const BARE = new Set(['label', 'at', 'frame', 'op', 'prot', 'flags', 'advice']);

/** The event in the words of the log, without what is default. */
export function eventText(event: LogEvent): string {
  const { type, mm, ...rest } = encodeEvent(event) as Record<string, Json>;
  const words = [String(event.type === 'access' ? event.op : type)];
  const { op, at, label, ...members } = rest;
  // what it acts on comes first
  for (const place of [at, label]) if (place !== undefined) words.push(String(place));
  if (op !== undefined && event.type !== 'access') words.push(String(op));
  for (const [name, value] of Object.entries(members)) {
    const text = valueText(value);
    // of an expectation, false says something
    if ((value === false && type !== 'expect') || text === '') continue;
    words.push(value === true ? name : BARE.has(name) ? text : `${name}=${text}`);
  }
  const who = mm === undefined || mm === 0 ? '' : `mm ${mm}: `;
  return who + words.join(' ');
}

function valueText(value: Json): string {
  if (Array.isArray(value)) return value.map(callText).join(', ');
  if (typeof value === 'object' && value !== null) return objectText(value as Record<string, Json>);
  return String(value);
}

/** `fault:vmf_insert_pfn(D0)`. */
function objectText(value: Record<string, Json>): string {
  const { do: what, ...rest } = value;
  const members = Object.entries(rest)
    .filter(([, member]) => member !== false)
    .map(([name, member]) =>
      member === true ? name : BARE.has(name) ? valueText(member) : `${name}:${valueText(member)}`,
    );
  if (what === undefined) return members.join(',');
  return members.length === 0 ? String(what) : `${what}(${members.join(',')})`;
}

/** A driver's call inside an mmap: `vm_insert_page([1] P1)`. */
function callText(value: Json): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return String(value);
  const { type, ...rest } = value as Record<string, Json>;
  const words = Object.entries(rest)
    .filter(([, member]) => member !== false)
    .map(([name, member]) => (BARE.has(name) ? valueText(member) : `${name}=${valueText(member)}`));
  return `${type}(${words.join(' ')})`;
}
