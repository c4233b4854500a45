# shellcheck shell=bash disable=SC2034
# Sourced by build and deploy: the S3 servers that the tests use, and how each is built.
# server NAME: sets server_module, server_version, server_health, server_image; fails for an unknown name.
server() {
  case $1 in
    versitygw)
      server_module=github.com/versity/versitygw/cmd/versitygw
      server_version=v1.8.0
      server_health=/health
      ;;
    minio)
      # Its repository is archived and had no module versions: the last commit.
      server_module=github.com/minio/minio
      server_version=v0.0.0-20260212201848-7aac2a2c5b7c
      server_health=/minio/health/ready
      ;;
    *) return 1 ;;
  esac
  server_image=localhost/streamjob/s3-$1:$server_version
}
