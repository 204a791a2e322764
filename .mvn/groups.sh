# Read by ./build and ./krate. What is started over ssh or at a console is in a control group of the session, in which its user
# may make none; runners need groups of their own (docs/isolation.md). In a scope of the user's own systemd they can have them.

# Starts the script anew in such a scope, if it is in a session's group and that can be done. Usage: leave_session "$0" "$@"
leave_session() {
  case $(cat /proc/self/cgroup 2>/dev/null) in
    *0::*/session-*.scope*) ;;
    *) return 0 ;;
  esac
  [ "$(id -u)" -ne 0 ] && systemd-run --user --scope --quiet true 2>/dev/null || return 0
  exec systemd-run --user --scope --quiet -- "$@"
}
