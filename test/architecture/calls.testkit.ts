// SPDX-License-Identifier: GPL-2.0-or-later
/** What a function of core/src/kernel asks and calls, read from the source: by name, over every branch. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PACKAGES, sourcesOf } from './imports.testkit.js';

export const KERNEL = join(PACKAGES, 'core/src/kernel');

/** `file#name` of a function; methods of the Kernel are functions of its file. */
export type FunctionId = string;

export interface KernelFunction {
  readonly id: FunctionId;
  readonly name: string;
  readonly file: string;
  readonly exported: boolean;
  /** The comment directly before it. */
  readonly comment: string;
  readonly body: string;
}

interface SourceFile {
  readonly text: string;
  /** Name here -> the function that it is. */
  readonly names: Map<string, FunctionId>;
}

const FUNCTION =
  /(?:^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^(export )?(?:function (\w+)[<(][\s\S]*?^\}|const (\w+) = rewritten\b[\s\S]*?\}\);$)/gm;
const METHOD =
  /(?:^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^ {2}(?:private )?(?:get )?(\w+)\([^\n]*\{\n[\s\S]*?^ {2}\}/gm;

export class KernelCalls {
  readonly functions = new Map<FunctionId, KernelFunction>();
  private readonly files = new Map<string, SourceFile>();

  constructor(root: string = KERNEL) {
    for (const file of sourcesOf(root)) {
      const text = readFileSync(join(root, file), 'utf8');
      const names = new Map<string, FunctionId>();
      for (const [body, comment = '', exported, declared, rewritten] of text.matchAll(FUNCTION)) {
        const name = declared ?? rewritten;
        this.add({ id: `${file}#${name!}`, name: name!, file, exported: exported !== undefined, comment, body }, names);
      }
      if (file === 'base/kernel.ts') {
        for (const [body, comment = '', name] of text.matchAll(METHOD)) {
          this.add({ id: `${file}#${name!}`, name: name!, file, exported: true, comment, body }, new Map());
        }
      }
      this.files.set(file, { text, names });
    }
    for (const [file, { text, names }] of this.files) {
      for (const [, list, specifier] of text.matchAll(/^import \{([^}]*)\} from '(\.[^']+)'/gm)) {
        const target = relative(root, resolve(dirname(join(root, file)), specifier!.replace(/\.js$/, '.ts')));
        for (const part of list!.split(',')) {
          const [name, alias = name] = part.trim().split(' as ');
          if (this.functions.has(`${target}#${name}`)) names.set(alias!, `${target}#${name}`);
        }
      }
    }
  }

  private add(f: KernelFunction, names: Map<string, FunctionId>): void {
    this.functions.set(f.id, f);
    names.set(f.name, f.id);
  }

  named(name: string): FunctionId[] {
    return [...this.functions.values()].filter((f) => f.name === name).map(({ id }) => id);
  }

  /** The functions that a piece of `file` names. */
  calledIn(text: string, file: string): Set<FunctionId> {
    const called = new Set<FunctionId>();
    const { names } = this.files.get(file)!;
    for (const [word] of text.matchAll(/(?<![.\w])\w+/g)) {
      const id = names.get(word);
      if (id !== undefined) called.add(id);
    }
    for (const [, word] of text.matchAll(/\bk\.(\w+)|\bthis\.(\w+)/g)) {
      const id = `base/kernel.ts#${word}`;
      if (this.functions.has(id)) called.add(id);
    }
    return called;
  }

  /** What is asked on every way from a piece of text on; calls of `stops` are noted and not followed. */
  asked(
    text: string,
    file: string,
    stops: ReadonlyMap<FunctionId, string>,
  ): {
    readonly features: string[];
    readonly facts: string[];
    readonly through: string[];
    readonly functions: string[];
  } {
    const features = new Set<string>();
    const facts = new Set<string>();
    const through = new Set<string>();
    const seen = new Set<FunctionId>();
    const visit = (body: string, where: string): void => {
      for (const [, name] of body.matchAll(/\bfeature\.(\w+)/g)) features.add(name!);
      // a function in two forms asks which one it is
      for (const [, name] of body.matchAll(/= rewritten\b[^(]*\(\s*'(\w+)'/g)) features.add(name!);
      for (const [, name] of body.matchAll(/\bfacts\.(\w+)/g)) facts.add(name!);
      for (const id of this.calledIn(body, where)) {
        const stop = stops.get(id);
        if (stop !== undefined) through.add(stop);
        else if (!seen.has(id)) {
          seen.add(id);
          const f = this.functions.get(id)!;
          visit(f.body, f.file);
        }
      }
    };
    visit(text, file);
    const sorted = (set: Set<string>): string[] => [...set].sort();
    return { features: sorted(features), facts: sorted(facts), through: sorted(through), functions: sorted(seen) };
  }
}
