// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit verify RECORDING`: an imported recording against each of its snapshots. */
import { type Check, formatDifference, type ImageCheck, replayChecked } from '@specialbit/importers';
import { importRecording, openRecording } from '@specialbit/importers/node';
import { table } from '@specialbit/view';
import { architectureNamed } from '../architectures.js';
import { EXIT } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { type CheckJson, checkJson } from './check-json.js';

/** One process of one snapshot, compared. */
interface Image {
  readonly n: number;
  readonly label: string;
  readonly pid: number;
  readonly vmas: Check;
  readonly vmFlags: Check;
  readonly anonVma: Check;
  readonly rss: Check;
  readonly pages: Check;
  /** Pages that the model has and the kernel had not. */
  readonly extraPages: number;
}

/** The fields of an image that are checks, and their columns in the table. */
const CHECKS = [
  ['vmas', 'VMAs'],
  ['vmFlags', 'VmFlags'],
  ['anonVma', 'anon_vma'],
  ['rss', 'Rss'],
  ['pages', 'pages'],
] as const;

/** What `max` and `json` of the command mean here: differences of a recording that are listed, and how. */
export interface RecordingOptions {
  readonly max: number;
  readonly json?: boolean;
}

/** Resolves to the exit code: a recording agrees when its VMAs and their flags do. Throws InputError. */
export async function verifyRecordings(
  paths: readonly string[],
  options: RecordingOptions,
  terminal: Terminal,
): Promise<number> {
  const recordings: { readonly path: string; readonly images: readonly Image[] }[] = [];
  for (const path of paths) {
    const images = await imagesOf(path);
    recordings.push({ path, images });
    if (options.json !== true) await terminal.out(`${textLines(path, images, options.max).join('\n')}\n`);
  }
  const agrees = (images: readonly Image[]): boolean => images.every((image) => decisive(image).length === 0);
  if (options.json === true) {
    const found = recordings.map(({ path, images }) => ({
      recording: path,
      agrees: agrees(images),
      snapshots: images.map((image) => imageJson(image, options.max)),
    }));
    await terminal.out(`${JSON.stringify({ recordings: found }, null, 2)}\n`);
  }
  return recordings.every(({ images }) => agrees(images)) ? EXIT.fine : EXIT.finding;
}

async function imagesOf(path: string): Promise<Image[]> {
  const imported = await importRecording(await openRecording(path));
  const images: Image[] = [];
  replayChecked(imported, architectureNamed('x86_64'), (check: ImageCheck) => {
    const { checkpoint, image, maps, flags, vmas, sizes, pages } = check;
    const { n, label } = checkpoint.mark;
    images.push({
      n,
      label,
      pid: image.pid,
      vmas: maps,
      vmFlags: flags,
      anonVma: vmas,
      rss: sizes,
      pages,
      extraPages: pages.extra,
    });
  });
  return images;
}

const decisive = ({ vmas, vmFlags }: Image) => [...vmas.differences, ...vmFlags.differences];

/** A row for each image, then the differences. */
function textLines(path: string, images: readonly Image[], max: number): string[] {
  const rows = [['snapshot', 'process', ...CHECKS.map(([, title]) => title), '']];
  const differences: string[] = [];
  for (const image of images) {
    const name = `${image.n} ${image.label}`;
    const cells = CHECKS.map(([field]) => `${image[field].equal}/${image[field].compared}`);
    rows.push([name, String(image.pid), ...cells, `+${image.extraPages}`]);
    for (const difference of decisive(image)) {
      differences.push(`  ${name} ${image.pid}: ${formatDifference(difference)}`);
    }
  }
  return [path, ...table(rows, { align: 'lrrrrrrr', indent: 2 }), ...differences.slice(0, max)];
}

function imageJson(image: Image, max: number): unknown {
  const { n, label, pid, extraPages } = image;
  const checks: Record<string, CheckJson> = {};
  for (const [field] of CHECKS) checks[field] = checkJson(image[field], max);
  return { snapshot: n, label, pid, checks, extraPages };
}
