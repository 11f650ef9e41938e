// SPDX-License-Identifier: GPL-2.0-or-later
import { parseLog } from '@specialbit/events';
import { describe, expect, it } from 'vitest';
import {
  DiagnosticSeverity,
  type DocumentSymbol,
  type FoldingRange,
  type InlayHint,
  type Location,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { changesOf, edited, editor, namesOfSymbols, placesOf } from './client.testkit.js';

const LOG = `{"specialbit":1,"title":"a log","files":{"dev":"device"}}
# a driver maps a frame that has a struct page
{"type":"mmap","label":"ring","pages":2,"prot":"rw","flags":"MAP_PRIVATE","file":"dev","call":[{"type":"remap_pfn_range","at":"ring[0]","frame":"P0","pages":2}]}
{"type":"read","at":"ring[1]"}
{"type":"write","at":"ring[1]"}
{"type":"expect","at":"ring[1]","normal":"NULL"}
`;
const labels = async (text: string): Promise<string[]> => {
  const e = await editor();
  await e.open(text);
  return (await e.complete()).map(({ label }) => label);
};
/** The text after the completion called `label` was taken. */
const taken = async (text: string, label: string): Promise<string> => {
  const e = await editor();
  await e.open(text);
  const item = (await e.complete()).find((one) => one.label === label);
  return edited(text.replace('^', ''), [item!.textEdit as TextEdit]);
};

describe('diagnostics', () => {
  it('are what the reader says, at the member', async () => {
    const e = await editor();
    await e.open(LOG.replace('"prot":"rw"', '"prot":"rq"'));
    const [first, ...others] = await e.diagnostics();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ severity: DiagnosticSeverity.Error, code: 'field-invalid', source: 'specialbit' });
    expect(first!.message).toMatch(/^prot: expected a protection .* found "rq"\n/);
    const line = LOG.split('\n')[2]!;
    expect(first!.range).toEqual({
      start: { line: 2, character: line.indexOf('"rw"') },
      end: { line: 2, character: line.indexOf('"rw"') + 4 },
    });
    // and they go when it is right
    await e.change(LOG);
    expect((await e.diagnostics()).map(({ severity }) => severity)).toEqual([DiagnosticSeverity.Warning]);
  });

  it('tell of expectations that do not hold, names that are not there, and lanes that are not known', async () => {
    const e = await editor();
    await e.open(LOG);
    const [unmet] = await e.diagnostics();
    expect(unmet).toMatchObject({
      range: { start: { line: 5 } },
      message: expect.stringContaining('normal: expected NULL, found page') as unknown,
    });
    await e.change(LOG.replace('"read","at":"ring[1]"', '"read","at":"wring[1]"'));
    const [lost] = await e.diagnostics();
    expect(lost).toMatchObject({
      range: { start: { line: 3 } },
      message: expect.stringMatching(/^at: .*wring/) as unknown,
    });
    await e.change(LOG.replace('"title"', '"arch":["x86_65"],"title"'));
    const [lanes] = await e.diagnostics();
    expect(lanes).toMatchObject({
      range: { start: { line: 0 } },
      message: expect.stringContaining('x86_65') as unknown,
    });
  });

  it.each([
    ['nothing', '', 'header-missing'],
    ['a comment', '\n# nothing\n', 'header-missing'],
    ['no header', '{"type":"exit"}\n', 'header-missing'],
    ['a newer version', '{"specialbit":2}\n{"type":"exit"}\n', 'version-newer'],
    ['half a line', '{"specialbit":1}\n{"type":"exi', 'json-syntax'],
    ['a NUL', '{"specialbit":1}\n\u0000\n{"type":"exit"}\n', 'log-binary'],
    ['two headers', '{"specialbit":1}\n{"specialbit":1}\n', 'header-repeated'],
    ['deep nesting', `{"specialbit":1}\n${'['.repeat(200_000)}\n`, 'json-syntax'],
  ])('%s is told to be wrong', async (_, text, code) => {
    const e = await editor();
    await e.open(text);
    expect((await e.diagnostics())[0]).toMatchObject({ code });
  });
});

