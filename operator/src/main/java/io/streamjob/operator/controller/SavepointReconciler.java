package io.streamjob.operator.controller;

import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.streamjob.api.v1alpha1.Savepoint;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Takes savepoints, verifies them, and deletes their files where that is asked for. */
public final class SavepointReconciler implements Reconciler<Savepoint>, Cleaner<Savepoint> {

  private final SavepointPass pass;
  private final Attendance<Savepoint> attendance;

  public SavepointReconciler(SavepointPass pass, Wakeups wakeups, Clock clock) {
    this.pass = pass;
    this.attendance = new Attendance<>(wakeups, clock, pass::newest, pass::forget);
  }

  /** Watches that every savepoint gets its passes. */
  public Watchdog watchdog() {
    return attendance.watchdog();
  }

  @Override
  public List<EventSource<?, Savepoint>> prepareEventSources(
      EventSourceContext<Savepoint> context) {
    attendance.watchdog().watch(() -> context.getPrimaryCache().list());
    return List.of(Sources.ofSavedJobs(context), attendance.source());
  }

  @Override
  public UpdateControl<Savepoint> reconcile(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = attendance.begin(cached);
    Optional<Duration> recheck = pass.run(savepoint, Sources.jobsOfNamespace(savepoint, context));
    attendance.end(cached, recheck);
    UpdateControl<Savepoint> control = UpdateControl.noUpdate();
    recheck.ifPresent(control::rescheduleAfter);
    return control;
  }

  @Override
  public DeleteControl cleanup(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = attendance.begin(cached);
    Optional<Duration> recheck =
        pass.delete(savepoint, Sources.jobsOfNamespace(savepoint, context));
    // Also when nothing is left to do: it is still to go.
    attendance.end(cached, recheck.or(() -> Optional.of(Duration.ZERO)));
    if (recheck.isEmpty()) {
      return attendance.release(cached, context);
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(recheck.get().toMillis());
  }
}
