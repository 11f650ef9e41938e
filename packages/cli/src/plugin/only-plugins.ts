// SPDX-License-Identifier: GPL-2.0-or-later
import { addArchitectures, builtInOnly } from '../architectures.js';
import { InputError } from '../failure.js';
import { loadPlugin } from './load-plugin.js';

/** From now on what is built in and the architectures of these plugins are known, and no others. Throws InputError. */
export async function onlyPlugins(plugins: readonly string[]): Promise<void> {
  builtInOnly();
  for (const plugin of plugins) {
    const clash = addArchitectures(await loadPlugin(plugin), plugin);
    if (clash !== undefined) throw new InputError('input.plugin', `${plugin}: ${clash}`);
  }
}
