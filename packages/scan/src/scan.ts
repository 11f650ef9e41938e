// SPDX-License-Identifier: GPL-2.0-or-later
/** Sources of drivers, read and judged. */
import type { CParser, Node } from './c/parser.js';
import { type Archetype, archetypesOf, type Understood, understood } from './driver/archetype.js';
import { gemDefaults, underGem } from './driver/gem.js';
import { mapLaterOf, withLater } from './driver/kept.js';
import {
  type CFile,
  type Finders,
  type Mapping,
  mappingOf,
  mappingsOf,
  orphanOps,
  readFile,
  type VmOps,
  vmOpsOf,
} from './driver/mappings.js';
import { type NamedHandler, namedHandlers } from './driver/named-handlers.js';
import { findersOf } from './driver/read-tree.js';
import type { Judge } from './findings/judge.js';
import type { Finding } from './findings/rule.js';
import { type Works, worksOn } from './model/works.js';

/** Files without any of these words have nothing to do with mappings. */
const WORDS =
  /\b(vm_operations_struct|vm_area_struct|vm_area_desc|vm_fault|drm_gem_mmap|(DEFINE_)?DRM_(GEM(_DMA)?|ACCEL)_FOPS)\b/;

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface ScannedMapping {
  readonly file: string;
  readonly mapping: Mapping;
  readonly archetypes: readonly Archetype[];
  readonly understood: Understood;
  /** For each archetype, where it was asked for and the model can play it. */
  readonly works: readonly (readonly Works[] | undefined)[];
  readonly findings: readonly Finding[];
}

/** A file that was not looked at. */
export interface LeftOut {
  readonly file: string;
  readonly why: string;
}

export interface Scan {
  /** Files that were looked at, and those that have to do with mappings. */
  readonly files: number;
  readonly read: number;
  readonly mappings: readonly ScannedMapping[];
  /** Tables of handlers whose `->mmap` is not here. */
  readonly orphans: readonly VmOps[];
  readonly left: readonly LeftOut[];
}

/** Reads sources one after the other: none is kept. */
export class Reader {
  private readonly kept: CFile[] = [];
  readonly left: LeftOut[] = [];
  /** Tables of files that have nothing else to do with mappings. */
  private readonly named: NamedHandler[] = [];
  files = 0;

  constructor(private readonly parser: CParser) {}

  /** Looks at a source, or leaves it out. */
  add({ path, text }: Source): void {
    if (text.includes('\0')) return this.leave(path, 'no text: it has NUL bytes');
    if (WORDS.test(text)) {
      const file = this.parser.parse(text, (root) =>
        isDeeper(root, DEEPEST) ? undefined : readFile(path, root, text),
      );
      if (file === undefined) return this.leave(path, `nested more than ${DEEPEST} levels deep`);
      this.kept.push(file);
    } else this.named.push(...namedHandlers(path, text));
    this.files++;
  }

  /** Notes what cannot be looked at. */
  leave(file: string, why: string): void {
    this.left.push({ file, why });
  }

  private mappings(file: CFile, finders: Finders): Mapping[] {
    const made = [...mappingsOf(file, finders), ...gemDefaults(file, finders.ops)];
    const around = { files: this.kept, named: this.named, find: finders.find };
    return made.map((mapping) => underGem(mapping, file, around));
  }

  /** Mappings of handlers that only tables of other files name, each with the file that has it. */
  private namedElsewhere(known: readonly Mapping[], finders: Finders): { file: CFile; made: Mapping[] }[] {
    const files = new Map(this.kept.map((file) => [file.path, file]));
    const seen = new Set(known.map(({ mmap: { place } }) => `${place.file}:${place.line}`));
    return this.named.flatMap((one) => {
      const found = finders.find(one.value, one.path);
      const file = found && files.get(found.file);
      if (found === undefined || file === undefined) return [];
      const at = `${found.file}:${found.fn.line}`;
      if (seen.has(at)) return [];
      seen.add(at);
      return [{ file, made: [mappingOf(one, { path: one.path, members: [] }, finders)] }];
    });
  }

  /** `wants`: whether what works is to be found out, of so many mappings. */
  scan(judge: Judge, wants: (mappings: number) => boolean = () => false): Scan {
    const finders = findersOf(this.kept);
    const own = this.kept.map((file) => ({ file, made: this.mappings(file, finders) }));
    const known = own.flatMap(({ made }) => made);
    const found = [...own, ...this.namedElsewhere(known, finders)];
    const tables = this.kept.flatMap((file) => vmOpsOf(file, finders.find));
    const all = found.flatMap(({ made }) => made);
    const later = mapLaterOf(this.kept, all, tables);
    const works = wants(all.length);
    const mappings: ScannedMapping[] = [];
    const seen = new Set<string>();
    for (const { file, made } of found) {
      for (const mapping of made.map((one) => withLater(one, later))) {
        const archetypes = archetypesOf(mapping);
        const judged = archetypes.flatMap((archetype) => judge.findings({ file, mapping, archetype }));
        const findings = distinct(judged, seen);
        const verdict = understood(mapping, archetypes);
        mappings.push({
          file: file.path,
          mapping,
          archetypes,
          understood: verdict,
          works: works ? archetypes.map((archetype) => worksOn(judge, archetype)) : [],
          findings,
        });
      }
    }
    const orphans = orphanOps(
      tables,
      mappings.map(({ mapping }) => mapping),
    );
    return { files: this.files, read: this.kept.length, mappings, orphans, left: this.left };
  }
}

/** No source that people write comes near: what reads a tree goes down with it. */
const DEEPEST = 1000;

/** Whether some node has so many above it. */
function isDeeper(root: Node, levels: number): boolean {
  const cursor = root.walk();
  try {
    for (let depth = 0; depth <= levels; ) {
      if (cursor.gotoFirstChild()) {
        depth++;
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return false;
        depth--;
      }
    }
    return true;
  } finally {
    cursor.delete();
  }
}

/** Several ways through a handler, and several tables that name one, can lead to one line. */
function distinct(findings: readonly Finding[], seen: Set<string>): Finding[] {
  return findings.filter(({ rule, place }) => {
    const key = `${rule.name} ${place.file}:${place.line}`;
    return !seen.has(key) && seen.add(key);
  });
}
