// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes the recordings of test/importers/recorded anew: on a distribution's kernel under QEMU, of the driver in
 * packages/lab/guest/trial, with the scripts that `specialbit record` prints.
 *
 *     node test/tools/recorded/generate.mjs VMLINUZ HEADERS RELEASE BUSYBOX [PROGRAM...]
 *
 * VMLINUZ and HEADERS are of one kernel of x86_64, arm64 or arm: the image of Debian's linux-image package, and the folder of its
 * linux-headers package. RELEASE is as `record --kernel` takes it, BUSYBOX that machine's, of busybox-static. PROGRAMs (trace-cmd,
 * perf, bpftrace) are taken along with their libraries, and recorded with. ONLY=tracefs,ptes records with these alone, CC names the
 * modules' compiler, OUT another folder. Needs QEMU, gcc (for others than x86_64 a cross compiler); and `npm run build` before.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bpftraceScript, pteScript, traceScript } from '@specialbit/importers';
import { Attendance, findMachine, runSession } from '@specialbit/lab';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const guest = join(root, 'packages/lab/guest');
const [image, headers, release, busybox, ...programs] = process.argv.slice(2);
if (busybox === undefined) {
  process.stderr.write('usage: node test/tools/recorded/generate.mjs VMLINUZ HEADERS RELEASE BUSYBOX [PROGRAM...]\n');
  process.exit(2);
}
const config = readFileSync(join(headers, '.config'), 'utf8');
const name = /^CONFIG_X86_64=y/m.test(config) ? 'x86_64' : /^CONFIG_ARM64=y/m.test(config) ? 'arm64' : 'arm';
const bpftrace = programs.some((program) => basename(program) === 'bpftrace');
const { ONLY, CC } = process.env;
const wanted = (front) => ONLY === undefined || ONLY.split(',').includes(front);

/** A distribution's kernel takes more than the laboratory's, and bpftrace has 200 MB of libraries. */
const MIB = 2 ** 20;
const known = findMachine(name);
const larger =
  name === 'x86_64'
    ? { ram: 2048 * MIB, append: 'console=ttyS0 memmap=256M$512M' }
    : { ram: 768 * MIB, hidden: known.base + 512 * MIB, append: 'console=ttyAMA0 mem=512M' };
const machine = name !== 'x86_64' || bpftrace ? { ...known, ...larger } : known;

const work = mkdtempSync(join(tmpdir(), 'record-trial-'));
cpSync(join(guest, 'trial'), work, { recursive: true });
writeFileSync(join(work, 'Makefile'), 'obj-m := trial.o\n');
const make = [`M=${work}`, `CROSS_COMPILE=${machine.cross}`, `CC=${CC ?? `${machine.cross}gcc`}`, 'modules'];
execFileSync('make', ['-C', headers, ...make, 'CONFIG_DEBUG_INFO_BTF_MODULES='], { stdio: 'inherit' });
const compile = ['-O2', '-static', '-w', '-o', join(work, 'calls'), join(work, 'calls.c')];
execFileSync(machine.cc, compile, { stdio: 'inherit' });

const recordings = [
  ['tracefs', 'kprobe'],
  ['tracefs', 'fprobe'],
  ...programs.map((program) => [basename(program), 'kprobe']),
].filter(([front, probes]) => wanted(front) && (probes === 'kprobe' || /^CONFIG_FPROBE=y/m.test(config)));
const files = {
  'trial.ko': { file: join(work, 'trial.ko') },
  'bin/calls': { file: join(work, 'calls') },
  'ptes.sh': { text: pteScript() },
};
for (const [front, probes] of recordings)
  if (front === 'bpftrace') files['record.bt'] = { text: bpftraceScript(release) };
  else files[`record-${front}-${probes}.sh`] = { text: traceScript(release, probes, front) };
for (const program of programs) {
  files[`bin/${basename(program)}`] = { file: program };
  for (const [library] of execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/\/\S+/g))
    files[library.slice(1)] = { file: realpathSync(library) };
}
const all = recordings.map(([front, probes]) => (front === 'bpftrace' ? 'bpftraced' : `one ${front} ${probes}`));
const command = `insmod /trial.ko hid=0x${machine.hidden.toString(16)}
mount -t tracefs nodev /sys/kernel/tracing
bpftraced() {
  mkdir /out/bpftrace-kprobe; bpftrace /record.bt -c /bin/calls -o /out/bpftrace-kprobe/ftrace.txt
  mv /out/truth.txt /out/bpftrace-kprobe
}
one() { sh /record-$1-$2.sh /out/$1-$2 /bin/calls; mv /out/truth.txt /out/$1-$2/truth.txt; rm -f /out/*/*.d?t*; }
${all.join('\n')}
${wanted('ptes') ? '' : 'exit'}
/bin/calls stay & PID=$!
while [ ! -s /out/truth.txt ]; do sleep 1; done; sleep 1; mkdir /out/ptes; mv /out/truth.txt /out/ptes
sh /ptes.sh $PID > /out/ptes/ftrace.txt; kill $PID`;

const attendance = new Attendance();
try {
  const made = { machine: machine.name, key: '', imageHash: '', configHash: '', cached: true };
  const { out, console: printed } = await runSession({ ...made, image, release }, machine, {
    guest,
    busybox,
    script: 'S none\n',
    command,
    files,
    params: 'quiet',
    timeout: 1800,
    attendance,
  });
  process.stdout.write(String(out.get('console') ?? printed.slice(-2000)));
  const folder = process.env.OUT ?? join(root, 'test/importers/recorded');
  const of = name === 'x86_64' ? '' : `${name}-`;
  for (const [path, content] of out) {
    const [front, file] = path.split('/');
    const suffix = file === 'ftrace.txt' ? 'txt' : file === 'truth.txt' ? 'truth' : undefined;
    if (suffix !== undefined)
      writeFileSync(join(folder, `${release}-${of}${front}.${suffix}.gz`), gzipSync(content, { level: 9 }));
  }
} finally {
  attendance.leave();
  rmSync(work, { recursive: true });
}
