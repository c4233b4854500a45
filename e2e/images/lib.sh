# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Sourced by build, load and push: names of the images, messages, and what is rebuilt when.
# shellcheck source-path=SCRIPTDIR source=../cluster/env.sh
. "$here/../cluster/env.sh"
root=$(cd "$here/../.." && pwd)
layers=$STREAMJOB_IMAGES/layers
mkimage=$here/../cluster/mkimage

# A version that stands in the project's pom and nowhere else.
pom_version() {
  sed -n "s:.*<$1>\([^<]*\)</$1>.*:\1:p" "$root/pom.xml" | head -n 1
}
flink_version=$(pom_version flink.version)
s3_plugin=${STREAMJOB_S3_PLUGIN:-flink-s3-fs-presto}
image_prefix=localhost/streamjob

# references ARCHIVE: the images in it, as they stand in manifests.
references() {
  case $1 in
    flink) echo "$image_prefix/flink:$flink_version" ;;
    sample) printf "$image_prefix/sample:%s\n" v1 v2 ;;
    suite) printf "$image_prefix/suite:%s\n" v1 v2 nojar twojars ;;
    operator) echo "$image_prefix/operator:dev" ;;
  esac
}

# expand NAME...: the archives that the names of the command line stand for.
expand() {
  local name
  [ $# -gt 0 ] || set -- all
  for name in "$@"; do
    case $name in
      all) printf '%s\n' flink sample operator ;;
      flink | sample | suite | operator) echo "$name" ;;
      *) die "there is no image named $name; known are: all, flink, sample, suite, operator" ;;
    esac
  done
}

flink_settings=(
  --entrypoint '["/docker-entrypoint.sh"]' --cmd '["help"]' --user 9999:9999 --workdir /opt/flink
  --env FLINK_HOME=/opt/flink --env JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64
  --env PATH=/opt/flink/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  --env LANG=C.UTF-8
)
# For hundreds of starts on few processors: no compiler or collector that pays only later, no second look at the bytecode
# of released libraries. A JobManager and a TaskManager with their scripts start in 8 s of a processor instead of 16.
quick_java="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
operator_java=(
  /opt/java/bin/java -XX:+UseSerialGC -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError -XX:TieredStopAtLevel=1
  -cp '/opt/operator/operator.jar:/opt/operator/lib/*' io.streamjob.operator.Main
)
operator_settings=(
  --entrypoint "[$(printf '"%s", ' "${operator_java[@]}" | sed 's/, $//')]" --user 65532:65532 --workdir /tmp
  --env JAVA_HOME=/opt/java --env HOME=/tmp --env LANG=C.UTF-8
  --env PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
)

# recipe REFERENCE: its layers, lowest first, and its settings, as arguments of mkimage, in the array recipe.
recipe() {
  local names=(debian-java17 flink-user flink "$s3_plugin") layer
  recipe=("${flink_settings[@]}")
  case $1 in
    */suite:*)
      recipe+=(--env "JAVA_TOOL_OPTIONS=$quick_java")
      [ "${1##*:}" = nojar ] || names+=("sample-${1##*:}")
      ;;
    */sample:*) names+=("sample-${1##*:}") ;;
    */flink:*) ;;
    */operator:*)
      names=(debian operator-jre operator-lib operator-app)
      recipe=("${operator_settings[@]}")
      ;;
  esac
  for layer in "${names[@]}"; do recipe+=(--layer "$layers/$layer.tar"); done
}

die() {
  printf 'error: %s\n' "$@" >&2
  exit 1
}

step() {
  printf '[%4d s] %s\n' "$SECONDS" "$*"
}

# need COMMAND PACKAGE: offers Debian's package to root, tells others.
need() {
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    step "installing the Debian package $2 (for $1)"
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$2"; } >"$STREAMJOB_IMAGES/apt.log" 2>&1 ||
      die "could not install $2; the log is $STREAMJOB_IMAGES/apt.log"
    return
  fi
  die "$1 is missing: install the package $2"
}

fingerprint() {
  sha256sum | cut -d ' ' -f 1
}

# fresh FILE FINGERPRINT: FILE is there and was made from just that.
fresh() {
  [ -e "$1" ] && [ "$(cat "$1.fingerprint" 2>/dev/null)" = "$2" ]
}

# made FILE FINGERPRINT: moves FILE.new into place.
made() {
  rm -f "$1.fingerprint"
  mv "$1.new" "$1"
  [ ! -e "$1.new.sha256" ] || mv "$1.new.sha256" "$1.sha256"
  echo "$2" >"$1.fingerprint"
}

size() {
  du -m --apparent-size "$1" | cut -f 1
}
