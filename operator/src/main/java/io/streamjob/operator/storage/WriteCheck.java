package io.streamjob.operator.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamjob.operator.storage.ObjectClient.Content;
import io.streamjob.operator.storage.ObjectClient.Depth;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tries an object of its own, to see whether snapshots can be kept in a folder. */
record WriteCheck(ObjectClient objects) {

  /** Always the same, so that the next check removes what an interrupted one has left. */
  private static final String NAME = ".streamjob-check";

  Void run(SnapshotPath folder) throws IOException {
    // A listing first: its failures have a body that tells a missing bucket from refused keys.
    objects.list(folder.bucket(), folder.prefix(), Depth.Children, Optional.empty());
    SnapshotPath object = folder.resolve(NAME);
    byte[] written = UUID.randomUUID().toString().getBytes(UTF_8);
    try {
      step("write", object, () -> objects.put(object.bucket(), object.key(), written));
      step("read", object, () -> requireSame(object, written));
    } finally {
      step("delete", object, () -> objects.remove(object.bucket(), List.of(object.key())));
    }
    if (objects.size(object.bucket(), object.key()).isPresent()) {
      throw new StorageException(
          Kind.Other, object + " is still there after it was deleted; is deletion forbidden?");
    }
    return null;
  }

  private void requireSame(SnapshotPath object, byte[] written) throws IOException {
    try (Content content = objects.open(object.bucket(), object.key())) {
      if (!Arrays.equals(content.stream().readNBytes(written.length + 1), written)) {
        throw new StorageException(Kind.Other, object + " reads otherwise than it was written");
      }
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static void step(String verb, SnapshotPath object, Attempt attempt) throws IOException {
    try {
      attempt.run();
    } catch (StorageException failure) {
      throw new StorageException(
          failure.kind(), "cannot " + verb + " " + object + ": " + failure.getMessage());
    }
  }
}
