package io.streamjob.operator.core.upgrade;

/** How Savepoint resources that the operator creates are named. */
public final class Savepoints {

  private static final int ID_DIGITS = 10;

  private Savepoints() {}

  /** One name for each attempt, so that a repeated creation meets itself. */
  public static String name(String job, String operationId) {
    return job + "-" + operationId.substring(0, ID_DIGITS);
  }
}
