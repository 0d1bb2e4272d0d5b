# read_env FILE: sets value_NAME for each line NAME=value and NAME='value'; between ' and ' a value may have several lines, as the users of
# a login have. Nothing of the file is run. What readers take for different values (blanks, #, $, \, quotes within) is refused, so that
# the value is the one that Docker Compose reads.
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
      "'"*"'"* | '"'*'"'*) ;;
      "'"*)
        until is_closed "$line" "$name"; do
          IFS= read -r line || [ -n "$line" ] || refuse "the value of $name has no second quote"
          number=$((number + 1))
          value=$value$line_end$line
        done
        ;;
      '"'*) refuse "a value stands on one line, and that of $name has no second quote there" ;;
    esac
    case $value in
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

# is_closed LINE NAME: whether a line is the last one of a value that another one opened.
is_closed() {
  case $1 in
    "$2='"*) return 1 ;;
    *"$carriage_return") refuse "the line ends as those of Windows do" ;;
    *"'"*) ;;
    *) return 1 ;;
  esac
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

# is_line TEXT LINES: without a program that would have the text among its arguments.
is_line() {
  while IFS= read -r line; do
    [ "$line" != "$1" ] || return 0
  done <<END
$2
END
  return 1
}

# is_address TEXT: of a host, without a blank.
is_address() {
  case $1 in
    *[[:space:]]*) return 1 ;;
    http://[[:alnum:]]* | https://[[:alnum:]]* | http://'['* | https://'['*) ;;
    *) return 1 ;;
  esac
}

# is_login TEXT: a user with the hash of a password, as a proxy reads it (nginx.org, auth_basic_user_file).
is_login() {
  case $1 in
    *[[:space:]]* | :*) return 1 ;;
    *:*) ;;
    *) return 1 ;;
  esac
  case ${1#*:} in
    '$'?*'$'?* | '{'?*'}'?*) ;;
    # The oldest hash: 13 characters.
    *[!A-Za-z0-9./]*) return 1 ;;
    ?????????????) ;;
    *) return 1 ;;
  esac
}

# are_logins TEXT: the same, a line each.
are_logins() {
  while IFS= read -r line; do
    is_login "$line" || return 1
  done <<END
$1
END
}

# weakness NAME KIND LEAST FORM CHOICES: what is wrong with a value that is set, in words that follow its name; nothing where
# nothing is. CHOICES are lines. No value is printed.
weakness() {
  text=$(value "$1")
  if [ "${#text}" -lt "$3" ]; then
    echo "is shorter than $3 characters"
    return 0
  fi
  case $4-$text in
    url-*[!A-Za-z0-9._~-]*)
      echo "is part of an address: letters, digits, and - . _ ~ alone"
      return 0
      ;;
  esac
  if [ "$4" = address ] && ! is_address "$text"; then
    echo "is no address: https://HOST/PATH"
    return 0
  fi
  if [ "$4" = login ] && ! are_logins "$text"; then
    echo "is no user with a hash: for each user a line NAME:HASH, as htpasswd -n NAME prints it"
    return 0
  fi
  if [ -n "$5" ] && ! is_line "$text" "$5"; then
    echo "is none of $(printf '%s\n' "$5" | paste -sd , - | sed 's/,/, /g')"
    return 0
  fi
  [ "$2" = secret ] || return 0
  plain=$(printf '%s' "$text" | tr '[:upper:]' '[:lower:]')
  case $plain in
    *changeme* | *change_me* | *change-me* | *changethis* | *replaceme* | *replace_me* | *your_password* | *yourpassword* | *your_secret* | '<'*'>')
      echo "still is what an example says"
      return 0
      ;;
  esac
  left=$text
  while [ -n "$left" ]; do
    case $left in
      "${text%"${text#?}"}"*) left=${left#?} ;;
      *) break ;;
    esac
  done
  if [ -z "$left" ] && [ "${#text}" -gt 1 ]; then
    echo "is one character again and again"
    return 0
  fi
  # What is left without digits and signs.
  case $(printf '%s' "$plain" | tr -cd '[:lower:]') in
    admin | adminpassword | adminadmin | default | demo | empty | example | guest | letmein | minioadmin | miniopassword | none | null | pass | passw | passwd | password | passwort | placeholder | qwerty | qwertyuiop | root | rootpassword | secret | secretkey | supersecret | test | testing | todo | toor | welcome)
      echo "is a word that everybody tries"
      ;;
    '') [ "${#text}" -ge 20 ] || echo "is a word that everybody tries" ;;
  esac
}

carriage_return=$(printf '\r') backslash=$(printf '\134')
line_end='
'
