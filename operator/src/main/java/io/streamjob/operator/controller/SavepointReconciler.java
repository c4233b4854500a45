package io.streamjob.operator.controller;

import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.streamjob.api.v1alpha1.Savepoint;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Takes savepoints, verifies them, and deletes their files where that is asked for. */
public final class SavepointReconciler implements Reconciler<Savepoint>, Cleaner<Savepoint> {

  private final SimpleInboundEventSource<Savepoint> wakeSource =
      new SimpleInboundEventSource<>("wakeups");
  private final SavepointPass pass;
  private final Wakeups wakeups;
  private final Watchdog watchdog;

  public SavepointReconciler(SavepointPass pass, Wakeups wakeups, Clock clock) {
    this.pass = pass;
    this.wakeups = wakeups;
    this.watchdog = new Watchdog(clock, wakeups::wake, this::forget);
  }

  /** Watches that every savepoint gets its passes. */
  public Watchdog watchdog() {
    return watchdog;
  }

  private void forget(String uid) {
    pass.forget(uid);
    wakeups.forget(uid);
  }

  @Override
  public List<EventSource<?, Savepoint>> prepareEventSources(
      EventSourceContext<Savepoint> context) {
    watchdog.watch(() -> context.getPrimaryCache().list());
    return List.of(Sources.ofSavedJobs(context), wakeSource);
  }

  @Override
  public UpdateControl<Savepoint> reconcile(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = awake(cached);
    Optional<Duration> recheck = pass.run(savepoint, Sources.savedJob(savepoint, context));
    watchdog.end(cached.getMetadata().getUid(), recheck);
    UpdateControl<Savepoint> control = UpdateControl.noUpdate();
    recheck.ifPresent(control::rescheduleAfter);
    return control;
  }

  @Override
  public DeleteControl cleanup(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = awake(cached);
    Optional<Duration> recheck =
        pass.delete(savepoint, Sources.jobsOfNamespace(savepoint, context));
    // Also when nothing is left to do: it is still to go.
    watchdog.end(cached.getMetadata().getUid(), recheck.or(() -> Optional.of(Duration.ZERO)));
    if (recheck.isEmpty()) {
      wakeups.forget(cached.getMetadata().getUid());
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(recheck.get().toMillis());
  }

  private Savepoint awake(Savepoint cached) {
    wakeups.register(cached.getMetadata().getUid(), wakeSource, ResourceID.fromResource(cached));
    watchdog.begin(cached.getMetadata().getUid());
    return pass.newest(cached);
  }
}
