# What the machine runs at its first start, as root, with the id of its data disk in INFRAC_VOLUME: the disk gets a file system
# where it has none, and is mounted where Docker keeps its data. A second run changes nothing. It needs no network and installs
# nothing. Its output stands in /var/log/cloud-init-output.log, and `cloud-init status --wait` says whether it came to its end.
set -euo pipefail

data=/data
# Images and containers stand in one of them or the other, which depends on the version of Docker; volumes stand in the first.
folders=(docker containerd)
drop_in=10-infrac-data.conf

fail() {
  echo "user data: $*" >&2
  exit 1
}

# The disk is attached while the machine starts. On machines with NVMe the name of its device may change from one start to the
# next, and its id does not; older ones have no NVMe, and call it as the attachment does.
find_device() {
  local by_id=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${INFRAC_VOLUME/-/} name tries
  for ((tries = 0; tries < 300; tries++)); do
    for name in "$by_id" /dev/xvdf; do
      if [ -b "$name" ]; then
        readlink -f "$name"
        return
      fi
    done
    sleep 2
  done
  fail "the disk $INFRAC_VOLUME is not attached after ten minutes"
}

# A disk that holds anything is taken as it is: it may be the one of the machine before. Only where two programs find nothing on
# it, it gets a file system.
make_file_system() {
  local device=$1 found=0 signatures
  blkid -p "$device" >/dev/null || found=$?
  case $found in
    0) return ;;
    2) ;;
    *) fail "what is on $device is not certain (blkid: $found): look at it, and mount it yourself" ;;
  esac
  signatures=$(wipefs -n "$device")
  [ -z "$signatures" ] || fail "$device holds something that is no file system: $signatures"
  mkfs.ext4 -q -L infrac-data "$device"
}

# add_mount FOLDER LINE: a line of fstab, once.
add_mount() {
  awk -v folder="$1" '$1 !~ /^#/ && $2 == folder { found = 1 } END { exit !found }' /etc/fstab || echo "$2" >>/etc/fstab
}

# A machine whose disk is missing starts all the same, so that somebody can log in, and Docker does not: it would make its
# volumes anew on the system's disk, and every service would come up empty.
mount_data() {
  local device=$1 uuid folder
  uuid=$(blkid -p -s UUID -o value "$device")
  [ -n "$uuid" ] || fail "$device holds no file system"
  mkdir -p "$data"
  add_mount "$data" "UUID=$uuid $data auto defaults,noatime,nofail,x-systemd.growfs,x-systemd.device-timeout=5min 0 2"
  mountpoint -q "$data" || mount "$data"
  for folder in "${folders[@]}"; do
    if ! mountpoint -q "/var/lib/$folder"; then
      [ -z "$(ls -A "/var/lib/$folder" 2>/dev/null)" ] ||
        fail "/var/lib/$folder holds data on the system's disk already: move it to $data/$folder, with Docker stopped"
      mkdir -p "$data/$folder" "/var/lib/$folder"
      add_mount "/var/lib/$folder" "$data/$folder /var/lib/$folder none bind,nofail,x-systemd.requires-mounts-for=$data 0 0"
      mount "/var/lib/$folder"
    fi
    mkdir -p "/etc/systemd/system/$folder.service.d"
    printf '[Unit]\nRequiresMountsFor=%s\n' "/var/lib/$folder" >"/etc/systemd/system/$folder.service.d/$drop_in"
  done
  systemctl daemon-reload
}

main() {
  local device
  device=$(find_device)
  make_file_system "$device"
  mount_data "$device"
  mkdir -p /var/lib/infrac
  date -u +%Y-%m-%dT%H:%M:%SZ >/var/lib/infrac/first-start
  echo "user data: $device is mounted at $data, and Docker keeps its data there"
}

main
