package io.streamjob.operator.storage;

/**
 * A file that a snapshot's metadata points at.
 *
 * @param path as the metadata writes it
 * @param bytes its least or exact size, as {@code match} says
 */
record StateFile(Base base, String path, Match match, long bytes) {

  /** What the path starts from. */
  enum Base {
    /** The snapshot's folder: the file moves with the snapshot. */
    Folder,
    /** Nothing: it is a whole location. */
    Absolute
  }

  /** What is known of the size. */
  enum Match {
    Exactly,
    AtLeast
  }

  boolean isSatisfiedBy(long size) {
    return switch (match) {
      case Exactly -> size == bytes;
      case AtLeast -> size >= bytes;
    };
  }

  /** For people: {@code exactly 12 bytes}. */
  String expectation() {
    return switch (match) {
      case Exactly -> "exactly " + bytes + " bytes";
      case AtLeast -> "at least " + bytes + " bytes";
    };
  }
}
