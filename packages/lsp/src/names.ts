// SPDX-License-Identifier: GPL-2.0-or-later
/** Names in the lines of a log: labels of mappings, frames and files, where they are given and where they are used. */
import { lineNodes } from '@specialbit/view/writing';

export type NameKind = 'mapping' | 'frame' | 'file';

/** A name where it stands in a line. */
export interface NameAt {
  readonly kind: NameKind;
  readonly name: string;
  /** It is given here, not used. */
  readonly gives: boolean;
  /** Offsets in the line, without quotes and without the page behind it. */
  readonly from: number;
  readonly to: number;
}

const PLACES: ReadonlySet<string> = new Set(['at', 'to', 'mapped_at']);
const FRAMES: ReadonlySet<string> = new Set(['frame', 'find_special_page', 'maps', 'vm_pgoff']);
const LABEL = /^[A-Za-z_][A-Za-z0-9_.:/@-]*/;
const FRAME = /^[A-Za-z_][A-Za-z0-9_]*/;

/** A line, and what it was read as. */
interface NamedLine {
  readonly text: string;
  readonly kind: 'header' | 'event' | 'bad' | 'none';
}

/** Names in a line, in the order of the text; of one with escapes within a name, without those. */
export function namesIn({ text, kind }: NamedLine): NameAt[] {
  if (kind === 'none') return [];
  const names: NameAt[] = [];
  for (const node of lineNodes(text)) {
    const { key, parent, keyFrom, keyTo, from, to } = node;
    if (keyFrom >= 0 && kind === 'header') {
      const given = givenInHeader(parent);
      if (given !== undefined && text.slice(keyFrom + 1, keyTo - 1) === key)
        names.push({ kind: given, name: key, gives: true, from: keyFrom + 1, to: keyTo - 1 });
    }
    if (node.kind !== 'string' || text.slice(from + 1, to - 1) !== node.text) continue;
    const use = useOf(key, parent, node.text);
    if (use !== undefined) names.push({ ...use, from: from + 1, to: from + 1 + use.name.length });
  }
  return names;
}

function givenInHeader(parent: string): NameKind | undefined {
  if (parent === 'files') return 'file';
  return parent === 'blocks' || /^machine\..+\.(?:frames|blocks)$/.test(parent) ? 'frame' : undefined;
}

function useOf(key: string, parent: string, text: string): Omit<NameAt, 'from' | 'to'> | undefined {
  const holder = /(\w+)$/.exec(parent)?.[1] ?? '';
  if (key === 'label') {
    if (parent === '') return { kind: 'mapping', name: text, gives: true };
    if (PLACES.has(holder)) return text === '' ? undefined : { kind: 'mapping', name: text, gives: false };
    return FRAMES.has(holder) ? { kind: 'frame', name: text, gives: false } : undefined;
  }
  if (PLACES.has(key)) return named('mapping', LABEL.exec(text)?.[0]);
  if (FRAMES.has(key)) return named('frame', FRAME.exec(text)?.[0]);
  return key === 'file' ? named('file', text) : undefined;
}

const named = (kind: NameKind, name: string | undefined): Omit<NameAt, 'from' | 'to'> | undefined =>
  name === undefined || name === '' ? undefined : { kind, name, gives: false };
