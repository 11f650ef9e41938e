// SPDX-License-Identifier: GPL-2.0-or-later
/** meta.json of a recording's folder: which snapshots were taken, and where they lie. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isWithin } from '@specialbit/events/node';
import * as t from 'io-ts';
import { RecordingError } from '../errors.js';

const proc = t.type({ pid: t.number, state: t.string, dir: t.string });
const snap = t.type({
  n: t.number,
  label: t.string,
  trigger_pid: t.number,
  // null in a recording without a strace log
  strace_line: t.union([t.number, t.null]),
  procs: t.array(proc),
});
const meta = t.partial({ kernel: t.string, snaps: t.array(snap) });

export type Meta = t.TypeOf<typeof meta>;

/** Throws RecordingError. */
export async function readMeta(path: string): Promise<Meta> {
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RecordingError('recording.meta', `${path}: expected a JSON object, found ${shortOf(text)}`);
  }
  const decoded = meta.decode(json);
  if (decoded._tag === 'Right') return decoded.right;
  const [first] = decoded.left;
  const member = (first?.context ?? []).map(({ key }) => key).filter((key) => key !== '');
  const expected = first?.context.at(-1)?.type.name ?? 'an object';
  const where = member.join('.').replace(/\.(\d+)/g, '[$1]');
  throw new RecordingError(
    'recording.meta',
    `${path}: ${where === '' ? '' : `${where}: `}expected ${expected}, found ${shortOf(JSON.stringify(first?.value) ?? 'nothing')}`,
  );
}

const shortOf = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text.trim() || 'nothing');

/** The folder of a process's snapshot, which lies in that of the recording. Throws RecordingError. */
export async function imageFolder(recording: string, dir: string): Promise<string> {
  const path = join(recording, dir);
  const outside = (): RecordingError =>
    new RecordingError(
      'recording.folder',
      `${recording}: a snapshot's folder ${JSON.stringify(dir)} is not in the recording`,
    );
  if (isAbsolute(dir) || !isWithin(recording, path)) throw outside();
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new RecordingError(
      'recording.folder',
      `${recording}: there is no folder ${JSON.stringify(dir)} of a snapshot`,
    );
  // a link can lead out as well
  if (!isWithin(await realpath(recording), await realpath(path))) throw outside();
  return path;
}
