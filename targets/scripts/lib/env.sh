# read_env FILE: sets value_NAME for each line NAME=value and NAME='value'. Nothing of the file is run. What readers take for
# different values (blanks, #, $, \, quotes within) is refused, so that the value is the one that Docker Compose reads.
read_env() {
  file=$1 number=0 names=' ' quoted=' '
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
      '' | '#'*) continue ;;
      *"$carriage_return") refuse "the line ends as those of Windows do" ;;
      *=*) ;;
      *) refuse "this is no NAME=value" ;;
    esac
    name=${line%%=*} value=${line#*=}
    case $name in
      '' | [0-9]* | *[!A-Za-z0-9_]*) refuse "a name holds letters, digits and _ alone" ;;
    esac
    case $names in
      *" $name "*) refuse "$name is set above already" ;;
    esac
    names="$names$name "
    case $value in
      "'") refuse "$name has no second quote" ;;
      "'"*"'")
        value=${value#?} value=${value%?}
        case $value in
          *"'"* | *"$backslash") refuse "the value of $name holds a quote, or ends with $backslash" ;;
        esac
        ;;
      '"'*'"')
        # Read where nothing asks for it: compose reads it its own way.
        quoted="$quoted$name "
        continue
        ;;
      *[!A-Za-z0-9_./:@%+,=~-]*) refuse "the value of $name must stand between ' and '" ;;
    esac
    # The name is a word, and the value is not looked at again.
    eval "value_$name=\$value"
  done <"$file"
}

# refuse REASON: never with the line itself, which may hold a secret.
refuse() { fail "$file:$number: $1"; }

# is_quoted NAME: whether its value stands between ", where compose reads it its own way.
is_quoted() {
  case $quoted in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

# may_ask NAME: fails where the value cannot be read.
may_ask() { ! is_quoted "$1" || fail "the value of $1 must stand between ' and ', or without quotes"; }

# value NAME: what the file sets; nothing where it sets nothing.
value() { eval "printf '%s' \"\${value_$1-}\""; }

# setting NAME DEFAULT: what the file sets, or the default where that is nothing, as compose reads it.
setting() {
  may_ask "$1"
  eval "printf '%s' \"\${value_$1:-\$2}\""
}

carriage_return=$(printf '\r') backslash=$(printf '\134')
