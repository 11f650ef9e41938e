// SPDX-License-Identifier: GPL-2.0-or-later
import { expect, test } from 'vitest';
import { stepsOf } from './fuzz.js';

test('steps of a script are written as transcripts have them', () => {
  const lines = ['mmap mm=0 v=0 p=0 n=2 prot=rw share=p file=dev pre=flags;set=PFNMAP', 'write mm=1 v=0 p=1 val=-3'];
  expect(stepsOf(new Map([['s', lines]]))).toBe(
    [
      '{"scenario":"s","seq":0,"mm":0,"op":{"name":"mmap","v":0,"p":0,"n":2,"prot":"rw","share":"p","file":"dev","pre":"flags;set=PFNMAP"}}',
      '{"scenario":"s","seq":1,"mm":1,"op":{"name":"write","v":0,"p":1,"val":-3}}',
      '',
    ].join('\n'),
  );
});
