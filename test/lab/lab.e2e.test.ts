// SPDX-License-Identifier: GPL-2.0-or-later
/** Real kernels, where there are any: `npm run test:lab` runs what needs QEMU and a kernel that has been built. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, specialbit, temporary } from '../cli/specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the table of reproducers', () => {
  const document = join(root, 'docs/reproduced.md');

  it('is what docs/reproduced.md says (UPDATE_DOCS=1 writes it)', async () => {
    const lanes = ['--lane', 'x86_64,arm64', '--kernel', '6.12,7.3'];
    const { out } = await specialbit(['reproduce', 'examples', 'docs/findings', '--table', ...lanes]);
    const text = readFileSync(document, 'utf8');
    const said = text.slice(0, text.indexOf('| log |'));
    if (process.env.UPDATE_DOCS !== undefined) writeFileSync(document, said + out);
    expect(readFileSync(document, 'utf8')).toBe(said + out);
  });
});

describe('a reproducer', () => {
  it('builds against the headers of a distribution, and its checks hold on that kernel', async ({ skip }) => {
    if (process.env.SPECIALBIT_LAB === undefined) skip('npm run test:lab asks real kernels');
    const { SPECIALBIT_HEADERS: headers, SPECIALBIT_IMAGE: image } = process.env;
    if (headers === undefined || image === undefined)
      return skip('SPECIALBIT_HEADERS and SPECIALBIT_IMAGE name no kernel: docs/reproduce.md has what to download');
    const args = ['--run', '--headers', headers, '--image', image];
    const { code, out } = await specialbit(['reproduce', 'examples/s01-same-driver.jsonl', ...args]);
    expect(out).toContain('# 0 of 14 failed');
    expect(code).toBe(0);
  }, 400_000);
});

describe('without a kernel', () => {
  it('doctor tells what is missing and changes nothing', async () => {
    const { code, out } = await specialbit(['lab', 'doctor', '--arch', 'arm', '--json'], { env: { PATH: folder } });
    expect(code).toBe(1);
    const { findings, install } = JSON.parse(out);
    expect(
      findings.every(({ found, what }: { found: boolean; what: string }) => !found || what.startsWith('libelf')),
    ).toBe(true);
    expect(install).toMatch(/^apt-get install --no-install-recommends .*gcc-arm-linux-gnueabihf.* qemu-system-arm/);
  });

  it.each([
    [['build', '--kernel', folder, '--arch', 'arm'], `${folder}: no tree of a kernel: it has no Makefile`],
    [['build', '--kernel', '6.12', '--arch', 'vax'], 'no machine for vax: the laboratory boots x86_64'],
    [
      ['run', '--kernel', '6.12', '--arch', 'arm', 'README.md'],
      'README.md:3: expected a line "S name", which begins a scenario',
    ],
    [['build', '--kernel', '6.99', '--arch', 'arm'], 'no source of Linux 6.99: looked in LINUX_SOURCE (not set)'],
  ])('%j is one message', async (args, message) => {
    const env = { XDG_CACHE_HOME: folder, LINUX_SOURCE: '' };
    const { code, err } = await specialbit(['lab', ...args], { env });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('prove says of each lane why it has no answer', async () => {
    const log = temporary(
      'log.jsonl',
      '{"specialbit":1,"arch":["sparc64","x86_64"],"files":{"dev":"device"}}\n{"type":"brk","brk":"0x1000"}\n',
    );
    const { code, out } = await specialbit(['prove', log]);
    expect(code).toBe(0);
    expect(out).toContain('on sparc64-sun4v@7.3: not proved: no machine for sparc64-sun4v');
    expect(out).toContain(
      'on x86_64@7.3: not proved: nothing of it can be expressed: brk: no operation of the laboratory',
    );
  });
});

/** Why a lane cannot be asked here; undefined: it can. */
async function missing(release: string, arch: string): Promise<string | undefined> {
  if (process.env.SPECIALBIT_LAB === undefined) return 'npm run test:lab asks real kernels';
  const doctor = await specialbit(['lab', 'doctor', '--arch', arch, '--json']);
  const { install } = JSON.parse(doctor.out);
  if (install !== null) return install;
  const log = 'examples/s01-same-driver.jsonl';
  const { out } = await specialbit(['prove', log, '--built', '--lane', `${arch}@${release}`]);
  return /not proved: (.*)/.exec(out)?.[1];
}

describe.each([
  ['x86_64', '6.12'],
  ['arm', '6.12'],
])('%s@%s', async (arch, release) => {
  const why = await missing(release, arch);
  const lane = `${arch}@${release}`;

  it.skipIf(why !== undefined)(`proves ten logs${why === undefined ? '' : ` (skipped: ${why})`}`, async () => {
    const names = ['s01-same-driver', 's08-prepopulate-race', 's10-binder', 's11-zap-helper-silent', 's12-zero-page'];
    const more = ['s13-cow-linear-rule', 's17-gup-refused', 's19-kvm-follow', 's22-rss-by-api', 's35-stop-gup'];
    const logs = [...names, ...more].map((name) => `examples/${name}.jsonl`);
    const { code, out } = await specialbit(['prove', ...logs, '--built', '--lane', lane, '-o', folder, '--json']);
    expect(code).toBe(0);
    const { lanes } = JSON.parse(out);
    expect(lanes).toHaveLength(10);
    for (const { agreed, differing } of lanes) expect([agreed > 1, differing]).toEqual([true, 0]);
    const verified = await specialbit(['verify', folder]);
    expect(verified.code).toBe(0);
  });

  it.skipIf(why !== undefined)('plays a script', async () => {
    const script = temporary(
      'script.txt',
      `S first\nmmap mm=0 v=0 p=0 n=1 prot=rw share=p file=anon\nS second\nexit mm=0\n`,
    );
    const { code, err } = await specialbit([
      'lab',
      'run',
      script,
      '--kernel',
      release,
      '--arch',
      arch,
      '-o',
      join(folder, 'out.jsonl'),
    ]);
    expect(code).toBe(0);
    expect(err).toContain('2 scenarios, ');
  });
});
