// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes the recordings of test/importers/recorded anew: on a distribution's kernel under QEMU, of the driver in
 * packages/lab/guest/trial, with the scripts that `specialbit record` prints.
 *
 *     node test/tools/recorded/generate.mjs VMLINUZ HEADERS RELEASE [PROGRAM...]
 *
 * VMLINUZ and HEADERS are of one kernel of x86_64: the image of Debian's linux-image package, and the folder of its
 * linux-headers package. RELEASE is as `record --kernel` takes it. PROGRAMs (trace-cmd, perf) are taken along with their
 * libraries, and recorded with. Needs busybox-static, QEMU, gcc; and `npm run build` before.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pteScript, traceScript } from '@specialbit/importers';
import { Attendance, findMachine, runSession } from '@specialbit/lab';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const guest = join(root, 'packages/lab/guest');
const [image, headers, release, ...programs] = process.argv.slice(2);
if (release === undefined) {
  process.stderr.write('usage: node test/tools/recorded/generate.mjs VMLINUZ HEADERS RELEASE [PROGRAM...]\n');
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'record-trial-'));
cpSync(join(guest, 'trial'), work, { recursive: true });
writeFileSync(join(work, 'Makefile'), 'obj-m := trial.o\n');
execFileSync('make', ['-C', headers, `M=${work}`, 'modules'], { stdio: 'inherit' });
execFileSync('gcc', ['-O2', '-static', '-w', '-o', join(work, 'calls'), join(work, 'calls.c')], { stdio: 'inherit' });

const recordings = [
  ['tracefs', 'kprobe'],
  ['tracefs', 'fprobe'],
  ...programs.map((program) => [basename(program), 'kprobe']),
];
const files = {
  'trial.ko': { file: join(work, 'trial.ko') },
  'bin/calls': { file: join(work, 'calls') },
  'ptes.sh': { text: pteScript() },
};
for (const [front, probes] of recordings)
  files[`record-${front}-${probes}.sh`] = { text: traceScript(release, probes, front) };
for (const program of programs) {
  files[`bin/${basename(program)}`] = { file: program };
  for (const [library] of execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/\/\S+/g))
    files[library.slice(1)] = { file: realpathSync(library) };
}
const command = `insmod /trial.ko hid=0x20000000
one() { sh /record-$1-$2.sh /out/$1-$2 /bin/calls; mv /out/truth.txt /out/$1-$2/truth.txt; rm -f /out/*/*.d?t*; }
${recordings.map(([front, probes]) => `one ${front} ${probes}`).join('\n')}
/bin/calls stay & PID=$!
while [ ! -s /out/truth.txt ]; do sleep 1; done; sleep 1; mkdir /out/ptes; mv /out/truth.txt /out/ptes
sh /ptes.sh $PID > /out/ptes/ftrace.txt; kill $PID`;

const attendance = new Attendance();
try {
  const machine = findMachine('x86_64');
  const made = { machine: machine.name, key: '', imageHash: '', configHash: '', cached: true };
  const { out, console: printed } = await runSession({ ...made, image, release }, machine, {
    guest,
    busybox: '/bin/busybox',
    script: 'S none\n',
    command,
    files,
    params: 'quiet',
    timeout: 1800,
    attendance,
  });
  process.stdout.write(String(out.get('console') ?? printed.slice(-2000)));
  const folder = join(root, 'test/importers/recorded');
  for (const [path, content] of out) {
    const [name, file] = path.split('/');
    const suffix = file === 'ftrace.txt' ? 'txt' : file === 'truth.txt' ? 'truth' : undefined;
    if (suffix !== undefined)
      writeFileSync(join(folder, `${release}-${name}.${suffix}.gz`), gzipSync(content, { level: 9 }));
  }
} finally {
  attendance.leave();
  rmSync(work, { recursive: true });
}
