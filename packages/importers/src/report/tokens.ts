// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The lines of the kernel's reports, one rule for each: how it begins, and how it goes on in the next line when a
 * mailer or a terminal wrapped it. Formats: mm/memory.c (print_bad_pte, print_bad_page_map), mm/debug.c (dump_page),
 * mm/page_alloc.c (bad_page), mm/swapfile.c, kernel/fork.c (check_mm), kernel/panic.c (warn), lib/dump_stack.c.
 */

export type TokenType =
  | 'map'
  | 'suppressed'
  | 'tables'
  | 'page'
  | 'head'
  | 'flags'
  | 'page-type'
  | 'aops'
  | 'raw'
  | 'because'
  | 'memcg'
  | 'bad-flags'
  | 'addr'
  | 'file'
  | 'handler'
  | 'swap'
  | 'rss'
  | 'leak'
  | 'state'
  | 'bad-table'
  | 'pat'
  | 'warning'
  | 'bug'
  | 'oops'
  | 'cpu'
  | 'hardware'
  | 'stack'
  | 'register'
  | 'walk'
  | 'frame'
  | 'note';

export interface TokenRule {
  readonly type: TokenType;
  /** Where the line of this kind begins in a text; what stands before is another CPU's. */
  readonly begin: RegExp;
  /** A wrapped line: the next one that begins so belongs to it. */
  readonly more?: RegExp;
}

/** A hexadecimal number as the kernel prints one, or what it prints for a pointer that it hides. */
const POINTER = String.raw`(?:\(null\)|\(ptrval\)|\(____ptrval____\)|0x[0-9a-f]+|[0-9a-f]+)`;
const SYMBOL = String.raw`[A-Za-z_.$][\w.$]*`;
const OFFSET = String.raw`\+0x[0-9a-f]+\/0x[0-9a-f]+`;

