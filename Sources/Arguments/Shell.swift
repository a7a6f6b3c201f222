/// A shell that completes what is typed, and the script that teaches it: the shell asks `PROGRAM complete -- WORDS…`, which answers
/// from the table of commands, so that what is completed is what this very program takes.
package enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  package func script(program: String) -> String {
    let template =
      switch self {
      case .bash: Self.bashScript
      case .zsh: Self.zshScript
      case .fish: Self.fishScript
      }
    return template.split(separator: "PROGRAM", omittingEmptySubsequences: false).joined(separator: program)
  }

  /// `COMP_WORDS` is cut at = and :, and keeps quotes: words are put together again before they are asked about, and what is
  /// answered is cut and quoted as the shell expects it.
  private static let bashScript = #"""
    # bash completion of PROGRAM: source <(PROGRAM completion bash)
    _PROGRAM() {
      local rest=${COMP_LINE:0:COMP_POINT} words=() trimmed word='' quote='' i kind value says
      for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && word=$trimmed
        if ((i > 0)) && [[ $trimmed == "$rest" ]]; then words[${#words[@]}-1]+=$word; else words+=("$word"); fi
        rest=${trimmed#"$word"}
      done
      [[ $word == [=:] ]] && word=''
      local cut=${words[${#words[@]}-1]%"$word"}
      for i in "${!words[@]}"; do
        value=${words[i]}
        case $value in
          \'*) value=${value#\'} value=${value%\'} ;;
          \"*) value=${value#\"} value=${value%\"} ;;
          *) value=${value//\\/} ;;
        esac
        words[i]=$value
      done
      case $word in \'* | \"*) quote=${word:0:1} ;; esac
      COMPREPLY=()
      {
        read -r kind
        case $kind in
          files | folders)
            [[ $kind == files ]] && kind=-f || kind=-d
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen "$kind" -- "$word")
            ;;
          *)
            while IFS=$'\t' read -r value says; do
              value=${value#"$cut"}
              [[ -z $quote ]] && printf -v value %q "$value"
              COMPREPLY+=("$value")
            done
            ;;
        esac
      } < <(command PROGRAM complete -- "${words[@]:1}" 2>/dev/null)
    }
    complete -F _PROGRAM PROGRAM

    """#

  private static let zshScript = #"""
    #compdef PROGRAM
    # zsh completion of PROGRAM: source <(PROGRAM completion zsh), or as _PROGRAM into a folder of $fpath
    _PROGRAM() {
      local -a lines values
      local line kind
      lines=("${(@f)$(command PROGRAM complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
      kind=$lines[1]
      shift lines
      case $kind in
        files) compset -P '--*='; _files ;;
        folders) compset -P '--*='; _files -/ ;;
        *)
          for line in $lines; do
            values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
          done
          _describe -t values PROGRAM values
          ;;
      esac
    }
    if [[ ${funcstack[1]} == _PROGRAM ]]; then _PROGRAM "$@"; else compdef _PROGRAM PROGRAM; fi

    """#

  private static let fishScript = #"""
    # fish completion of PROGRAM: PROGRAM completion fish | source
    function __PROGRAM_complete
      set -l words (commandline -opc) (commandline -ct)
      set -l lines (command PROGRAM complete -- $words[2..-1] 2>/dev/null)
      switch "$lines[1]"
        case files
          __fish_complete_path (commandline -ct)
        case folders
          __fish_complete_directories (commandline -ct)
        case '*'
          printf '%s\n' $lines[2..-1]
      end
    end
    complete -c PROGRAM -f -a '(__PROGRAM_complete)'

    """#
}
