package io.streamjob.e2e.crash;

import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.streamjob.operator.storage.Sample;
import io.streamjob.operator.storage.SnapshotPath;
import java.util.ArrayList;
import java.util.List;

/** The S3 server as Flink and the checks use it, past the operator's wire. */
final class Storage {

  private static final Sample SNAPSHOT = Sample.CANONICAL_FILES;

  private final MinioClient client;

  Storage(Site site) {
    client =
        MinioClient.builder()
            .endpoint(site.storage().toString())
            .credentials(site.accessKey(), site.secretKey())
            .region("us-east-1")
            .build();
  }

  /** Writes a complete snapshot as Flink does, its {@code _metadata} last. */
  void writeSnapshot(String location) {
    SnapshotPath folder = SnapshotPath.parse(location);
    SNAPSHOT
        .files()
        .forEach((path, size) ->
            put(folder.resolve(path.substring(SNAPSHOT.location().length() + 1)), new byte[size]));
    put(folder.resolve("_metadata"), SNAPSHOT.metadata(folder));
  }

  /** Writes only the {@code _metadata}, which is all that a look for checkpoints asks for. */
  void writeCheckpoint(String location) {
    put(SnapshotPath.parse(location).resolve("_metadata"), new byte[] {1});
  }

  private void put(SnapshotPath path, byte[] content) {
    try {
      client.putObject(
          PutObjectArgs.builder()
              .bucket(path.bucket())
              .object(path.key())
              .data(content, content.length)
              .build());
    } catch (MinioException e) {
      throw new IllegalStateException("cannot write " + path, e);
    }
  }

  /** The keys of all objects below a prefix. */
  List<String> below(String prefix) {
    var keys = new ArrayList<String>();
    try {
      for (Result<Item> result :
          client.listObjects(
              ListObjectsArgs.builder()
                  .bucket(Site.BUCKET)
                  .prefix(prefix + "/")
                  .recursive(true)
                  .build())) {
        Item item = result.get();
        if (!item.isDir()) {
          keys.add(item.objectName());
        }
      }
    } catch (MinioException e) {
      throw new IllegalStateException("cannot list " + prefix, e);
    }
    return keys;
  }
}
