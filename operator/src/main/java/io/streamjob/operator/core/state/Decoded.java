package io.streamjob.operator.core.state;

import java.util.Optional;

/** What stands in a status. */
public sealed interface Decoded<T> {

  /** A state of this operator's format. */
  record Known<T>(T state) implements Decoded<T> {}

  /**
   * Not ours to touch.
   *
   * @param why and what to do
   */
  record Foreign<T>(String why) implements Decoded<T> {}

  /** The state, if it is one of ours. */
  default Optional<T> known() {
    return switch (this) {
      case Known<T> known -> Optional.of(known.state());
      case Foreign<T> foreign -> Optional.empty();
    };
  }
}
