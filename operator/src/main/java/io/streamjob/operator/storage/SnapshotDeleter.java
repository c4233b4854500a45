package io.streamjob.operator.storage;

import io.streamjob.operator.storage.ObjectClient.Depth;
import io.streamjob.operator.storage.ObjectClient.Entry;
import io.streamjob.operator.storage.ObjectClient.Page;
import io.streamjob.operator.storage.SnapshotStore.Deletion;
import io.streamjob.operator.storage.StorageException.Kind;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Deletes a snapshot's folder, or an attempt's with all snapshots in it; pointers first. */
record SnapshotDeleter(ObjectClient objects) {

  Deletion delete(SnapshotPath location, SnapshotPath boundary) {
    Deletion metadata = deleteMetadata(location);
    if (ObjectSnapshotStore.isAttempt(location)) {
      for (SnapshotPath savepoint :
          ObjectSnapshotStore.savepoints(new Folders(objects), location)) {
        metadata = sum(metadata, deleteMetadata(savepoint));
      }
    }
    Deletion files = deleteFiles(location);
    sweep(location);
    location.parent().filter(boundary::contains).ifPresent(this::sweep);
    return sum(metadata, files);
  }

  private static Deletion sum(Deletion one, Deletion other) {
    return new Deletion(one.objects() + other.objects(), one.bytes() + other.bytes());
  }

  /** Deletes a folder in no order. */
  void deleteAll(SnapshotPath folder) {
    deleteFiles(folder);
    sweep(folder);
  }

  private Deletion deleteMetadata(SnapshotPath location) {
    String key = location.resolve(ObjectSnapshotStore.METADATA).key();
    OptionalLong size = objects.size(location.bucket(), key);
    if (size.isEmpty()) {
      return new Deletion(0, 0);
    }
    objects.remove(location.bucket(), List.of(key));
    return new Deletion(1, size.getAsLong());
  }

  /** Lists from the start after each batch: positions in a listing do not survive removals. */
  private Deletion deleteFiles(SnapshotPath location) {
    long count = 0;
    long bytes = 0;
    Set<String> before = Set.of();
    while (true) {
      List<Entry> batch = files(location);
      if (batch.isEmpty()) {
        return new Deletion(count, bytes);
      }
      List<String> keys = batch.stream().map(Entry::key).toList();
      if (keys.stream().anyMatch(before::contains)) {
        throw new StorageException(
            Kind.Other, "files in " + location + " stay although their deletion was accepted");
      }
      objects.remove(location.bucket(), keys);
      before = new HashSet<>(keys);
      count += batch.size();
      bytes += batch.stream().mapToLong(Entry::size).sum();
    }
  }

  /** The first files found; markers are skipped, however many pages they fill. */
  private List<Entry> files(SnapshotPath location) {
    Optional<String> next = Optional.empty();
    do {
      Page page = objects.list(location.bucket(), location.prefix(), Depth.All, next);
      List<Entry> files = page.entries().stream().filter(entry -> !entry.isFolder()).toList();
      if (!files.isEmpty()) {
        return files;
      }
      next = page.next();
    } while (next.isPresent());
    return List.of();
  }

  /** Removes the markers of an empty folder, inner ones first: some servers keep real folders. */
  private void sweep(SnapshotPath folder) {
    Page page = objects.list(folder.bucket(), folder.prefix(), Depth.All, Optional.empty());
    List<Entry> entries = page.entries();
    if (page.next().isPresent() || !entries.stream().allMatch(Entry::isFolder)) {
      return;
    }
    entries.stream()
        .map(Entry::key)
        .sorted(Comparator.reverseOrder())
        .forEach(marker -> objects.remove(folder.bucket(), List.of(marker)));
  }
}
