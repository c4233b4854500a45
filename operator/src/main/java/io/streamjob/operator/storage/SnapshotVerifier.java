package io.streamjob.operator.storage;

import io.streamjob.operator.storage.ObjectClient.Content;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Holds a snapshot's metadata against the files that are there.
 *
 * @param root absolute pointers must lead below it
 */
record SnapshotVerifier(
    Folders folders, BoundedTasks tasks, StorageLimits limits, SnapshotPath root) {

  SnapshotFacts verify(SnapshotPath location) throws IOException, InterruptedException {
    SnapshotMetadata metadata = readMetadata(location);
    Map<String, Long> present = folders.files(location, limits.files());
    List<StateFile> external = new ArrayList<>();
    for (StateFile file : metadata.files()) {
      String inside = pathInside(location, file);
      if (inside.isEmpty()) {
        external.add(file);
      } else {
        require(location, file, present.getOrDefault(inside, -1L));
      }
    }
    LongAdder bytes = new LongAdder();
    present.values().forEach(bytes::add);
    tasks.forEach(external, file -> bytes.add(requireExternal(location, file)));
    return new SnapshotFacts(
        metadata.version(),
        metadata.checkpointId(),
        metadata.operators(),
        bytes.sum(),
        present.size() + external.size());
  }

  private SnapshotMetadata readMetadata(SnapshotPath location) throws IOException {
    SnapshotPath path = location.resolve(ObjectSnapshotStore.METADATA);
    try (Content content = folders.objects().open(path.bucket(), path.key())) {
      if (content.size() > limits.metadataBytes()) {
        throw new StorageException(
            Kind.TooLarge,
            "%s has %d bytes; at most %d are read"
                .formatted(path, content.size(), limits.metadataBytes()));
      }
      return MetadataReader.read(content.stream(), content.size(), limits.files());
    } catch (StorageException failure) {
      throw failure.kind() == Kind.NotFound
          ? new StorageException(
              Kind.NotFound, "there is no complete snapshot at " + location + ": no _metadata")
          : new StorageException(failure.kind(), location + ": " + failure.getMessage());
    }
  }

  /** The file's path within the snapshot's folder, or empty when it lies outside. */
  private String pathInside(SnapshotPath location, StateFile file) {
    return switch (file.base()) {
      case Folder -> location.resolve(file.path()).key().substring(location.prefix().length());
      case Absolute -> {
        SnapshotPath path = SnapshotPath.parse(file.path());
        if (!root.contains(path)) {
          throw new StorageException(
              Kind.OutsideBoundary,
              "the snapshot at %s points at %s, which lies outside %s"
                  .formatted(location, path, root));
        }
        yield location.contains(path) ? path.key().substring(location.prefix().length()) : "";
      }
    };
  }

  private long requireExternal(SnapshotPath location, StateFile file) {
    OptionalLong size = folders.size(SnapshotPath.parse(file.path()));
    require(location, file, size.orElse(-1));
    return size.orElse(0);
  }

  /**
   * @param size -1 when there is no such file
   */
  private static void require(SnapshotPath location, StateFile file, long size) {
    if (size < 0) {
      throw damaged(location, "its file " + file.path() + " is missing");
    }
    if (!file.isSatisfiedBy(size)) {
      throw damaged(
          location,
          "its file %s has %d bytes, not %s".formatted(file.path(), size, file.expectation()));
    }
  }

  private static StorageException damaged(SnapshotPath location, String why) {
    return new StorageException(
        Kind.Corrupt, "the snapshot at " + location + " cannot be restored: " + why);
  }
}
