package io.streamjob.operator.act;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.storage.FolderOwner;
import io.streamjob.operator.storage.Ownership;
import io.streamjob.operator.storage.SnapshotPath;

/** The job's folder in the storage is not its own. */
final class ClaimRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final String SAY_WHAT_IS_MEANT =
      "to go on from that state, set spec.initialState.from.savepointRef or .location; to start empty, set"
          + " spec.initialState.from.empty: {}; no file is deleted by either";

  private final transient Problem problem;

  private ClaimRefusedException(String reason, String message, boolean isFinal) {
    super(message);
    this.problem = new Problem(reason, message, isFinal);
  }

  Problem problem() {
    return problem;
  }

  /**
   * Passes if the folder is the job's own.
   *
   * @param terms on which it was claimed
   * @throws ClaimRefusedException with whose it is, and what to do
   */
  static void check(SnapshotPath folder, Ownership ownership, ClaimTerms terms) {
    switch (ownership) {
      case Ownership.Owned owned -> {}
      case Ownership.Used used ->
          throw new ClaimRefusedException(
              "StateExists",
              "%s holds state that this StreamJob has not written, such as %s: %s"
                  .formatted(folder, used.snapshot(), SAY_WHAT_IS_MEANT),
              true);
      case Ownership.OwnedBy owned -> throw owned(folder, owned.other(), terms);
    }
  }

  private static ClaimRefusedException owned(
      SnapshotPath folder, FolderOwner other, ClaimTerms terms) {
    String owner =
        "StreamJob %s/%s with uid %s".formatted(other.namespace(), other.name(), other.uid());
    return switch (terms) {
      case UNUSED ->
          new ClaimRefusedException(
              "StateExists",
              "%s belongs to %s, an earlier one or one of another cluster: see that it does not run any more; then, %s"
                  .formatted(folder, owner, SAY_WHAT_IS_MEANT),
              true);
      case UNOWNED ->
          new ClaimRefusedException(
              "StateTakenOver",
              "%s was taken over by %s, perhaps of another cluster; nothing is started or stopped here: delete one of the two;"
                      .formatted(folder, owner)
                  + " if this one is to stay, remove the object %s/_owner and, if a change of this job was given up, set another spec.restartToken"
                      .formatted(folder),
              true);
      case ANY ->
          new ClaimRefusedException(
              "StateContested",
              "%s claims %s at the same time; it is tried again".formatted(owner, folder),
              false);
    };
  }
}
