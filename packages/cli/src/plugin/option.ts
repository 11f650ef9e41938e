// SPDX-License-Identifier: GPL-2.0-or-later
/** `--plugin PATH|PACKAGE`, which every command takes. */
import type { Command } from 'commander';
import { addArchitectures, builtInOnly } from '../architectures.js';
import { list } from '../command-context.js';
import { InputError } from '../failure.js';
import { loadPlugin } from './load-plugin.js';

/** Adds the option to the whole command line, before or behind a command. */
export function addPluginOption(program: Command): void {
  builtInOnly();
  program
    .option('--plugin <module>', 'a JavaScript module or package with architectures; can be repeated', list)
    .hook('preAction', async () => {
      await usePlugins(program.opts<{ plugin?: string[] }>().plugin ?? []);
    });
}

/** From now on the architectures of these plugins are known too. Throws InputError. */
export async function usePlugins(plugins: readonly string[]): Promise<void> {
  for (const plugin of plugins) {
    const clash = addArchitectures(await loadPlugin(plugin), plugin);
    if (clash !== undefined) throw new InputError('input.plugin', `${plugin}: ${clash}`);
  }
}
