package io.streamjob.operator.storage;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Why storage could not be used, in one line that says what to do and never holds a secret. */
public final class StorageException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 500;

  /** What went wrong. */
  public enum Kind {
    BucketMissing,
    /** The server knows no such key, or its signature was wrong or has expired. */
    CredentialsRefused,
    /** The credentials are good but may not do this. */
    AccessDenied,
    /** No answer in time, or the server says that it cannot serve now. */
    Unreachable,
    /** The object asked for, or the whole snapshot, is not there. */
    NotFound,
    /** The snapshot is damaged: unreadable metadata, a missing file or one of the wrong size. */
    Corrupt,
    /** More or larger than the operator is willing to read. */
    TooLarge,
    /** The location is not one that may be touched. */
    OutsideBoundary,
    /** Somebody else has written the object meanwhile. */
    Changed,
    /** The server does not know how to do this. */
    Unsupported,
    Other
  }

  private final Kind kind;

  public StorageException(Kind kind, String message) {
    super(oneLine(message));
    this.kind = kind;
  }

  /** The storage failure behind what a future was completed with; any other becomes Other. */
  public static StorageException of(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof StorageException known
        ? known
        : new StorageException(
            Kind.Other, "storage failed unexpectedly: " + cause.getClass().getSimpleName());
  }

  public Kind kind() {
    return kind;
  }

  private static String oneLine(String message) {
    String line = message.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH - 3) + "...";
  }
}
