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
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Takes savepoints, verifies them, and deletes their files where that is asked for. */
public final class SavepointReconciler implements Reconciler<Savepoint>, Cleaner<Savepoint> {

  private final SimpleInboundEventSource<Savepoint> wakeSource =
      new SimpleInboundEventSource<>("wakeups");
  private final SavepointPass pass;
  private final Wakeups wakeups;

  public SavepointReconciler(SavepointPass pass, Wakeups wakeups) {
    this.pass = pass;
    this.wakeups = wakeups;
  }

  @Override
  public List<EventSource<?, Savepoint>> prepareEventSources(
      EventSourceContext<Savepoint> context) {
    return List.of(Sources.ofSavedJobs(context), wakeSource);
  }

  @Override
  public UpdateControl<Savepoint> reconcile(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = awake(cached);
    Optional<Duration> recheck = pass.run(savepoint, Sources.savedJob(savepoint, context));
    UpdateControl<Savepoint> control = UpdateControl.noUpdate();
    recheck.ifPresent(control::rescheduleAfter);
    return control;
  }

  @Override
  public DeleteControl cleanup(Savepoint cached, Context<Savepoint> context) {
    Savepoint savepoint = awake(cached);
    Optional<Duration> recheck =
        pass.delete(savepoint, Sources.jobsOfNamespace(savepoint, context));
    if (recheck.isEmpty()) {
      wakeups.forget(cached.getMetadata().getUid());
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(recheck.get().toMillis());
  }

  private Savepoint awake(Savepoint cached) {
    wakeups.register(cached.getMetadata().getUid(), wakeSource, ResourceID.fromResource(cached));
    return pass.newest(cached);
  }
}
