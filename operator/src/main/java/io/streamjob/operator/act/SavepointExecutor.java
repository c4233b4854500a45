package io.streamjob.operator.act;

import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.savepoint.SavepointDecision.Call;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.core.spec.StorageProfile;
import io.streamjob.operator.flink.FlinkClient;
import io.streamjob.operator.flink.SavepointRequest;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.storage.SnapshotPath;
import io.streamjob.operator.storage.SnapshotStore;
import io.streamjob.operator.storage.StorageException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Carries out what is decided about Savepoints. Every call may be repeated. */
public final class SavepointExecutor {

  private final FlinkClient flink;
  private final SnapshotStore store;
  private final StorageAccesses storage;
  private final Calls calls;
  private final Endpoints endpoints;

  public SavepointExecutor(
      FlinkClient flink,
      SnapshotStore store,
      StorageAccesses storage,
      Calls calls,
      Endpoints endpoints) {
    this.flink = flink;
    this.store = store;
    this.storage = storage;
    this.calls = calls;
    this.endpoints = endpoints;
  }

  /** Sends a call and does not wait for it. */
  public void send(Savepoint savepoint, Call call) {
    String owner = savepoint.getMetadata().getUid();
    switch (call) {
      case Call.Trigger trigger ->
          calls.send(owner, call.key(), () -> trigger(savepoint, trigger), Failures::flink);
      case Call.Find find ->
          calls.send(owner, call.key(), () -> find(savepoint, find.attempt()), Failures::storage);
      case Call.Verify verify ->
          calls.send(
              owner, call.key(), () -> verify(savepoint, verify), SavepointExecutor::verification);
    }
  }

  /**
   * Deletes the folders of attempts; replies under {@code key}. Nothing outside the folders of this
   * very Savepoint's attempts can be deleted.
   */
  public void delete(Savepoint savepoint, String key, List<Attempt> attempts) {
    calls.send(
        savepoint.getMetadata().getUid(),
        key,
        () -> delete(savepoint, attempts),
        Failures::storage);
  }

  private CompletableFuture<String> delete(Savepoint savepoint, List<Attempt> attempts) {
    CompletableFuture<String> all = CompletableFuture.completedFuture("");
    for (Attempt attempt : attempts) {
      all = all.thenCompose(done -> delete(savepoint, attempt));
    }
    return all;
  }

  private CompletableFuture<String> delete(Savepoint savepoint, Attempt attempt) {
    SnapshotPath folder = StorageAccesses.path(folder(savepoint, attempt));
    return store
        .delete(
            storage.open(attempt.profile(), savepoint.getMetadata().getNamespace()),
            folder,
            folder.parent().orElseThrow())
        .thenApply(deletion -> "");
  }

  private CompletableFuture<String> trigger(Savepoint savepoint, Call.Trigger call) {
    Attempt attempt = call.attempt();
    var request =
        new SavepointRequest(attempt.operationId(), folder(savepoint, attempt), call.format());
    return flink
        .savepoint(endpoints.rest(names(savepoint), attempt.revision()), attempt.jobId(), request)
        .thenApply(done -> "");
  }

  private CompletableFuture<String> find(Savepoint savepoint, Attempt attempt) {
    return store
        .find(
            storage.open(attempt.profile(), savepoint.getMetadata().getNamespace()),
            StorageAccesses.path(folder(savepoint, attempt)))
        .thenApply(Executor::location);
  }

  private CompletableFuture<String> verify(Savepoint savepoint, Call.Verify call) {
    return store
        .verify(
            storage.open(call.attempt().profile(), savepoint.getMetadata().getNamespace()),
            StorageAccesses.path(call.location()))
        .thenApply(Facts::encode);
  }

  /** What is broken stays broken; what cannot be reached may come back. */
  private static Problem verification(Throwable failure) {
    Problem problem = Failures.storage(failure);
    StorageException.Kind kind = StorageException.of(failure).kind();
    boolean isFinal =
        kind == StorageException.Kind.Corrupt
            || kind == StorageException.Kind.NotFound
            || kind == StorageException.Kind.TooLarge
            || kind == StorageException.Kind.OutsideBoundary;
    return new Problem(problem.reason(), problem.message(), isFinal);
  }

  private String folder(Savepoint savepoint, Attempt attempt) {
    StorageProfile profile = storage.profile(attempt.profile());
    Names names = names(savepoint);
    return profile.attemptFolder(names.namespace(), names.job(), attempt.operationId());
  }

  private static Names names(Savepoint savepoint) {
    return new Names(
        savepoint.getMetadata().getNamespace(), savepoint.getSpec().source().job().name());
  }
}
