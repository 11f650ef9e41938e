// SPDX-License-Identifier: GPL-2.0-or-later
/** A folder with a whole recording. */
import { Problems } from '../problems.js';
import type { Snapshot } from '../proc/snapshot.js';
import type { ProcessImage, Recording, SnapshotMark } from '../recording.js';
import { findFile } from './detect-file.js';
import { imageFolder, type Meta, readMeta } from './meta.js';
import { readMaps, readPacked, readPagemap, readSmaps, readVmas } from './read.js';

async function readImage(dir: string, problems: Problems[]): Promise<Snapshot | undefined> {
  const maps = await findFile(dir, 'maps');
  if (maps === undefined) return undefined;
  const files = {
    smaps: await findFile(dir, 'smaps'),
    vmas: await findFile(dir, 'vmas.jsonl'),
    pages: await findFile(dir, 'pagemap.jsonl'),
  };
  const read = async <T>(
    path: string,
    reader: (p: string) => Promise<{ value: T; problems: Problems }>,
  ): Promise<T> => {
    const parsed = await reader(path);
    problems.push(parsed.problems);
    return parsed.value;
  };
  const found = files.vmas === undefined ? undefined : await read(files.vmas, readVmas);
  return {
    maps: await read(maps, readMaps),
    ...(files.smaps === undefined ? {} : { smaps: await read(files.smaps, readSmaps) }),
    ...(found?.mm === undefined ? {} : { mm: found.mm }),
    ...(found === undefined ? {} : { vmas: found.vmas }),
    ...(files.pages === undefined ? {} : { pages: await read(files.pages, readPagemap) }),
  };
}

/** Reads the index and all snapshots; logs are left to the caller. Throws RecordingError. */
export async function openRecording(dir: string): Promise<Recording> {
  const problems: Problems[] = [];
  const metaFile = await findFile(dir, 'meta.json');
  const meta: Meta = metaFile === undefined ? {} : await readMeta(metaFile);
  const packed = new Map<string, Snapshot>();
  const packedFile = await findFile(dir, 'snapshots.jsonl');
  if (packedFile !== undefined) {
    const found = new Problems(packedFile);
    problems.push(found);
    for await (const image of readPacked(packedFile, found)) packed.set(`${image.n} ${image.pid}`, image.snapshot);
  }
  const snapshots: SnapshotMark[] = [];
  for (const snap of meta.snaps ?? []) {
    const images: ProcessImage[] = [];
    for (const proc of snap.procs) {
      const inFolder = packed.get(`${snap.n} ${proc.pid}`);
      const snapshot =
        inFolder ??
        (proc.dir.endsWith('.gz') ? undefined : await readImage(await imageFolder(dir, proc.dir), problems));
      if (snapshot !== undefined) images.push({ pid: proc.pid, state: proc.state, snapshot });
    }
    const entry = snap.label === 'exit' || snap.label.startsWith('at-');
    snapshots.push({
      n: snap.n,
      label: snap.label,
      trigger_pid: snap.trigger_pid,
      strace_line: snap.strace_line ?? 0,
      entry,
      images,
    });
  }
  return {
    dir,
    strace: await findFile(dir, 'strace.txt'),
    trace: await findFile(dir, 'ftrace.txt'),
    perf: await findFile(dir, 'perf-script.txt'),
    kernel: meta.kernel ?? '',
    snapshots,
    problems,
  };
}
