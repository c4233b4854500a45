package io.streamjob.operator.storage;

import io.streamjob.operator.storage.ObjectClient.Depth;
import io.streamjob.operator.storage.ObjectClient.Entry;
import io.streamjob.operator.storage.ObjectClient.Page;
import io.streamjob.operator.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Object storage seen as folders with files in them: whole listings, bounded in number. */
record Folders(ObjectClient objects) {

  /** The size of each file at any depth, by its path within the folder; markers left out. */
  Map<String, Long> files(SnapshotPath folder, int limit) {
    Map<String, Long> files = new HashMap<>();
    forEach(
        folder,
        Depth.All,
        limit,
        entry -> {
          if (!entry.isFolder()) {
            files.put(entry.key().substring(folder.prefix().length()), entry.size());
          }
        });
    return files;
  }

  /** The names of the folders directly in this one. */
  List<String> subfolders(SnapshotPath folder, int limit) {
    List<String> names = new ArrayList<>();
    forEach(
        folder,
        Depth.Children,
        limit,
        entry -> {
          if (entry.isFolder() && !entry.key().equals(folder.prefix())) {
            names.add(entry.key().substring(folder.prefix().length(), entry.key().length() - 1));
          }
        });
    return names;
  }

  /** How many files there are at any depth, not counting on after the first listing. */
  int countFiles(SnapshotPath folder) {
    Page page = objects.list(folder.bucket(), folder.prefix(), Depth.All, Optional.empty());
    return (int) page.entries().stream().filter(entry -> !entry.isFolder()).count();
  }

  /**
   * Some complete snapshot at any depth; the folder itself, if it holds too much to go through.
   *
   * @param limit how many files are gone through
   */
  Optional<String> anySnapshot(SnapshotPath folder, int limit) {
    String end = "/" + ObjectSnapshotStore.METADATA;
    Optional<String> next = Optional.empty();
    int seen = 0;
    do {
      Page page = objects.list(folder.bucket(), folder.prefix(), Depth.All, next);
      for (Entry entry : page.entries()) {
        if (entry.key().endsWith(end)) {
          String key = entry.key().substring(0, entry.key().length() - end.length());
          return Optional.of("%s://%s/%s".formatted(folder.scheme(), folder.bucket(), key));
        }
      }
      seen += Math.max(page.entries().size(), 1);
      next = page.next();
    } while (next.isPresent() && seen <= limit);
    return next.map(more -> folder.toString());
  }

  OptionalLong size(SnapshotPath file) {
    return objects.size(file.bucket(), file.key());
  }

  private void forEach(SnapshotPath folder, Depth depth, int limit, Consumer<Entry> action) {
    Optional<String> next = Optional.empty();
    int seen = 0;
    do {
      Page page = objects.list(folder.bucket(), folder.prefix(), depth, next);
      seen += Math.max(page.entries().size(), 1); // empty pages must come to an end as well
      if (seen > limit) {
        throw new StorageException(
            Kind.TooLarge, "there are more than " + limit + " objects in " + folder);
      }
      page.entries().forEach(action);
      next = page.next();
    } while (next.isPresent());
  }
}
