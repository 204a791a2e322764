# The first process of a sandbox: builds its root, says "ready", and ends when its input does, which
# is when the server closes it or dies; the kernel then kills every process of the sandbox.
#
# It runs as root of a user namespace that has nothing but the users of this sandbox, in namespaces
# of its own. Arguments: its name, bytes and files of the disk, the job's user, "network" or "none".
set -eu
name=$1 bytes=$2 files=$3 user=$4 network=$5
umask 022

# Nobody in here makes further user namespaces, and with them capabilities.
echo 0 >/proc/sys/user/max_user_namespaces
hostname krate
if [ "$network" = none ] && command -v ip >/dev/null; then
  ip link set lo up || :
fi

# The new root, on any folder that every host has and everybody may enter.
mount -t tmpfs -o mode=755,size=16m,nr_inodes=4096,nosuid,nodev krate /tmp
cd /tmp
mkdir usr etc dev proc run tmp workspace disk var old root home
ln -s /tmp var/tmp

# Binds a folder or file of the host, read-only.
show() {
  if [ -d "/$1" ]; then
    mkdir -p "$1"
  else
    : >"$1"
  fi
  mount --rbind "/$1" "$1"
  mount -o "remount,bind,ro,nosuid$2" "$1"
}

show usr ,nodev
for folder in bin sbin lib lib32 lib64 libx32; do
  if [ -h "/$folder" ]; then
    cp -P "/$folder" "$folder"
  elif [ -d "/$folder" ]; then
    show "$folder" ,nodev
  fi
done
mkdir etc/ssl
for file in alternatives ld.so.cache ld.so.conf ld.so.conf.d ssl/certs ssl/openssl.cnf \
  ca-certificates crypto-policies pki/tls pki/ca-trust pki/java protocols services mime.types \
  magic perl fonts localtime /etc/java-*; do
  file=${file#/etc/}
  if [ -e "/etc/$file" ]; then
    case $file in */*) mkdir -p "etc/${file%/*}" ;; esac
    show "etc/$file" ,nodev
  fi
done
printf 'root:x:0:0:root:/tmp/home:/bin/sh\njob:x:1000:1000:job:/tmp/home:/bin/sh\n' >etc/passwd
printf 'root:x:0:\njob:x:1000:\n' >etc/group
printf 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n' \
  >etc/nsswitch.conf
printf '127.0.0.1 localhost krate\n::1 localhost\n' >etc/hosts
printf 'krate\n' >etc/hostname
printf '%s\n' "$name" >etc/krate-sandbox
if [ "$network" = network ]; then
  cat /etc/hosts >etc/hosts || :
  cat /etc/resolv.conf >etc/resolv.conf || :
fi
for device in null zero full random urandom; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
ln -s /tmp dev/shm
mount -t proc -o nosuid,nodev,noexec proc proc

# What a job writes, all of it on one disk of a bounded size.
mount -t tmpfs -o "mode=755,size=$bytes,nr_inodes=$files,nosuid,nodev" krate disk
mkdir disk/workspace disk/tmp
chmod 1777 disk/tmp
if [ "$user" != 0 ]; then
  chown "$user:$user" disk/workspace
fi
mount --bind disk/workspace workspace
mount --bind disk/tmp tmp
umount disk

pivot_root . old
cd /
umount -l old
rmdir old disk
# Whatever is mounted below what is shown is shown read-only, too.
while read -r _ _ _ _ place options _; do
  case $place in
  / | /proc | /proc/* | /dev/* | /workspace | /tmp) ;;
  *)
    case ,$options, in
    *,ro,*) ;;
    *) mount -o remount,bind,ro,nosuid,nodev "$(printf %b "$place")" ;;
    esac
    ;;
  esac
done </proc/self/mountinfo
mount -o remount,bind,ro,nosuid,nodev /

echo ready
exec 1>/dev/null
read -r _ || :
