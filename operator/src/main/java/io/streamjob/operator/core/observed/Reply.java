package io.streamjob.operator.core.observed;

import java.time.Instant;

/** What came of a call that was sent off and not waited for. */
public sealed interface Reply {

  /** When it came. */
  Instant at();

  /**
   * It was done.
   *
   * @param value what was asked for, or an empty text
   */
  record Done(String value, Instant at) implements Reply {}

  /** It was not done, or nobody knows; the problem says whether waiting may help. */
  record Failed(Problem problem, Instant at) implements Reply {}
}
