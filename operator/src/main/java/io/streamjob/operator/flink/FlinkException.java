package io.streamjob.operator.flink;

import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A call to Flink that did not go well. The message is one line. */
public abstract sealed class FlinkException extends RuntimeException {

  private FlinkException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * No usable answer: refused, timed out, cut off, too long, no leader (503). Whether Flink did
   * what it was asked to is unknown.
   */
  public static final class Unreachable extends FlinkException {
    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }

    public Unreachable(String message) {
      this(message, null);
    }
  }

  /**
   * Flink answered with an error. For a submission even that does not mean that nothing was
   * started: look the job id up.
   */
  public static final class Rejected extends FlinkException {
    private final int httpStatus;

    Rejected(int httpStatus, String reason) {
      super(reason, null);
      this.httpStatus = httpStatus;
    }

    public int httpStatus() {
      return httpStatus;
    }

    /** The innermost cause that Flink names, with the short name of its class. */
    public String reason() {
      return getMessage();
    }
  }

  /** What went wrong, out of the wrappings of {@link java.util.concurrent.CompletableFuture}. */
  public static FlinkException of(Throwable failure) {
    return switch (failure) {
      case FlinkException known -> known;
      case CompletionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case ExecutionException wrapped when wrapped.getCause() != null -> of(wrapped.getCause());
      case TimeoutException late -> new Unreachable("no answer in time", late);
      case ConnectException refused -> new Unreachable("cannot connect", refused);
      default -> new Unreachable(Cause.line(failure), failure);
    };
  }
}