describe('hover', () => {
  it('says what the event did on each lane, and what a member is', async () => {
    const e = await editor({ lanes: ['x86_64', 'arm'] });
    await e.open(LOG);
    await e.diagnostics();
    expect(await e.hover(4)).toMatch(/event 3\n\n```text\nx86_64, arm = 0; .*PTE/s);
    const column = LOG.split('\n')[2]!.indexOf('"prot"') + 2;
    expect(await e.hover(2, LOG.split('\n')[2]!.indexOf('"file"') + 2)).toContain('Name of a file of the header');
    expect(await e.hover(2, 3)).toContain("for a device's file the driver's `->mmap` with it");
    expect(await e.hover(2, column)).toContain('event 1');
    expect(await e.hover(1)).toBe('');
    expect(await e.hover(99)).toBe('');
  });

  it('says what it does not know behind a line that cannot be read', async () => {
    const e = await editor();
    await e.open(LOG.replace('{"type":"read"', '{"type":"rea'));
    expect(await e.hover(4)).toContain('not played: line 4 cannot be read');
    expect(await e.hover(2)).toContain('event 1');
  });

  it('shows what a log says as it is, and not as Markdown', async () => {
    const e = await editor();
    await e.open('{"specialbit":1}\n{"type":"munmap","at":"```[0]","pages":1}\n');
    expect(await e.hover(1)).not.toContain('\n```[0]');
  });
});

describe('completion', () => {
  it.each([
    ['{"specialbit":1}\n{"^', ['type'], ['at']],
    ['{"specialbit":1}\n{"type":"^', ['mmap', 'expect', 'vmf_insert_pfn'], ['mmap.start']],
    ['{"specialbit":1}\n{"type":"mmap","^', ['pages', 'prot', 'ops'], ['type', 'advice']],
    ['{"specialbit":1}\n{"type":"mmap","ops":{"^', ['fault', 'huge_fault', 'may_split'], ['pages', 'no_split']],
    ['{"specialbit":1}\n{"type":"mmap","ops":{"fault":{"do":"^', ['page', 'vmf_insert_mixed', 'sigbus'], ['rw']],
    ['{"specialbit":1}\n{"type":"mmap","call":[{"type":"^', ['remap_pfn_range'], ['mmap', 'fork']],
    ['{"specialbit":1}\n{"type":"mmap","call":[{"type":"remap_pfn_range","^', ['frame', 'pages'], ['prot', 'type']],
    ['{"specialbit":1}\n{"type":"vm_flags_mod","set":"VM_IO|^', ['VM_PFNMAP'], ['MAP_SHARED']],
    ['{"specialbit":1}\n{"type":"mmap","flags":"^', ['MAP_SHARED'], ['VM_PFNMAP']],
    ['{"specialbit":1}\n{"type":"madvise","advice":"^', ['MADV_DONTNEED'], []],
    ['{"specialbit":1}\n{"type":"remap_pfn_range","frame":"^', ['P0', 'D0'], ['ring']],
    ['{"specialbit":1}\n{"type":"expect","on":"^', ['x86_64', 'arm'], []],
    ['{"specialbit":1}\n{"type":"pin_user_pages","write":^', ['true', 'false'], []],
    ['{"specialbit":1,"^', ['title', 'arch', 'files'], ['specialbit', 'type']],
    ['{"specialbit":1,"files":{"dev":{"^', ['kind', 'pages'], ['title']],
    ['{"specialbit":1,"files":{"dev":{"kind":"^', ['device', 'shmem'], []],
    ['{"specialbit":1,"arch":["^', ['x86_64', 'arm'], []],
    ['{"specialbit":1}\n{"type":"tune","key":"^', ['defrag', 'hugepages-pud/nr_hugepages'], []],
    ['{"specialbit":1}\n{"type":"tune","key":"defrag","value":"^', ['defer+madvise'], ['inherit', 'force']],
    ['{"specialbit":1}\n{"type":"tune","value":"^","key":"hugepages-16kB/enabled"}', ['inherit'], ['defer']],
    ['{"specialbit":1}\n{"type":"tune","key":"khugepaged/max_ptes_none","value":"^', [], ['always', '0']],
    ['{"specialbit":1,"thp":{"shmem_enabled":"^', ['within_size', 'force'], ['inherit']],
    [LOG.replace('"at":"ring[1]"', '"at":"^"'), ['ring'], ['P0']],
    [LOG.replace('"file":"dev"', '"file":"^"'), ['dev'], ['ring']],
  ])('at %#', async (text, wanted, not) => {
    const found = await labels(text);
    expect(found).toEqual(expect.arrayContaining(wanted));
    for (const word of not) expect(found).not.toContain(word);
  });

  it('writes quotes, colons and flags as they are missing', async () => {
    expect(await taken('{"specialbit":1}\n{"^"', 'type')).toBe('{"specialbit":1}\n{"type":');
    expect(await taken('{"specialbit":1}\n{^', 'type')).toBe('{"specialbit":1}\n{"type":');
    expect(await taken('{"specialbit":1}\n{"ty^":"exit"}', 'type')).toBe('{"specialbit":1}\n{"type":"exit"}');
    expect(await taken('{"specialbit":1}\n{"type":^', 'exit')).toBe('{"specialbit":1}\n{"type":"exit"');
    const flags = '{"specialbit":1}\n{"type":"vm_flags_mod","set":"VM_IO|^"}';
    expect(await taken(flags, 'VM_PFNMAP')).toBe(flags.replace('^', 'VM_PFNMAP'));
  });

  it('offers whole events on an empty line, which are read as they are', async () => {
    const e = await editor();
    await e.open(`${LOG}^\n`);
    const items = await e.complete();
    expect(items.length).toBeGreaterThan(50);
    for (const { label, textEdit } of items) {
      const line = (textEdit as TextEdit).newText.replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1').replaceAll('\\}', '}');
      const { events, diagnostics } = parseLog(`${LOG}${line}\n`, { badLines: 'collect' });
      const own = ['set_pte', 'expect'].includes(label) ? 1 : 0;
      expect([label, diagnostics.length, events.length], line).toEqual([label, own, 5 - own]);
    }
  });
});

