package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.spec.SpecParser;
import io.streamjob.operator.observe.Observer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings StreamJobs to what their specs say. */
public final class StreamJobReconciler implements Reconciler<StreamJob>, Cleaner<StreamJob> {

  /** The kinds of objects that a job is made of. */
  static final List<Class<? extends HasMetadata>> PARTS =
      List.of(
          ConfigMap.class, Service.class, Deployment.class, Pod.class, ControllerRevision.class);

  private final SpecParser parser;
  private final Observer observer;
  private final StreamJobPass pass;
  private final Attendance<StreamJob> attendance;

  public StreamJobReconciler(
      SpecParser parser, Observer observer, StreamJobPass pass, Wakeups wakeups, Clock clock) {
    this.parser = parser;
    this.observer = observer;
    this.pass = pass;
    this.attendance = new Attendance<>(wakeups, clock, pass::newest, pass::forget);
  }

  /** Watches that every job gets its passes. */
  public Watchdog watchdog() {
    return attendance.watchdog();
  }

  @Override
  public List<EventSource<?, StreamJob>> prepareEventSources(
      EventSourceContext<StreamJob> context) {
    var sources = new ArrayList<EventSource<?, StreamJob>>();
    PARTS.forEach(part -> sources.add(Sources.ofPart(part, context)));
    sources.add(Sources.ofSavepoints(context));
    sources.add(attendance.source());
    attendance.watchdog().watch(() -> context.getPrimaryCache().list());
    return sources;
  }

  @Override
  public UpdateControl<StreamJob> reconcile(StreamJob job, Context<StreamJob> context) {
    return UpdateControl.<StreamJob>noUpdate().rescheduleAfter(run(job, context).recheckAfter());
  }

  @Override
  public DeleteControl cleanup(StreamJob job, Context<StreamJob> context) {
    StreamJobPass.Result result = run(job, context);
    if (result.isReleased()) {
      attendance.release(job);
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(millis(result.recheckAfter()));
  }

  private static long millis(Duration duration) {
    return Math.max(1, duration.toMillis());
  }

  private StreamJobPass.Result run(StreamJob cached, Context<StreamJob> context) {
    StreamJob job = attendance.begin(cached);
    StreamJobPass.Result result =
        pass.run(
            job,
            parser.parse(job),
            state ->
                observer.observe(job, state, parts(context), Sources.savepoints(job, context)));
    attendance.end(cached, Optional.of(result.recheckAfter()));
    return result;
  }

  private static List<HasMetadata> parts(Context<StreamJob> context) {
    return PARTS.stream()
        .<HasMetadata>flatMap(part -> context.getSecondaryResourcesAsStream(part))
        .toList();
  }
}
