// SPDX-License-Identifier: GPL-2.0-or-later
/** Sweeps over a queue: the result of one process, though workers are killed and Redis is started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { root, specialbit, started } from './specialbit.testkit.js';

const folder = mkdtempSync(join(tmpdir(), 'specialbit-queue-'));
const running = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  rmSync(folder, { recursive: true });
});

const redisIsThere = spawnSync('redis-server', ['--version']).status === 0;
if (!redisIsThere) console.warn('skipped: there is no redis-server here (Debian: apt-get install redis-server)');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const redis = spawn('redis-server', [...args, '--appendonly', 'yes'], { stdio: ['ignore', 'pipe', 'ignore'] });
  running.add(redis);
  let said = '';
  redis.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes('Ready to accept connections')) {
    if (redis.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
    await sleep(50);
  }
  return redis;
}

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await once(child, 'exit');
  running.delete(child);
};

it.skipIf(!redisIsThere)(
  'comes to the same when workers are killed and Redis is killed and started again',
  async () => {
    const port = await freePort();
    const queue = ['--queue', `redis://127.0.0.1:${port}`];
    const few = ['--pages', '1', '--mappings', '1', '--events', 'mmap,vmf_insert_mixed,read,write,fork,munmap'];
    const sweep = ['sweep', '--lane', 'x86_64,arm', ...few, '--runs', '3000', '--job', '100', '--json'];
    const alone = await specialbit([...sweep, '--workers', '2']);
    expect(alone.code).toBe(0);

    let redis = await startRedis(port);
    let said = '';
    const work = (): ChildProcess => {
      const worker = started(['worker', ...queue, '--workers', '1'], (text) => {
        said += text;
      });
      running.add(worker);
      return worker;
    };
    const workers = [work(), work()];
    let over = false;
    const queued = specialbit([...sweep, ...queue]).finally(() => {
      over = true;
    });
    // each for a while, at moments that nobody chose
    let killed = 0;
    for (let turn = 0; turn < 4 && !over; turn++) {
      await sleep(700 + Math.random() * 800);
      if (over) break;
      if (turn === 2) {
        await kill(redis);
        await sleep(300);
        redis = await startRedis(port);
      } else {
        await kill(workers[turn % 2]!);
        workers[turn % 2] = work();
        killed++;
      }
    }
    const result = await queued;
    expect(killed).toBeGreaterThan(0);
    expect(result.out).toBe(alone.out);
    expect(result.code).toBe(0);
    expect(said).toContain('waiting for jobs, on 1 thread');

    const worker = workers[0]!;
    worker.kill('SIGINT');
    expect(await once(worker, 'exit')).toEqual([0, null]);
    running.delete(worker);
  },
);

it('says what to install where the package is not', async () => {
  const apart = join(folder, 'cli');
  mkdirSync(apart);
  for (const part of ['bin', 'bundle', 'package.json']) {
    cpSync(join(root, 'packages/cli', part), join(apart, part), { recursive: true });
  }
  for (const args of [['sweep', '--lane', 'x86_64,arm'], ['worker']]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(apart, 'bundle/bin.js'), ...args, '--queue', 'redis://127.0.0.1:1'],
      { cwd: folder, encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'specialbit: --queue needs a package that is not installed: npm install @specialbit/queue (beside specialbit) [usage.queue]\n',
    );
  }
});
