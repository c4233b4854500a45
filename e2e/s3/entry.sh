#!/bin/sh
# First process of the S3 images: makes the buckets as folders, then becomes the server on port 9000.
#   S3_SERVER     versitygw or minio
#   S3_BUCKETS    names, separated by spaces
#   S3_SIDECAR    not empty: versitygw keeps metadata in files, for file systems without extended attributes
#   ACCESS_KEY, SECRET_KEY
set -eu
: "${ACCESS_KEY:?}" "${SECRET_KEY:?}"
for bucket in ${S3_BUCKETS:-}; do mkdir -p "/data/objects/$bucket"; done
case $S3_SERVER in
  versitygw)
    export ROOT_ACCESS_KEY_ID="$ACCESS_KEY" ROOT_SECRET_ACCESS_KEY="$SECRET_KEY"
    # Not below the objects: it refuses that.
    if [ -n "${S3_SIDECAR:-}" ]; then mkdir -p /data/metadata; set -- --sidecar /data/metadata; fi
    # Without --keep-alive it closes the connection after every answer, and clients pay for a new one each time.
    exec /bin/versitygw --port :9000 --keep-alive --quiet --health /health posix "$@" /data/objects
    ;;
  minio)
    export MINIO_ROOT_USER="$ACCESS_KEY" MINIO_ROOT_PASSWORD="$SECRET_KEY"
    # No console, no calls to the outside: there is none.
    export MINIO_BROWSER=off MINIO_UPDATE=off
    exec /bin/minio server --quiet --address :9000 --certs-dir /tmp/certs /data/objects
    ;;
  *)
    echo "S3_SERVER is '$S3_SERVER': must be versitygw or minio" >&2
    exit 1
    ;;
esac
