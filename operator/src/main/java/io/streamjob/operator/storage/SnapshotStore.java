package io.streamjob.operator.storage;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.spec.ClaimTerms;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Snapshots in object storage.
 *
 * <p>Every call returns at once. Its future fails with a {@link StorageException} only (see {@link
 * StorageException#of}), and within {@link StorageLimits#operation()}. A place that is not the
 * access's root or below it fails with OutsideBoundary, before anything is asked of the server.
 */
public interface SnapshotStore extends AutoCloseable {

  /**
   * Proves that snapshots can be kept below {@code folder}: the bucket exists, the credentials are
   * accepted, and an object can be written, read back and deleted. Leaves nothing behind.
   */
  CompletableFuture<Void> check(StorageAccess access, SnapshotPath folder);

  /**
   * Makes {@code owner} the owner of a folder, if the terms allow it; it stays so until another
   * takes it. Repeating it tells whether it is still so. Two who claim the same folder at the same
   * moment do not both get it, where the server knows conditional writes; otherwise see {@link
   * FolderClaim}. Fails with Corrupt when the object that names the owner cannot be read.
   */
  CompletableFuture<Ownership> claim(
      StorageAccess access, SnapshotPath folder, FolderOwner owner, ClaimTerms terms);

  /**
   * What a savepoint attempt left in its own target folder. Flink writes {@code
   * <target>/savepoint-<6 of job id>-<random>/}, its {@code _metadata} last, so that file tells a
   * complete savepoint from an abandoned one even when every reply of Flink was lost.
   *
   * @param attemptFolder the target folder, used for this attempt and no other
   */
  CompletableFuture<AttemptResult> find(StorageAccess access, SnapshotPath attemptFolder);

  /**
   * The complete checkpoint with the highest number below a run's checkpoint folder: {@code
   * <folder>/<job id>/chk-<n>} or {@code <folder>/chk-<n>}.
   *
   * @param folder used by one run only, so that numbers of two jobs do not compete
   */
  CompletableFuture<Optional<SnapshotPath>> newestCheckpoint(
      StorageAccess access, SnapshotPath folder);

  /**
   * Reads a snapshot's {@code _metadata} and checks that every file that it points at is there and
   * as large as it says. Fails with NotFound without a {@code _metadata}, with Corrupt when that is
   * damaged or a file is missing or has another size, with OutsideBoundary when it points outside
   * the access's root, and with TooLarge.
   *
   * @param location the snapshot's folder
   */
  CompletableFuture<SnapshotFacts> verify(StorageAccess access, SnapshotPath location);

  /**
   * Deletes a snapshot's own folder and then the remains of an emptied attempt folder around it; or
   * a whole attempt folder with all that the attempt left. {@code _metadata} goes first, so that a
   * half-deleted snapshot never looks complete; repeating an interrupted deletion ends it; deleting
   * what is gone succeeds. Pointers are never followed: a checkpoint's shared files stay.
   *
   * @param location a folder named {@code savepoint-*} or {@code chk-<n>}, or an attempt's: 32
   *     hexadecimal digits
   * @param boundary {@code location} must lie strictly inside it, else OutsideBoundary
   */
  CompletableFuture<Deletion> delete(
      StorageAccess access, SnapshotPath location, SnapshotPath boundary);

  /**
   * How a job ended, if Flink's high availability has written that down: in {@code <job id>.json},
   * or in {@code <job id>_DIRTY.json} before it has cleaned up behind the job (see <a
   * href="https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/ha/overview/#jobresultstore">JobResultStore</a>).
   * Fails with Corrupt when that file does not say how.
   *
   * @param folder {@code job-result-store.storage-path}
   * @return FINISHED, FAILED or CANCELED
   */
  CompletableFuture<Optional<JobState>> jobResult(
      StorageAccess access, SnapshotPath folder, String jobId);

  /**
   * Deletes what Flink's high availability kept of a cluster that is gone. Deleting what is gone
   * succeeds.
   *
   * @param folder a cluster's own folder in a folder named {@code ha}, else OutsideBoundary
   */
  CompletableFuture<Void> deleteHighAvailability(StorageAccess access, SnapshotPath folder);

  /** How many calls wait for their turn. */
  int waiting();

  /** Gives up what is still under way. */
  @Override
  void close();

  /**
   * What a deletion removed, in this call.
   *
   * @param bytes their size together
   */
  record Deletion(long objects, long bytes) {}
}
