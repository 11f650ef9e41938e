// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { type Architecture, defineArchitecture } from './architecture.js';
import { createRegistry } from './registry.js';
import { toy } from './toy.testkit.js';

function named(name: string, aliases: readonly string[] = []): Architecture {
  const { pageShift: _, ...layout } = toy;
  return defineArchitecture({
    name,
    aliases,
    family: 'toy',
    title: `Machine ${name}`,
    kconfig: 'TOY',
    source: [],
    bits: 32,
    levels: { pgd: [22, 1024], pte: [12, 1024] },
    TASK_SIZE: 0xc0000000n,
    layout,
    facts: {},
    mmu: { young: 'hardware', dirty: 'hardware' },
  });
}

describe('a registry', () => {
  const toy32 = named('toy32', ['toy']);
  const registry = createRegistry([toy32, named('other')]);
  it('finds by name and alias', () => {
    expect([registry.get('toy32'), registry.get('toy'), registry.find('none')]).toEqual([toy32, toy32, undefined]);
  });
  it('suggests names', () => {
    expect(() => registry.get('toy64')).toThrow("no architecture is called 'toy64'. Close to it: toy32, toy");
    expect(() => registry.get('zx')).toThrow("no architecture is called 'zx'. Known: toy32, other");
  });
  it('refuses a name given twice', () => {
    expect(() => createRegistry([toy32, named('toy')])).toThrow(
      "two architectures are called 'toy': Machine toy32 (toy32) and Machine toy (toy). Rename one of them, or take away the alias",
    );
  });
});
