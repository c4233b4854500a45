package io.streamjob.api.v1alpha1;

/** How durations are written in the API. */
public final class Durations {

  /** A whole number and a unit that Flink and people both read: ms, s, m or h. */
  public static final String PATTERN = "^[1-9][0-9]{0,8}(ms|s|m|h)$";

  private Durations() {}
}
