package io.streamjob.e2e.job;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The ways in which the sample job can go wrong on purpose, for {@code --misbehave}. */
public enum Misbehaviour {
  /** Behaves. */
  NONE("none"),
  /** main() throws before it builds anything: the submission is refused. */
  THROW("throw"),
  /** main() returns without execute(): the submission is refused, "No jobs included". */
  NO_EXECUTE("no-execute"),
  /** main() calls System.exit(1): the JobManager may die with it. */
  EXIT("exit"),
  /** The job is accepted and runs, then fails after a few events, again after each restart. */
  FAIL("fail"),
  /** The counting operator has another uid: its state in a savepoint matches no operator. */
  RENAMED_UID("renamed-uid"),
  /** The count is a String under the same name: accepted, then the restore of state fails. */
  CHANGED_TYPE("changed-type");

  private final String word;

  Misbehaviour(String word) {
    this.word = word;
  }

  static Misbehaviour of(String word) {
    for (Misbehaviour kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "--misbehave " + word + " is unknown; known are: " + words());
  }

  static String words() {
    return Arrays.stream(values()).map(kind -> kind.word).collect(Collectors.joining(", "));
  }
}
