// SPDX-License-Identifier: GPL-2.0-or-later
import type { Terminal } from '../terminal.js';
import type { DecodeCommandOptions } from './command.js';

export async function decodeListed(
  _text: string,
  _options: DecodeCommandOptions,
  _terminal: Terminal,
): Promise<number | undefined> {
  return undefined;
}
