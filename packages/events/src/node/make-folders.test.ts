// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolders } from './make-folders.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-folders-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes what is missing, and nothing where all is there', () => {
  const deep = join(folder, 'a/b/c');
  makeFolders(deep, 0o700);
  makeFolders(deep);
  expect(statSync(deep).mode & 0o777).toBe(0o700);
});

it('says what is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeFolders(join(folder, 'file/below'))).toThrow('ENOTDIR');
});

it.skipIf(!existsSync('/proc/self'))('comes back where a file system has no folders of ours', () => {
  expect(() => makeFolders('/proc/specialbit/below')).toThrow('ENOENT');
});