export const RULES: readonly TokenRule[] = [
  { type: 'suppressed', begin: /BUG: Bad page (?:map|state): \d+ messages? suppressed/ },
  {
    type: 'map',
    begin: /BUG: Bad page map in process\b/,
    more: /^(?:\S.{0,15}\s+)?(?:pte|pmd|pud|p4d|pgd):[0-9a-f]+(?:\s+(?:pte|pmd|pud|p4d|pgd):[0-9a-f]*)*$/,
  },
  { type: 'state', begin: /BUG: Bad page (?:state|cache) in process\b/, more: /^(?:\S.{0,15}\s+)?pfn:[0-9a-f]+$/ },
  { type: 'rss', begin: /BUG: Bad rss-counter state mm:/, more: /^(?:type|idx|val|Comm|Pid):/ },
  { type: 'leak', begin: /BUG: non-zero \w+ on freeing mm: / },
  { type: 'tables', begin: /^pgd:[0-9a-f]+\s+(?:p4d|pud|pmd):/, more: /^(?:p4d|pud|pmd):[0-9a-f]+/ },
  {
    type: 'page',
    begin: new RegExp(String.raw`^page:\s?(?:${POINTER}(?:\s|$)|refcount:|count:)`),
    more: /^(?:refcount|count|mapcount|mapping|index|pfn|compound_mapcount|order)\s?:/,
  },
  {
    type: 'head',
    begin: new RegExp(String.raw`^head:\s?(?:${POINTER}\s+)?order:`),
    more: /^(?:order|mapcount|entire_mapcount|nr_pages_mapped|pincount|compound_mapcount|compound_pincount)\s?:/,
  },
  {
    type: 'flags',
    begin: /^(?:(?:anon|ksm)\s+)?flags:(?:\s|$)/,
    more: /^(?:0x[0-9a-f]+\(?|[\w|=()]*[|)=][\w|=()]*)/,
  },
  { type: 'page-type', begin: /^page_type:/ },
  {
    type: 'aops',
    begin: /^(?:aops:\S|(?:0x)?[0-9a-f]{8,16} name:"|\w*(?:_aops|_operations)\b\s*(?:name:|ino:|dentry|$))/,
    more: /^(?:ino|name|dentry name)(?:\(\?\))?:/,
  },
  { type: 'raw', begin: /^(?:raw|head):\s+[0-9a-f]{8}/, more: /^[0-9a-f]{8,16}(?:\s+[0-9a-f]{8,16})*$/ },
  { type: 'because', begin: /^page dumped because:/ },
  { type: 'memcg', begin: /^(?:page->mem_cgroup|pages's memcg|memcg):/ },
  { type: 'bad-flags', begin: /^bad because of flags/, more: /^(?:0x[0-9a-f]+\(?|[\w|=]+\))/ },
  {
    type: 'addr',
    begin: new RegExp(String.raw`^addr:\s*${POINTER}(?:\s|$)`),
    more: new RegExp(
      String.raw`^(?:vm_flags|anon_vma|mapping|index)(?::|$)|^:\s*[0-9a-f]+|^${POINTER}(?:\s|$)|^[0-9a-f]+ \(anon\)`,
    ),
  },
  {
    type: 'file',
    begin: /^file:\s*\S.*\b(?:fault|mmap):|^file:\s*(?:\(null\)|\S+)$/,
    more: /^(?:fault|mmap|mmap_prepare|readpage|read_folio):/,
  },
  { type: 'handler', begin: /^vma->(?:vm_ops->fault|vm_file->f_op->mmap|vm_ops->\w+|vm_file->f_op->\w+): / },
  { type: 'swap', begin: /(?<!\w)\w+: (?:Bad|Unused) swap (?:file|offset) entry [0-9a-f]+/ },
  { type: 'bad-table', begin: /(?<!\S)\S+:\d+: bad (?:pmd|pud|p4d|pgd|pte) \S*[0-9a-f]/ },
  { type: 'pat', begin: /x86\/PAT: / },
  { type: 'warning', begin: /WARNING: (?:CPU: \d+ PID: \d+ )?(?:at )?\S+:\d+(?: at)? \S/ },
  { type: 'bug', begin: /kernel BUG at \S+:\d+!/ },
  {
    type: 'oops',
    begin:
      /BUG: unable to handle|BUG: kernel NULL|Unable to handle kernel|general protection fault|Internal error: |BUG: KASAN/i,
  },
  {
    type: 'cpu',
    begin: /^(?:CPU:\s*\d+\s|Pid:\s*\d+,)/,
    more: /^(?:PID:|UID:|Comm:|comm:|Not tainted|Tainted:|\d+\.\d+\.\d+\S* #\d)/,
  },
  { type: 'hardware', begin: /^Hardware name:/ },
  { type: 'stack', begin: /^(?:Call [Tt]race:|Backtrace:|Stack\s?:|Stack from )/ },
  {
    type: 'walk',
    begin: /^(?:PGD|PML4) [0-9a-f]+(?: (?:P4D|PUD|PMD|PTE) [0-9a-f]+)*|^\[[0-9a-f]{8,16}\] \*?pgd=[0-9a-f]+/,
  },
  {
    type: 'register',
    begin:
      /^(?:EIP is at|[RE](?:IP|SP|AX|BX|CX|DX|BP|SI|DI|FLAGS)\s?:|R\d\d:|CR2:|CS:|DS:|FS:|pc\s?:|lr\s?:|sp\s?:|x\d+\s?:|pstate:|PC is at|LR is at|r\d+\s?:|NIP\b|LR \[|MSR:|GPR\d+:|epc\s?:|ra\s?:|status:|gp\s?:|a0\s?:|t0\s?:|Krnl |R:0 |TSTATE:|TPC:|g0:|o0:|l0:|i0:|I7:|Cause\s?:|PrId\s?:|\$\s?\d+\s?:|Hi\s+:|IAOQ|IASQ|\d{2}r\d|r\d\d-\d\d|estat|era |PRMD|CSRs|a\d:|d\d:)/,
  },
  {
    type: 'frame',
    begin: new RegExp(
      String.raw`^(?:\[<[0-9a-f]+>\]\s*|\[?[0-9a-f]{8,16}\]?\s+){0,3}(?:\(unreliable\)\s*)?(?:\? )?\(?${SYMBOL}\)?(?:${OFFSET}|\s+from\s+|\s+\(?\S+\.[chS]:\d+)`,
    ),
  },
  {
    type: 'note',
    begin:
      /^(?:<\/?(?:TASK|IRQ|NMI|SOFTIRQ)>$|-+\[ cut here \]-+|-+\[ end trace|Modules linked in:|Disabling lock debugging|Code: |page_owner (?:tracks|info)|page last (?:allocated|free)|page allocated via|page has been migrated|Tainted: \[|Workqueue: |=+$|Kernel panic|Memory state around|Exception stack|Last Breaking-Event|\[<[0-9a-f]+>\] ?[0-9a-f]*$)/,
  },
];

const OF_TYPE = new Map(RULES.map((rule) => [rule.type, rule]));

export const ruleOf = (type: TokenType): TokenRule => OF_TYPE.get(type)!;

/** What a line is, and where in it that begins; undefined for a line of something else. */
export function recognise(text: string): { readonly type: TokenType; readonly text: string } | undefined {
  const trimmed = text.trimStart();
  for (const { type, begin } of RULES) {
    const match = begin.exec(trimmed);
    if (match !== null) return { type, text: trimmed.slice(match.index) };
  }
  return undefined;
}

/** Kinds that say by themselves that a text is a kernel's log. */
export const TELLING: ReadonlySet<TokenType> = new Set<TokenType>([
  'map',
  'suppressed',
  'state',
  'rss',
  'leak',
  'swap',
  'bad-table',
  'pat',
  'warning',
  'bug',
  'oops',
]);
