package io.streamjob.operator.storage;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.spec.ClaimTerms;
import io.streamjob.operator.telemetry.Metric;
import io.streamjob.operator.telemetry.Redactor;
import io.streamjob.operator.telemetry.Telemetry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Counts and times the operations on a store, which stays its owner's to close, and keeps all keys
 * out of its failures: a server may quote others than it was just shown, as after a rotation.
 */
public final class GuardedStore implements SnapshotStore {

  private final SnapshotStore store;
  private final Telemetry telemetry;
  private final Redactor redactor;

  public GuardedStore(SnapshotStore store, Telemetry telemetry, Redactor redactor) {
    this.store = store;
    this.telemetry = telemetry;
    this.redactor = redactor;
  }

  @Override
  public CompletableFuture<Void> check(StorageAccess access, SnapshotPath folder) {
    return timed("check", () -> store.check(access, folder));
  }

  @Override
  public CompletableFuture<Ownership> claim(
      StorageAccess access, SnapshotPath folder, FolderOwner owner, ClaimTerms terms) {
    return timed("claim", () -> store.claim(access, folder, owner, terms));
  }

  @Override
  public CompletableFuture<AttemptResult> find(StorageAccess access, SnapshotPath attemptFolder) {
    return timed("find", () -> store.find(access, attemptFolder));
  }

  @Override
  public CompletableFuture<Optional<SnapshotPath>> newestCheckpoint(
      StorageAccess access, SnapshotPath folder) {
    return timed("newest", () -> store.newestCheckpoint(access, folder));
  }

  @Override
  public CompletableFuture<SnapshotFacts> verify(StorageAccess access, SnapshotPath location) {
    return timed("verify", () -> store.verify(access, location));
  }

  @Override
  public CompletableFuture<Deletion> delete(
      StorageAccess access, SnapshotPath location, SnapshotPath boundary) {
    return timed("delete", () -> store.delete(access, location, boundary));
  }

  @Override
  public CompletableFuture<Optional<JobState>> jobResult(
      StorageAccess access, SnapshotPath folder, String jobId) {
    return timed("result", () -> store.jobResult(access, folder, jobId));
  }

  @Override
  public CompletableFuture<Void> deleteHighAvailability(StorageAccess access, SnapshotPath folder) {
    return timed("forget", () -> store.deleteHighAvailability(access, folder));
  }

  @Override
  public int waiting() {
    return store.waiting();
  }

  @Override
  public void close() {}

  private <T> CompletableFuture<T> timed(String operation, Supplier<CompletableFuture<T>> call) {
    return telemetry
        .call(
            Metric.STORAGE_CALLS,
            operation,
            call,
            failure -> StorageException.of(failure).kind().name())
        .exceptionally(failure -> {
          throw redacted(StorageException.of(failure));
        });
  }

  private StorageException redacted(StorageException failure) {
    return new StorageException(failure.kind(), redactor.redact(failure.getMessage()));
  }
}
