package io.streamjob.operator.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The few operations on plain objects that a snapshot store is made of. They block, end within
 * {@link StorageLimits#request()}, and fail with a {@link StorageException}.
 */
interface ObjectClient {

  /** The most objects of one listing and of one removal; S3's own limit. */
  int PAGE = 1000;

  /** How deep a listing goes. */
  enum Depth {
    /** Everything below the prefix. */
    All,
    /** Up to the next slash; what lies deeper shows as one entry that ends with it. */
    Children
  }

  /**
   * One line of a listing.
   *
   * @param key ends with a slash for a folder: either found by {@link Depth#Children}, or a marker
   *     object that some servers show and others do not
   * @param size in bytes; 0 for a folder
   */
  record Entry(String key, long size) {

    boolean isFolder() {
      return key.endsWith("/");
    }
  }

  /**
   * A part of a listing.
   *
   * @param next asks for the part that follows; empty at the end
   */
  record Page(List<Entry> entries, Optional<String> next) {

    public Page {
      entries = List.copyOf(entries);
    }
  }

  /**
   * An object's bytes, to be closed.
   *
   * @param tag changes whenever the object is written
   */
  record Content(InputStream stream, long size, String tag) implements AutoCloseable {

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /**
   * The objects whose keys begin with {@code prefix}, in the order of their keys.
   *
   * @param from {@link Page#next()} of the part before
   */
  Page list(String bucket, String prefix, Depth depth, Optional<String> from);

  /** The object's size in bytes; empty when there is none. */
  OptionalLong size(String bucket, String key);

  /** The object's bytes; NotFound when there is none. */
  Content open(String bucket, String key);

  /** The object's bytes; empty when there is none. */
  default Optional<Content> find(SnapshotPath object) {
    try {
      return Optional.of(open(object.bucket(), object.key()));
    } catch (StorageException failure) {
      if (failure.kind() == StorageException.Kind.NotFound) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  void put(String bucket, String key, byte[] content);

  /**
   * Writes an object that is still as it was, in one step. Fails with Changed or NotFound when it
   * is not, and with Unsupported when the server cannot do that.
   *
   * @param replaced the {@link Content#tag} of what is replaced; empty: there must be nothing
   */
  void put(String bucket, String key, byte[] content, Optional<String> replaced);

  /** Removes at most {@link #PAGE} objects, in no particular order; absent ones are no failure. */
  void remove(String bucket, List<String> keys);
}
