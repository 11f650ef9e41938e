// SPDX-License-Identifier: GPL-2.0-or-later
/** What types.ts says of the members of events and records, as `descriptions.ts` has it. */

interface Interface {
  readonly name: string;
  readonly bases: readonly string[];
  readonly doc: string;
  /** The values of `type`. */
  readonly tags: readonly string[];
  readonly members: Record<string, string>;
}

/** Which interface a record that has no type is, by the word that its codec has for it. */
const RECORDS: Readonly<Record<string, string>> = {
  fault: 'FaultHandler',
  huge_fault: 'HugeFaultHandler',
  ops: 'DriverOps',
  'a file': 'FileSpec',
  'a machine': 'MachineSpec',
  'a block': 'BlockSpec',
  'the header': 'LogHeader',
};
const SHORTHANDS: Readonly<Record<string, string>> = { read: 'access', write: 'access', exec: 'access' };

function docText(lines: readonly string[]): string {
  return lines
    .join(' ')
    .replace(/\/\*\*|\*\/|(?<= )\* /g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function interfacesOf(source: string): Interface[] {
  const found: Interface[] = [];
  let doc: string[] = [];
  let inDoc = false;
  let open: (Interface & { tags: string[] }) | undefined;
  let member: string | undefined;
  let depth = 0;
  for (const line of source.split('\n')) {
    const text = line.trim();
    if (text.startsWith('/**')) {
      doc = [];
      inDoc = true;
    }
    if (inDoc) {
      doc.push(text.startsWith('*') && !text.startsWith('*/') ? text.replace(/^\*/, '* ') : text);
      if (text.endsWith('*/')) inDoc = false;
      continue;
    }
    const head = /^(?:export )?interface (\w+)(?: extends ([\w, ]+))? \{/.exec(text);
    if (head !== null) {
      open = { name: head[1]!, bases: head[2]?.split(', ') ?? [], doc: docText(doc), tags: [], members: {} };
      found.push(open);
      doc = [];
      depth = text.endsWith('}') ? 0 : 1;
      continue;
    }
    if (open === undefined || depth === 0) {
      if (text !== '' && !text.startsWith('//')) doc = [];
      continue;
    }
    if (text === '}') {
      depth = 0;
      continue;
    }
    const key = /^readonly (\w+)\??:/.exec(text)?.[1];
    if (key !== undefined) {
      member = key;
      if (doc.length > 0) open.members[key] = docText(doc);
      doc = [];
    }
    if (member === 'type') open.tags.push(...[...text.matchAll(/'([^']+)'/g)].map(([, tag]) => tag!));
  }
  return found;
}

/** By the type of an event, or the word for a record: what it is (under ''), and what its members are. */
export function typesDocs(source: string): Record<string, Record<string, string>> {
  const all = new Map(interfacesOf(source).map((one) => [one.name, one]));
  const docsOf = ({ doc, bases, members }: Interface): Record<string, string> => ({
    ...(doc === '' ? {} : { '': doc }),
    ...Object.assign({}, ...bases.map((base) => all.get(base)?.members ?? {})),
    ...members,
  });
  const docs: Record<string, Record<string, string>> = {};
  for (const one of all.values()) for (const tag of one.tags) docs[tag] = docsOf(one);
  for (const [short, tag] of Object.entries(SHORTHANDS)) docs[short] = docs[tag]!;
  for (const [word, name] of Object.entries(RECORDS)) docs[word] = docsOf(all.get(name)!);
  return docs;
}

const quoted = (text: string): string => {
  const single = text.split("'").length - 1;
  const double = text.split('"').length - 1;
  return single > double ? JSON.stringify(text) : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
};

/** The module, as the formatter leaves it. */
export function descriptionsSource(docs: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const keyText = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : `'${key}'`);
  const member = ([key, text]: [string, string]): string => {
    const line = `    ${keyText(key)}: ${quoted(text)},`;
    // a key that is hardly wider than the indentation has its text behind it, however long that is
    return line.length <= 120 || keyText(key).length < 5 ? line : `    ${keyText(key)}:\n      ${quoted(text)},`;
  };
  const types = Object.entries(docs)
    .filter(([, members]) => Object.keys(members).length > 0)
    .map(([type, members]) => {
      const lines = Object.entries(members).map(member);
      const one = `  ${keyText(type)}: { ${lines.map((line) => line.trim().replace(/,$/, '')).join(', ')} },`;
      if (lines.length === 1 && one.length <= 120 && !one.includes('\n')) return one;
      return `  ${keyText(type)}: {\n${lines.join('\n')}\n  },`;
    });
  return `// SPDX-License-Identifier: GPL-2.0-or-later
/** What types.ts says of events and their members; made by a test: \`npx vitest run --project events schema -u\`. */

/** Of one type of events, or one record: what it is under '', and what its members are. */
export type DescribedRecord = Readonly<Record<string, string>>;

/** By the type of an event, or the word for a record. */
export const MEMBER_DOCS: Readonly<Record<string, DescribedRecord>> = {
${types.join('\n')}
};
`;
}
