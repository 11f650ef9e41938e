// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What a shell runs when a line is to be completed. All of them ask `specialbit completion words -- WORDS`, which answers
 * with a candidate a line, a tab and what it is; and in the last line with `:` and what else is so (`answer.ts`).
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * bash breaks words at `:`, `=` and `@`: here they are put together again, and a candidate loses what stands before the
 * part that bash exchanges, which it hands over as the second argument (behind a `:` or `=`, but from an `@` on).
 */
const BASH = `# completion of specialbit for bash; to be kept as ~/.local/share/bash-completion/completions/specialbit
_specialbit() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() word i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
      words[\${#words[@]} - 1]+=\${word:0:\${#rest}}
    else
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=("\${word:0:\${#rest}}")
    fi
    rest=\${rest:\${#word}}
  done
  local cur=\${words[\${#words[@]} - 1]} answer line
  answer=$("\${words[0]}" completion words -- "\${words[@]:1}" 2>/dev/null) || return
  local before=\${cur%"$2"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      [[ $line == *nospace* ]] && compopt -o nospace
      if [[ $line == *files* ]]; then
        compopt -o filenames
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${cur#--*=}")
      fi
    else
      line=\${line%%$'\\t'*}
      COMPREPLY+=("\${line#"$before"}")
    fi
  done <<<"$answer"
}
complete -F _specialbit specialbit
`;

const ZSH = `#compdef specialbit
# completion of specialbit for zsh; to be kept as _specialbit in a folder of $fpath
_specialbit() {
  local -a lines values shown space
  local line tab=$'\\t'
  lines=("\${(@f)$("\${words[1]}" completion words -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :* ]]; then
      [[ $line == *nospace* ]] && space=(-S '')
      # not beside values: what both have in common would take the place of what was typed
      [[ $line == *files* ]] && (( ! $#values )) && { [[ $PREFIX == --*=* ]] && compset -P '*='; _files }
    elif [[ -n $line ]]; then
      values+=("\${line%%$tab*}")
      shown+=("\${line%%$tab*}  \${line#*$tab}")
    fi
  done
  (( $#values )) && compadd "\${space[@]}" -l -d shown -a values
}
if [ "$funcstack[1]" = "_specialbit" ]; then
  _specialbit "$@"
else
  compdef _specialbit specialbit
fi
`;

const FISH = `# completion of specialbit for fish; to be kept as ~/.config/fish/completions/specialbit.fish
function __specialbit_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $words[1] completion words -- $words[2..-1] "$current" 2>/dev/null)
        if string match -q ':*' -- $line
            if string match -q '*files*' -- $line
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current")
            end
        else
            echo $line
        end
    end
end
complete -c specialbit -f -a '(__specialbit_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
