// SPDX-License-Identifier: GPL-2.0-or-later
/** tree-sitter's grammar of C: reads what is there, whatever macros and #if make of it. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { InternalError } from '@specialbit/events';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { readable } from './readable.js';

export type { Node };

export interface CParser {
  /** The tree of a source; `read` must be done with it when it returns. */
  parse<T>(text: string, read: (root: Node) => T): T;
}

/** Loads the grammar once. */
export async function cParser(): Promise<CParser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar()));
  return {
    parse(text, read) {
      const tree = parser.parse(readable(text));
      if (tree === null) throw new InternalError('no tree without a language');
      try {
        return read(tree.rootNode);
      } finally {
        tree.delete();
      }
    },
  };
}

/** The compiled grammar: beside this module where that was bundled into a command, else in its package. */
function grammar(): string {
  const beside = fileURLToPath(new URL('./tree-sitter-c.wasm', import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm');
}
