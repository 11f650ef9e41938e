// SPDX-License-Identifier: GPL-2.0-or-later
import { it } from 'vitest';
import { callsOfTrace, callsOfTruth, playedEntries, text } from './recorded.testkit.js';

it('try', async () => {
  const file = process.env.F!;
  const truth = text(process.env.G!);
  const { imported, entries, pids } = await playedEntries(file, 'ftrace', 'x86_64-4level');
  console.log(
    JSON.stringify(imported.header, null, 1),
    [...imported.left],
    [...imported.followed],
    imported.problems.map((p) => p.kinds()),
  );
  const short = (t: string[]) => t.filter((l) => /^(vma|pte)/.test(l)).map((l) => l.replace(/ normal=.*/, ''));
  const want = short(truth.split('\n')).filter((l) => pids.has(/pid=(\d+)/.exec(l)![1]!));
  const got = entries;
  for (const l of want) if (!got.includes(l)) console.log('-', l);
  for (const l of got) if (!want.includes(l)) console.log('+', l);
  console.log(callsOfTruth(truth, pids).join('\n') === callsOfTrace(file, 'ftrace').join('\n'));
});
