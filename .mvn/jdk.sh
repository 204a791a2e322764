# Read by ./build, ./krate and .ci/run: finds the JDK to use. Works with bash 3.2, which macOS has.

# The feature version of the JDK in a folder: "25"; nothing if it is not a JDK.
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || return 0
  local version=""
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release")
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  fi
  version=${version#1.}
  printf '%s' "${version%%[!0-9]*}"
}

# Every folder where a JDK may be, one a line.
jdk_candidates() {
  local java folder
  if java=$(command -v java); then
    while [ -L "$java" ]; do
      folder=$(cd "$(dirname "$java")" && pwd -P)
      java=$(readlink "$java")
      case $java in /*) ;; *) java=$folder/$java ;; esac
    done
    dirname "$(dirname "$java")"
  fi
  for folder in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -d "$folder" ] && printf '%s\n' "$folder"
  done
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home 2>/dev/null || true
  fi
}

# Exports JAVA_HOME: the one that is set, if it is a JDK 21 or later, otherwise the newest that is found. Fails if there is none.
use_jdk() {
  local folder version newest=20 home=""
  if [ -n "${JAVA_HOME:-}" ]; then
    version=$(jdk_version "$JAVA_HOME")
    if [ "${version:-0}" -ge 21 ]; then
      JDK_VERSION=$version
      export JAVA_HOME
      return 0
    fi
  fi
  while IFS= read -r folder; do
    version=$(jdk_version "$folder")
    if [ "${version:-0}" -gt "$newest" ]; then
      newest=$version
      home=$folder
    fi
  done <<EOF
$(jdk_candidates)
EOF
  [ -n "$home" ] || return 1
  JDK_VERSION=$newest
  JAVA_HOME=$home
  export JAVA_HOME
}

# Maven's own libraries make later JDKs warn on every start.
quiet_maven() {
  if [ "$JDK_VERSION" -ge 24 ]; then
    export MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
  fi
}

JDK_ADVICE='a JDK, version 21 or later (25 is what Krate is built with): from https://adoptium.net, or your
  system'"'"'s package such as openjdk-21-jdk-headless. If you have one, say where: export JAVA_HOME=/path/to/jdk'
