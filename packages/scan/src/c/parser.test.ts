// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { functionsOf, memberValues } from './functions.js';
import { cParser } from './parser.js';
import { readable } from './readable.js';

const parser = await cParser();

describe('readable', () => {
  it('keeps every line and column', () => {
    const text =
      'static int x __maybe_unused = 1;\nstruct t y = {\n#ifdef A\n\t.a = f,\n#else\n\t.a = g,\n#endif\n};\n';
    const read = readable(text);
    expect(read.split('\n').map((line) => line.length)).toEqual(text.split('\n').map((line) => line.length));
    expect(read).not.toMatch(/__maybe_unused|#/);
  });

  it('leaves conditions alone that hold more than members', () => {
    const text = '#ifdef A\nint f(void);\n#endif\n';
    expect(readable(text)).toBe(text);
  });
});

describe('functionsOf', () => {
  it('has what a function does in order, with the conditions that it stands under', () => {
    const text =
      'static int f(struct vm_fault *vmf)\n{\n\tif (a)\n\t\tg(vmf, h(1));\n\telse\n\t\tx->y = k(vmf);\n\treturn 0;\n}\n';
    const [fn] = parser.parse(text, (root) => functionsOf(root, /vm_fault/));
    expect(fn).toMatchObject({
      name: 'f',
      line: 1,
      isStatic: true,
      parameters: [{ name: 'vmf', type: 'struct vm_fault' }],
    });
    const said = fn!.items.map((item) => [item.kind, item.line, item.guards.map(({ branch }) => branch)]);
    expect(said).toEqual([
      ['condition', 3, []],
      ['call', 4, [0]],
      ['call', 4, [0]],
      ['call', 6, [1]],
      ['assign', 6, [1]],
    ]);
  });

  it('keeps nothing of functions without the types', () => {
    const [fn] = parser.parse('int f(int a) { return g(a); }', (root) => functionsOf(root, /vm_fault/));
    expect(fn!.items).toEqual([]);
  });
});

describe('memberValues', () => {
  it('names the structure, its type and the line', () => {
    const text = 'static const struct ops a = { .x = f, .n = 3 };\nvoid g(void) { b->x = &h; }\n';
    expect(parser.parse(text, memberValues)).toEqual([
      { type: 'struct ops', owner: 'a', member: 'x', value: 'f', line: 1 },
      { type: '', owner: 'b', member: 'x', value: 'h', line: 2 },
    ]);
  });
});
