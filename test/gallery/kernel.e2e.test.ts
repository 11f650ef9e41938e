// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest';
import { specialbit, temporary } from '../cli/specialbit.testkit.js';

describe('kernel', () => {
  it('lists the kernels, the default marked', async () => {
    const { code, out } = await specialbit(['kernel', 'list']);
    expect(code).toBe(0);
    expect(out).toMatch(/^linux-7\.3 .* the default$/m);
    const { out: json } = await specialbit(['kernel', 'list', '--json']);
    expect(JSON.parse(json).map(({ name }: { name: string }) => name)).toEqual([
      'linux-6.1',
      'linux-6.6',
      'linux-6.8',
      'linux-6.12',
      'linux-6.14',
      'linux-6.16',
      'linux-6.17',
      'linux-6.18',
      'linux-6.19',
      'linux-7.0',
      'linux-7.1',
      'linux-7.2',
      'linux-7.3',
    ]);
  });

  it('tells two apart, within a mail', async () => {
    const { code, out } = await specialbit(['kernel', 'diff', 'linux-6.1', 'linux-6.12']);
    expect(code).toBe(0);
    expect(out).toContain('insert_zeropage_special');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
    const { out: json } = await specialbit(['kernel', 'diff', '6.1.0', '6.1', '--json']);
    expect(
      JSON.parse(json)
        .features.map(({ name }: { name: string }) => name)
        .sort(),
    ).toEqual(['dontunmap_splits', 'pat_cow_fallback', 'pat_fork_undo', 'remap_undo']);
  });

  it('shows what is not proven', async () => {
    const { out } = await specialbit(['kernel', 'show', '7.1']);
    expect(out).toContain('not proven');
  });

  it.each([
    [['kernel', 'show', '9.9'], /no such kernel: 9\.9; known are 6\.1, 6\.6, 6\.8, 6\.12, /],
    [['kernel', 'diff', '6.12', 'linux-6.12'], /two different kernels/],
    [['kernel', 'show', '6.12+remap_und'], /no such feature: remap_und \(did you mean "remap_undo"\?\)/],
    [['replay', 'examples/s12-zero-page.jsonl', '--lane', 'arm@5.4'], /no such kernel: 5\.4/],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await specialbit(args);
    expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(err).toMatch(message);
  });

  it('takes the kernel of a log from its header', async () => {
    const log = temporary(
      'old.jsonl',
      '{"specialbit":1,"arch":"arm","profile":"6.1"}\n{"type":"mmap","pages":1,"prot":"r"}\n',
    );
    expect((await specialbit(['replay', log])).out).toContain('linux-6.1, after 1 event');
    const wrong = temporary('wrong.jsonl', '{"specialbit":1,"profile":"linux-2.4"}\n');
    const { code, err } = await specialbit(['replay', wrong]);
    expect([code, err]).toEqual([2, expect.stringMatching(/wrong\.jsonl:1: profile: no such kernel: linux-2\.4/)]);
  });
});

describe('--kernel', () => {
  const log = 'examples/s13-cow-linear-rule.jsonl';

  it.each([
    [['compare', log, '--lane', 'arm', '--kernel', 'all', '--exit-zero']],
    [['compare', log, '--lane', 'arm@all', '--exit-zero']],
  ])('%j puts the proven kernels side by side', async (args) => {
    const { code, out } = await specialbit(args);
    expect(code).toBe(0);
    expect(out).toMatch(/^(?=.*arm@6\.1\b)(?=.*arm@6\.18\b).* and .* and .* and /m);
  });

  it('leaves a lane alone that names its own kernel', async () => {
    const { out } = await specialbit(['compare', log, '--lane', 'arm@6.1,arm-lpae', '--kernel', '6.18', '--exit-zero']);
    expect(out).toContain('arm@6.1 and arm-lpae@6.18\n');
  });

  it('shows an architecture once for all kernels that have it so', async () => {
    const { out } = await specialbit(['arch', 'show', 'x86_64', '--kernel', '6.1,7.0,7.1,7.3']);
    expect(out.split('\n')[0]).toBe('x86_64 of linux-6.1; x86_64 of linux-7.0, linux-7.1; x86_64 of linux-7.3');
  });

  it('compares a scenario of the gallery on other kernels than its own', async () => {
    const { code, out } = await specialbit(['gallery', 'show', 'S11', '--kernel', 'all']);
    expect(code).toBe(0);
    expect(out).toContain('zap_vma_ptes dropped a reference on x86_64');
  });

  it.each([[['compare', log, '--kernel', '5.10'], /no such kernel: 5\.10; known are/]])(
    '%j is refused',
    async (args, message) => {
      const { code, err } = await specialbit(args);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    },
  );
});
