// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit scan` as users call it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { specialbit } from './specialbit.testkit.js';

const DRIVERS = 'test/scan/drivers';
const ON = ['--lane', 'x86_64,arm'];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'specialbit-scan-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('scan', () => {
  it('shows a finding at its line, in 78 columns, and ends with 1', async () => {
    const { code, out } = await specialbit(['scan', `${DRIVERS}/private.c`, ...ON]);
    expect(code).toBe(1);
    expect(out).toContain(`${DRIVERS}/private.c:14: error: private-mapping\n`);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  it('ends with 0 where nothing goes wrong', async () => {
    const { code, out } = await specialbit(['scan', `${DRIVERS}/harmless.c`, ...ON]);
    expect(code).toBe(0);
    expect(out).toMatch(/4 ->mmap handlers\n {2}4 {2}understood\n(?:.*\n)*0 findings\n$/);
  });

  it('writes logs that replay confirms', async () => {
    const proofs = folder();
    await specialbit(['scan', DRIVERS, ...ON, '--proof', proofs]);
    const logs = readdirSync(proofs).sort();
    expect(logs).toContain('tails.c-17-tail-pages.jsonl');
    expect(logs).toHaveLength(10);
    const { code, out } = await specialbit(['replay', join(proofs, 'leaks.c-12-reference-kept.jsonl'), '--no-events']);
    expect(out).toContain('expect');
    expect(code).toBe(0);
  });

  it('prints SARIF with a place for every result', async () => {
    const { out } = await specialbit(['scan', DRIVERS, ...ON, '--sarif']);
    const { version, runs } = JSON.parse(out);
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(results).toHaveLength(10);
    for (const { ruleId, locations } of results) {
      expect(ids).toContain(ruleId);
      expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^test\/scan\/drivers\/\w+\.c$/);
      expect(locations[0].physicalLocation.region.startLine).toBeGreaterThan(1);
    }
  });

  const schema = process.env.SARIF_SCHEMA;
  const python = spawnSync('python3', ['-c', 'import jsonschema']).status === 0;
  it.skipIf(schema === undefined || !python)(
    'prints SARIF that its schema allows (SARIF_SCHEMA names it)',
    async () => {
      const { out } = await specialbit(['scan', DRIVERS, ...ON, '--sarif']);
      const script = `import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
print(len(list(jsonschema.validators.validator_for(schema)(schema).iter_errors(json.load(sys.stdin)))))`;
      const { stdout } = spawnSync('python3', ['-c', script, schema!], { input: out, encoding: 'utf8' });
      expect(stdout).toBe('0\n');
    },
  );

  it('prints JSON with what is not followed', async () => {
    const { out } = await specialbit(['scan', `${DRIVERS}/macros.c`, ...ON, '--json']);
    const { mappings } = JSON.parse(out);
    expect(
      mappings.map(({ handler, understood }: { handler: string; understood: string }) => [handler, understood]),
    ).toEqual([
      ['table_mmap', 'yes'],
      ['pointer_mmap', 'no'],
      ['both_ways_mmap', 'partly'],
      ['refuses_mmap', 'maps nothing'],
    ]);
  });

  it('reads half of a C file, and leaves out with one warning what is no text', async () => {
    const path = folder();
    writeFileSync(
      join(path, 'half.c'),
      'static int half_mmap(struct file *f, struct vm_area_struct *vma)\n{\n\treturn remap_pfn_range(vma,',
    );
    writeFileSync(join(path, 'binary.c'), Buffer.from([0, 255, 1, 2, 118, 109, 95, 102, 97, 117, 108, 116]));
    writeFileSync(
      join(path, 'escape.c'),
      'struct vm_operations_struct \u001b[31mx = { .fault = \u001b]0;t\u0007y };\n',
    );
    const { code, out, err } = await specialbit(['scan', path, ...ON]);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^specialbit: warning: \S+binary\.c: left out: .*\n$/),
    });
    expect(out).not.toContain('\u001b');
  });

  it.each([
    [['scan', 'docs/pictures'], 'specialbit: docs/pictures: no C file is there\n'],
    [['scan', 'nowhere.c'], 'specialbit: nowhere.c: cannot be read: ENOENT\n'],
    [['scan', '/dev/null'], 'specialbit: /dev/null: expected a C file or a folder of them\n'],
    [['scan', DRIVERS, '--json', '--sarif'], 'specialbit: expected one of --json, --sarif and --markdown\n'],
  ])('refuses %j in one line', async (args, line) => {
    const { code, out, err } = await specialbit(args);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: line });
  });
});
