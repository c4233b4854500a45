# Runs in the job's own image before the JobManager: puts the job's jar where Flink's REST finds it,
# and says plainly what is missing. "Reason|sentence" goes to the termination message, which the
# operator reads.
set -eu
fail() {
  printf '%s' "$1" >/dev/termination-log
  printf '%s\n' "$1" >&2
  exit 1
}
jar=${JOB_JAR:-}
if [ -z "$jar" ]; then
  set -- "$FLINK_USRLIB"/*.jar
  [ -e "$1" ] || fail "JarMissing|the image has no jar in $FLINK_USRLIB: put the job's jar there, or name its path in spec.job.jar"
  [ $# -eq 1 ] || fail "JarAmbiguous|the image has $# jars in $FLINK_USRLIB ($*): name one in spec.job.jar"
  jar=$1
fi
[ -r "$jar" ] || fail "JarMissing|spec.job.jar: the image has no readable $jar"
set -- /opt/flink/plugins/*/flink-s3-fs-*.jar
[ -e "$1" ] || fail "S3PluginMissing|the image has no flink-s3-fs-*.jar in a folder of /opt/flink/plugins: add Flink's S3 file system plugin to the image"
if [ -n "${STORAGE_HOST:-}" ]; then
  timeout 10 bash -c 'exec 3<>"/dev/tcp/$STORAGE_HOST/$STORAGE_PORT"' 2>/dev/null ||
    fail "StorageUnreachable|the job's pods cannot reach the storage at $STORAGE_HOST:$STORAGE_PORT: check the storage profile's endpoint and network policies"
fi
mkdir -p "$UPLOAD"
ln -sf "$jar" "$UPLOAD/streamjob_job.jar"
