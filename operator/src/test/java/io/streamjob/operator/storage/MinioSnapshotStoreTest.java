package io.streamjob.operator.storage;

import io.streamjob.operator.storage.ObjectClient.Depth;
import io.streamjob.operator.storage.ObjectClient.Entry;
import io.streamjob.operator.storage.ObjectClient.Page;
import io.streamjob.operator.storage.StorageAccess.Addressing;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The contract on a real S3 server, where one is given: {@code STREAMJOB_S3_ENDPOINT}, {@code
 * STREAMJOB_S3_BUCKET}, {@code STREAMJOB_S3_ACCESS_KEY}, {@code STREAMJOB_S3_SECRET_KEY}.
 */
@EnabledIfEnvironmentVariable(named = "STREAMJOB_S3_ENDPOINT", matches = "http.+")
class MinioSnapshotStoreTest extends SnapshotStoreContract {

  private static final MinioSnapshotStore STORE = new MinioSnapshotStore();

  private final StorageAccess access =
      new StorageAccess(
          SnapshotPath.parse("s3://" + env("BUCKET")).resolve("contract/" + UUID.randomUUID()),
          URI.create(env("ENDPOINT")),
          "us-east-1",
          Addressing.PathStyle,
          new Credentials(env("ACCESS_KEY"), env("SECRET_KEY")));

  @AfterAll
  static void close() {
    STORE.close();
  }

  @Override
  protected SnapshotStore store() {
    return STORE;
  }

  @Override
  protected StorageAccess access() {
    return access;
  }

  @Override
  protected void put(SnapshotPath path, byte[] content) {
    STORE.client(access).put(path.bucket(), path.key(), content);
  }

  @Override
  protected void remove(SnapshotPath path) {
    STORE.client(access).remove(path.bucket(), List.of(path.key()));
  }

  @Override
  protected List<String> keys() {
    List<String> keys = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      Page page =
          STORE
              .client(access)
              .list(access.root().bucket(), access.root().prefix(), Depth.All, next);
      page.entries().stream().filter(e -> !e.isFolder()).map(Entry::key).forEach(keys::add);
      next = page.next();
    } while (next.isPresent());
    return keys;
  }

  private static String env(String name) {
    return System.getenv("STREAMJOB_S3_" + name);
  }
}