describe('lenses and hints', () => {
  const STORY = `{"specialbit":1,"files":{"dev":"device"}}
{"type":"mmap","label":"bo","pages":2,"prot":"rw","file":"dev","ops":{"fault":{"do":"vmf_insert_mixed","frame":"P0"}},"call":[{"type":"vm_flags_mod","set":"VM_MIXEDMAP"}]}
{"type":"write","at":"bo[0]"}
{"type":"mmap","label":"io","pages":1,"prot":"rw","file":"dev","call":[{"type":"vm_flags_mod","set":"VM_PFNMAP"}]}
{"type":"vm_insert_page","at":"io[0]","frame":"P1"}
`;

  it('stand where lanes part and where a kernel complains, and say why', async () => {
    const e = await editor({ lanes: 'x86_64,arm' });
    await e.open(STORY);
    await e.diagnostics();
    const lenses = await e.lenses();
    expect(lenses.some((text) => /^\d+: lanes part here: /.test(text))).toBe(true);
    expect(lenses.some((text) => /^4: kernel complains here: .*BUG_ON/.test(text))).toBe(true);
    const line = Number(/^(\d+): lanes part/.exec(lenses.find((text) => text.includes('lanes part'))!)![1]);
    await e.ask('workspace/executeCommand', { command: 'specialbit.why', arguments: ['file:///log.sb.jsonl', line] });
    expect(e.shown[0]).toMatch(/^event \d+\n.*; cause: .* \((proved|follows|not found|not tried)\)/);
    expect(await e.ask('specialbit/eventAt', { uri: 'file:///log.sb.jsonl', line: 3 })).toBe(3);
    expect(await e.ask('specialbit/eventAt', { uri: 'file:///log.sb.jsonl', line: 0 })).toBeNull();
  });

  it('say behind a line what came back, where it is more than 0', async () => {
    const e = await editor({ lanes: ['x86_64'] });
    await e.open(STORY);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    const hints = await e.ask<InlayHint[]>('inlayHint', { range });
    expect(hints.map(({ position, label }) => `${position.line} ${String(label)}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^1 = 0x/), '4 = BUG']),
    );
    await e.tell('workspace/didChangeConfiguration', { settings: { specialbit: { inlayHints: false } } });
    expect(await e.ask('inlayHint', { range })).toEqual([]);
  });

  it('lanes can be chosen while a log is open', async () => {
    const e = await editor();
    await e.open(STORY);
    await e.diagnostics();
    expect(await e.hover(1)).toContain('x86_64');
    await e.tell('workspace/didChangeConfiguration', { settings: { specialbit: { lanes: ['m68k'] } } });
    const text = await e.hover(1);
    expect(text).toContain('m68k');
    expect(text).not.toContain('x86_64');
  });
});

describe('labels', () => {
  const open = async () => {
    const e = await editor();
    await e.open(LOG);
    return e;
  };

  it('are found where they are given and where they are used', async () => {
    const e = await open();
    const use = LOG.split('\n')[3]!.indexOf('ring') + 1;
    expect(placesOf(await e.ask<Location[]>('definition', e.at(3, use)))).toEqual(['2:24-28']);
    const all = await e.ask<Location[]>('references', { ...e.at(3, use), context: { includeDeclaration: true } });
    expect(all.map(({ range }) => range.start.line)).toEqual([2, 2, 3, 4, 5]);
    const uses = await e.ask<Location[]>('references', { ...e.at(3, use), context: { includeDeclaration: false } });
    expect(uses).toHaveLength(4);
    expect(await e.ask<unknown[]>('documentHighlight', e.at(3, use))).toHaveLength(5);
    expect(await e.ask('definition', e.at(3, 3))).toBeNull();
  });

  it('are renamed everywhere, and the log stays what it is', async () => {
    const e = await open();
    const edit = await e.ask<WorkspaceEdit>('rename', { ...e.at(3, 22), newName: 'buffer' });
    const text = edited(LOG, changesOf(edit));
    expect(text).toBe(LOG.replaceAll('"ring', '"buffer'));
    expect(parseLog(text).events).toHaveLength(4);
    const file = await e.ask<WorkspaceEdit>('rename', { ...e.at(0, LOG.indexOf('dev') + 1), newName: 'card' });
    expect(edited(LOG, changesOf(file))).toBe(LOG.replaceAll('"dev"', '"card"'));
  });

  it.each([
    ['heap', 'there is a mapping called heap already'],
    ['0x10', 'is no name of a mapping'],
    ['', 'is no name of a mapping'],
  ])('are not renamed to %j', async (newName, message) => {
    const e = await editor();
    await e.open(`${LOG}{"type":"mmap","label":"heap","pages":1,"prot":"rw"}\n`);
    await expect(e.ask('rename', { ...e.at(3, 22), newName })).rejects.toThrow(message);
  });

  it('of the machine, or of nothing, are not renamed', async () => {
    const e = await open();
    const frame = LOG.split('\n')[2]!.indexOf('"P0"') + 1;
    await expect(e.ask('prepareRename', e.at(2, frame))).rejects.toThrow('P0 is a frame of the machine');
    await e.change(LOG.replace('"read","at":"ring[1]"', '"read","at":"wring[1]"'));
    await expect(e.ask('prepareRename', e.at(3, 22))).rejects.toThrow('called wring (did you mean "ring"?)');
  });
});

describe('the text', () => {
  it('is put in canonical form line by line, and says the same', async () => {
    const text = LOG.replace(
      '{"type":"read","at":"ring[1]"}',
      ' { "at" : "ring[0x1]", "type":"access" , "op":"read"}  ',
    ).replace('"rw"', '"PROT_READ|PROT_WRITE"');
    const e = await editor();
    await e.open(text.replaceAll('\n', '\r\n'));
    const options = { options: { tabSize: 2, insertSpaces: true } };
    const edits = await e.ask<TextEdit[]>('formatting', options);
    const after = edited(text, edits);
    const before = parseLog(text);
    expect(parseLog(after)).toEqual(before);
    expect(after.split('\n')[1]).toBe(text.split('\n')[1]);
    expect(after.split('\n')[3]).toBe('{"type":"access","op":"read","at":"ring[1]"}');
    await e.change(after);
    expect(await e.ask('formatting', options)).toEqual([]);
    await e.change(`${LOG}{"type":\n`);
    const range = { start: { line: 6, character: 0 }, end: { line: 6, character: 9 } };
    expect(await e.ask('rangeFormatting', { ...options, range })).toEqual([]);
  });

  it('has symbols and folds', async () => {
    const e = await editor();
    await e.open(
      `${LOG}# one\n# two\n{"type":"thread.begin","name":"t"}\n{"type":"read","at":"ring[0]"}\n{"type":"thread.end"}\n`,
    );
    expect(namesOfSymbols(await e.ask<DocumentSymbol[]>('documentSymbol'))).toEqual(['a log', 'ring', 'expect', 't']);
    const folds = await e.ask<FoldingRange[]>('foldingRange');
    expect(folds.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
      [6, 7],
      [8, 10],
    ]);
  });
});

describe('the server', () => {
  it('ends well when it is told to, and otherwise when nobody is there', async () => {
    const polite = await editor();
    await polite.bye();
    expect(await polite.ended).toBe(true);
    const gone = await editor();
    await gone.open(LOG);
    gone.hangUp();
    expect(await gone.ended).toBe(false);
  });

  it('leaves what is no message, and what is configured with nothing', async () => {
    const e = await editor();
    await e.open(LOG);
    for (const body of [
      'null',
      '[]',
      '{}',
      '7',
      '"x"',
      '{',
      '{"jsonrpc":"2.0","id":{},"method":5}',
      '{"jsonrpc":"2.0","id":1}',
    ])
      e.raw(`Content-Length: ${body.length}\r\n\r\n${body}`);
    const nothing = '{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":null}';
    e.raw(`Content-Length: ${nothing.length}\r\n\r\n${nothing}`);
    expect(await e.hover(3)).toContain('event 2');
    e.raw('Content-Length: 99999999999999\r\n\r\nx');
    e.hangUp();
    expect(await e.ended).toBe(false);
  });

  it('answers what it was asked while it is asked more, and goes on after nonsense', async () => {
    const e = await editor();
    await e.open(LOG);
    const many = await Promise.all(Array.from({ length: 50 }, (_, i) => e.hover(i % 7)));
    expect(many.filter((text) => text.includes('event 1'))).toHaveLength(7);
    await expect(e.ask('nothing')).rejects.toThrow();
    await e.tell('textDocument/didClose', { textDocument: { uri: 'file:///log.sb.jsonl' } });
    expect(await e.hover(3)).toBe('');
    expect(await e.complete()).toEqual([]);
  });
});
