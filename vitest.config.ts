// SPDX-License-Identifier: GPL-2.0-or-later
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const packages = [
  'events',
  'core',
  'arch-x86',
  'arch-nospecial',
  'arch-special',
  'conformance',
  'transcripts',
  'workloads',
  'importers',
  'view',
  'search',
  'advice',
  'scan',
  'queue',
  'corpus',
  'decode',
  'lab',
  'lsp',
  'viewer',
  'cli',
];

/** Tests run on the sources of every package, so that they need no build and coverage names real lines. */
const alias = [
  { find: /^@specialbit\/events\/node$/, replacement: path('./packages/events/src/node/index.ts') },
  { find: /^@specialbit\/events\/schema$/, replacement: path('./packages/events/src/schema/index.ts') },
  { find: /^@specialbit\/advice\/atlas$/, replacement: path('./packages/advice/src/atlas/index.ts') },
  { find: /^@specialbit\/view\/escape$/, replacement: path('./packages/view/src/escape/index.ts') },
  { find: /^@specialbit\/view\/writing$/, replacement: path('./packages/view/src/writing/index.ts') },
  { find: /^@specialbit\/importers\/node$/, replacement: path('./packages/importers/src/node/index.ts') },
  { find: /^@specialbit\/core\/kernel$/, replacement: path('./packages/core/src/organs.ts') },
  { find: /^@specialbit\/core\/arch$/, replacement: path('./packages/core/src/arch/index.ts') },
  { find: /^@specialbit\/conformance\/vitest$/, replacement: path('./packages/conformance/src/vitest.ts') },
  ...packages.map((name) => ({
    find: new RegExp(`^@specialbit/${name}$`),
    replacement: path(`./packages/${name}/src/index.ts`),
  })),
];

const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        resolve: { alias },
        test: {
          name,
          root: path(`./packages/${name}`),
          include: ['src/**/*.test.ts'],
          exclude,
          // some play thousands of moments; a busy machine and the measuring of coverage slow them down
          testTimeout: 60_000,
        },
      })),
      {
        resolve: { alias },
        test: {
          name: 'test',
          root: path('./test'),
          include: ['**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    passWithNoTests: true,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.testkit.ts', '**/bin.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportOnFailure: true,
    },
  },
});
