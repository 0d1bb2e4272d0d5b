#!/usr/bin/env bash
# install-timers.sh: lets this host take the backups of the platform by their schedules, which are in UTC.
#
#   --to FOLDER  writes the files there, and starts nothing
#   --remove     takes them away again
#   --dry-run    says what it would do
#   --help
#
# It writes timers of systemd, or a file for crond where the platform says `timers = cron`, and for the metrics which backups there
# are. Run again after a deploy that changes them; a second run changes nothing.
. "$(dirname "$(readlink -f "$0" 2>/dev/null || printf '%s' "$0")")/lib/common.sh" || exit 2

main() {
  local to='' remove=''
  while [ $# -gt 0 ]; do
    case $1 in
      --to)
        [ $# -gt 1 ] || usage "--to names no folder"
        to=$2
        shift
        ;;
      --remove) remove=1 ;;
      --dry-run) dry_run=1 ;;
      --help | -h)
        help
        exit 0
        ;;
      *) usage "$1 is no option" ;;
    esac
    shift
  done
  [ -z "$to" ] || [ -z "$remove" ] || usage "--remove takes the timers of this host away, and no files of --to"
  case $root in
    *[!A-Za-z0-9_./-]*) fail "$root: systemd and cron cannot be told of a folder with such a name" ;;
  esac
  scratch
  mkdir "$work/new"
  [ -n "$remove" ] || "write_$TIMERS" "$work/new"
  if [ -n "$to" ]; then
    do_it mkdir -p "$to"
    do_it cp "$work/new"/* "$to"
  else
    [ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || fail "only root can do that: sudo $0"
    "install_$TIMERS" "$work/new"
    [ -n "$remove" ] || do_it "$root/scripts/backup.sh" --declare
  fi
  log "done"
}

# How many seconds what a timer starts waits for another one that is at work: a large dump takes hours.
wait=14400

# write_systemd FOLDER
write_systemd() {
  local what name calendars calendar unit
  while IFS=$'\t' read -r what calendars _; do
    name=${what#* } what=${what%% *}
    unit=$PROJECT-$what-$name
    {
      echo "# Written by $root/scripts/install-timers.sh"
      echo "[Unit]"
      echo "Description=The $what $name of $PROJECT"
      echo "After=docker.service"
      echo "OnFailure=$PROJECT-failed@%n.service"
      echo
      echo "[Service]"
      echo "Type=oneshot"
      if [ "$what" = backup ]; then
        echo "ExecStart=$root/scripts/backup.sh --wait $wait $name"
        echo "ExecStopPost=-$root/scripts/backup.sh --resume"
      else
        echo "ExecStart=$root/scripts/restore.sh $name --drill --wait $wait"
      fi
      echo "Nice=10"
      echo "IOSchedulingClass=idle"
      echo "TimeoutStartSec=infinity"
    } >"$1/$unit.service"
    {
      echo "# Written by $root/scripts/install-timers.sh"
      echo "[Unit]"
      echo "Description=When the $what $name of $PROJECT is due"
      echo
      echo "[Timer]"
      while IFS= read -r calendar; do echo "OnCalendar=$calendar"; done <<<"${calendars//;/$'\n'}"
      echo "Persistent=true"
      echo
      echo "[Install]"
      echo "WantedBy=timers.target"
    } >"$1/$unit.timer"
  done <<<"$(timers)"
  {
    echo "# Written by $root/scripts/install-timers.sh"
    echo "[Unit]"
    echo "Description=Says that %i failed"
    echo
    echo "[Service]"
    echo "Type=oneshot"
    echo "ExecStart=/bin/sh -c 'echo \"%i failed: journalctl --unit %i\" | systemd-cat --priority err --identifier $PROJECT'"
  } >"$1/$PROJECT-failed@.service"
}

# install_systemd FOLDER: what is new or different, and nothing that is no longer declared.
install_systemd() {
  local file name units=${UNITS:-/etc/systemd/system} changed='' unit
  need systemctl
  for file in "$units/$PROJECT"-backup-* "$units/$PROJECT"-drill-* "$units/$PROJECT-failed@.service"; do
    name=$(basename "$file")
    if [ ! -e "$file" ] || [ -e "$1/$name" ]; then continue; fi
    case $name in
      *.timer) do_it systemctl disable --now "$name" ;;
    esac
    do_it rm -f "$file"
    changed=1
  done
  for file in "$1"/*; do
    [ -e "$file" ] || continue
    name=$(basename "$file")
    cmp -s "$file" "$units/$name" && continue
    do_it install -m 0644 "$file" "$units/$name"
    changed=1
  done
  [ -z "$changed" ] || do_it systemctl daemon-reload
  for unit in "$1"/*.timer; do
    [ -e "$unit" ] || continue
    systemctl is-enabled --quiet "$(basename "$unit")" 2>/dev/null && [ -z "$changed" ] && continue
    do_it systemctl enable --now "$(basename "$unit")"
  done
}

# write_cron FOLDER: its name has no dot, its lines have a user and no %, and it ends with one.
write_cron() {
  local what name cron
  {
    echo "# Written by $root/scripts/install-timers.sh. All times are in UTC."
    echo "SHELL=/bin/sh"
    echo "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    echo "CRON_TZ=UTC"
    while IFS=$'\t' read -r what _ cron; do
      name=${what#* }
      case $what in
        backup*) echo "$cron root $root/scripts/backup.sh --wait $wait $name 2>&1 | logger -t $PROJECT-backup" ;;
        *) echo "$cron root $root/scripts/restore.sh $name --drill --wait $wait 2>&1 | logger -t $PROJECT-drill" ;;
      esac
    done <<<"$(timers)"
  } >"$1/$PROJECT-backup"
}

# install_cron FOLDER
install_cron() {
  local folder=${CRON:-/etc/cron.d} file=$PROJECT-backup
  if [ ! -e "$1/$file" ]; then
    do_it rm -f "$folder/$file"
    return
  fi
  # Amazon Linux has no cron, and one that is installed may not run.
  pgrep -x cron >/dev/null || pgrep -x crond >/dev/null || fail "no crond runs here: install and enable it, or leave \`timers = cron\` out"
  # Only cronie knows CRON_TZ.
  [ "$(date +%z)" = +0000 ] || { crond -V 2>&1 | grep -q cronie; } ||
    fail "this crond takes times for those of the host, which are not UTC: set its clock to UTC, or leave \`timers = cron\` out"
  cmp -s "$1/$file" "$folder/$file" && return
  do_it install -o root -g root -m 0644 "$1/$file" "$folder/$file"
}

main "$@"
