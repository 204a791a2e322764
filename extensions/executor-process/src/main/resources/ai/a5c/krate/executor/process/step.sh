# The first process of a step, in a sandbox: process, mount and ipc namespaces of its own, so that
# with its end every process of the step is gone, and with it what they shared in memory.
#
# Its input is orders, its output the step's, its error what it tells the server; a step has none of
# these but the output. It keeps its capabilities, a step has none: so no step can trace it or look
# into it, and as first process it ignores the signals of a step.
#
# Arguments: the sandbox, what to do, the job's user, processes at most, bytes for the step's own files.
set -u
sandbox=$1 order=$2 user=$3 processes=$4 bytes=$5

failed() {
  echo "failed: $*" >&2
  exit 1
}

# Numbers of processes come back: this may be any other place, where nothing is to be done.
read -r name </etc/krate-sandbox && [ "$name" = "$sandbox" ] || failed "the sandbox is gone"

if [ "$user" = 0 ]; then
  become=
else
  become="--reuid $user --regid $user --clear-groups"
fi

# Becomes the job, for good.
as_job() {
  ulimit -c 0
  ulimit -n 65536 2>/dev/null
  ulimit -u "$processes" 2>/dev/null || ulimit -p "$processes" || exit 125
  cd /workspace || exit 125
  # shellcheck disable=SC2086
  exec nice -n 10 setpriv $become --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all \
    -- "$@"
}

clean() {
  find "$1" -mindepth 1 -delete
}

umask 022
mount -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc /proc || failed "no /proc"
case $order in
unpack)
  clean /workspace || failed "the workspace cannot be emptied"
  (as_job tar -x -f - --no-same-owner --warning=no-timestamp --warning=no-unknown-keyword 2>&1)
  echo "exit $?" >&2
  exit 0
  ;;
empty)
  clean /workspace || failed "the workspace cannot be emptied"
  echo "exit 0" >&2
  exit 0
  ;;
pack)
  tar -c -f - -C /workspace --format=posix --sort=name --numeric-owner --owner=0 --group=0 .
  echo "exit $?" >&2
  exit 0
  ;;
esac

mount -t tmpfs -o "mode=755,size=$bytes,nosuid,nodev" krate /run || failed "no /run"
clean /tmp || failed "/tmp cannot be emptied"
mkdir /run/secrets /tmp/home || failed "no folders"
chmod 1777 /tmp
word=
while read -r word size name; do
  case $word in
  script | launch)
    head -c "$size" >"/run/$word" || failed "no $word"
    ;;
  secret)
    (umask 377 && head -c "$size" >"/run/secrets/$name") || failed "no secret"
    ;;
  go) break ;;
  *) failed "not understood" ;;
  esac
done
[ "$word" = go ] || exit 1
chmod 755 /run/script
if [ "$user" != 0 ]; then
  chown -R "$user:$user" /run/secrets /tmp/home || failed "the secrets cannot be given"
fi
chmod 500 /run/secrets
mount -o remount,bind,ro,nosuid,nodev /run || failed "/run stays writable"

asked=no
trap 'asked=yes; kill -TERM -1' TERM
echo started >&2
(
  trap - TERM
  as_job /bin/sh /run/launch
) </dev/null 2>&1 &
job=$!
wait "$job"
code=$?
if [ "$asked" = yes ]; then
  wait "$job"
fi
trap '' TERM
kill -9 -1 2>/dev/null
exec 1>/dev/null
clean /tmp 2>/dev/null
echo "exit $code" >&2
