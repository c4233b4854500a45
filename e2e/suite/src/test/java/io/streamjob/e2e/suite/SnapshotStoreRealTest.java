package io.streamjob.e2e.suite;

import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.SnapshotStore;
import io.streamjob.operator.storage.SnapshotStoreContract;
import io.streamjob.operator.storage.StorageAccess;
import io.streamjob.operator.storage.StorageAccess.Addressing;
import io.streamjob.operator.storage.StorageAccess.Credentials;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Holds the real S3 server, and the adapter to it, to the contract. */
class SnapshotStoreRealTest extends SnapshotStoreContract {

  @RegisterExtension static final Scene SCENE = new Scene("store");

  private static final MinioSnapshotStore STORE = new MinioSnapshotStore();
  private static StorageAccess access;

  @BeforeAll
  static void open() {
    Objects objects = SCENE.objects();
    access =
        new StorageAccess(
            SnapshotPath.parse("s3://" + Objects.BUCKET).resolve("contract/" + UUID.randomUUID()),
            objects.endpoint(),
            "us-east-1",
            Addressing.PathStyle,
            new Credentials(objects.accessKey(), objects.secretKey()));
  }

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
    SCENE.objects().write(path.key(), content);
  }

  @Override
  protected void remove(SnapshotPath path) {
    SCENE.objects().remove(path.key());
  }

  @Override
  protected List<String> keys() {
    return SCENE.objects().below(access.root().key());
  }
}
