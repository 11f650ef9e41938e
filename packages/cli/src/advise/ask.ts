// SPDX-License-Identifier: GPL-2.0-or-later
/** Asks step by step for what the options of `specialbit advise` leave open. Loaded at a terminal only. */
import { checkbox, confirm, number, select } from '@inquirer/prompts';
import { MEMORY_FORMS, NEEDS } from '@specialbit/advice';
import type { AdviseOptions } from './options.js';

/** The kinds whose frames the driver's author may have in any order. */
const SCATTERS = new Set(['device', 'pages', 'reserved', 'page-cache', 'dma-buf']);

export async function askFor(given: AdviseOptions): Promise<AdviseOptions & { readonly memory: string }> {
  const kind = await select({
    message: 'What is mapped?',
    choices: MEMORY_FORMS.map(([value, description]) => ({ value, description })),
  });
  const order = kind.endsWith(':ORDER')
    ? await number({ message: 'Of which order?', default: 2, min: 1, max: 9, required: true })
    : undefined;
  const memory = kind.replace(/ORDER$/, String(order));
  const scattered =
    given.scattered ?? (SCATTERS.has(memory) && !(await confirm({ message: 'Do its frames lie side by side?' })));
  const populate =
    given.populate !== 'any'
      ? given.populate
      : await select({
          message: 'When are pages mapped?',
          choices: [
            { value: 'any' as const, description: 'whatever is best' },
            { value: 'mmap' as const, description: 'at once, in ->mmap or ->mmap_prepare' },
            { value: 'fault' as const, description: 'when they are touched' },
            { value: 'later' as const, description: 'when the driver wants, from an ioctl' },
          ],
        });
  const map = await select({
    message: 'How may processes map it?',
    choices: (['shared', 'private', 'both'] as const).map((value) => ({ value })),
  });
  const need =
    given.need ??
    (await checkbox({
      message: 'What has to work on it?',
      choices: NEEDS.filter(({ name }) => name !== 'use').map(({ name, words }) => ({
        value: name,
        description: words,
      })),
      pageSize: 12,
    }));
  const kernel = given.kernel ?? (await select({ message: 'On which kernels?', choices: KERNELS }));
  return { ...given, memory, scattered, populate, map, need, ...(kernel.length === 0 ? {} : { kernel }) };
}

const KERNELS: readonly { readonly name: string; readonly value: string[] }[] = [
  { name: 'the newest that is proven', value: [] },
  { name: '6.12 and 7.3', value: ['6.12,7.3'] },
  { name: 'all that are proven', value: ['all'] },
];
