package io.streamjob.operator.storage;

import io.streamjob.operator.storage.StateFile.Base;
import io.streamjob.operator.storage.StateFile.Match;
import io.streamjob.operator.storage.StorageException.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The files that a snapshot points at, each once, however many handles share it. */
final class StateFiles {

  private record Key(Base base, String path) {}

  private final Map<Key, StateFile> files = new HashMap<>();
  private final int limit;

  StateFiles(int limit) {
    this.limit = limit;
  }

  void add(StateFile file) {
    files.merge(new Key(file.base(), file.path()), file, StateFiles::stricter);
    if (files.size() > limit) {
      throw new StorageException(
          Kind.TooLarge, "the snapshot points at more than " + limit + " files");
    }
  }

  Collection<StateFile> all() {
    return files.values();
  }

  private static StateFile stricter(StateFile one, StateFile other) {
    if (one.match() == Match.Exactly
        && other.match() == Match.Exactly
        && one.bytes() != other.bytes()) {
      throw new StorageException(
          Kind.Corrupt, "the snapshot's _metadata gives file '" + one.path() + "' two sizes");
    }
    if (one.match() != other.match()) {
      return one.match() == Match.Exactly ? one : other;
    }
    return one.bytes() >= other.bytes() ? one : other;
  }
}
