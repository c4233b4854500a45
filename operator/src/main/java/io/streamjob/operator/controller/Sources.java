package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.streamjob.api.v1alpha1.NameReference;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec.JobSource;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobSpec;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.manifest.Names;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What wakes the reconcilers, and the caches that they read. */
final class Sources {

  private static final String OURS = Names.MANAGED_BY + "=" + Names.OPERATOR;

  private Sources() {}

  /**
   * Objects that jobs are made of; the label, not the owner, tells whose: pods have another owner.
   */
  static <R extends HasMetadata> EventSource<R, StreamJob> ofPart(
      Class<R> type, EventSourceContext<StreamJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, StreamJob.class)
            .withName(type.getSimpleName())
            .withLabelSelector(OURS)
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(Sources::job)
            .build(),
        context);
  }

  private static Set<ResourceID> job(HasMetadata part) {
    String job = part.getMetadata().getLabels().get(Names.JOB);
    return job == null ? Set.of() : Set.of(new ResourceID(job, part.getMetadata().getNamespace()));
  }

  /** Savepoints, which wake the jobs that were stopped with them or wait to start from them. */
  static EventSource<Savepoint, StreamJob> ofSavepoints(EventSourceContext<StreamJob> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Savepoint.class, StreamJob.class)
            .withName("savepoints")
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(savepoint ->
                context
                    .getPrimaryCache()
                    .list(savepoint.getMetadata().getNamespace(), job -> concerns(job, savepoint))
                    .map(ResourceID::fromResource)
                    .collect(Collectors.toSet()))
            .build(),
        context);
  }

  /** The Savepoints that plans of the job took, and the one that its spec names. */
  static List<Savepoint> savepoints(StreamJob job, Context<StreamJob> context) {
    var source =
        (InformerEventSource<Savepoint, StreamJob>)
            context.eventSourceRetriever().getEventSourceFor(Savepoint.class);
    return source
        .list(job.getMetadata().getNamespace(), savepoint -> concerns(job, savepoint))
        .toList();
  }

  static boolean concerns(StreamJob job, Savepoint savepoint) {
    JobSource source = savepoint.getSpec().source().job();
    boolean isTaken = source.attempt() != null && source.name().equals(job.getMetadata().getName());
    return isTaken
        || initialSavepointName(job).equals(Optional.of(savepoint.getMetadata().getName()));
  }

  private static Optional<String> initialSavepointName(StreamJob job) {
    return Optional.ofNullable(job.getSpec())
        .map(StreamJobSpec::initialState)
        .map(StreamJobSpec.InitialState::from)
        .map(StreamJobSpec.InitialStateSource::savepointRef)
        .map(NameReference::name);
  }

  /** Jobs, which wake the Savepoints that are taken of them, and those that they need. */
  static EventSource<StreamJob, Savepoint> ofSavedJobs(EventSourceContext<Savepoint> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(StreamJob.class, Savepoint.class)
            .withName("saved-jobs")
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(job -> concerned(job, context))
            .build(),
        context);
  }

  private static Set<ResourceID> concerned(StreamJob job, EventSourceContext<Savepoint> context) {
    List<RestorePoint> needed = SavepointSources.needed(job).toList();
    return context
        .getPrimaryCache()
        .list(
            job.getMetadata().getNamespace(),
            savepoint -> isTakenOf(savepoint, job) || Holds.concern(savepoint, job, needed))
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private static boolean isTakenOf(Savepoint savepoint, StreamJob job) {
    boolean isOpen = savepoint.isMarkedForDeletion() || !SavepointPass.isOver(savepoint);
    return isOpen && jobName(savepoint).equals(Optional.of(job.getMetadata().getName()));
  }

  /** The job that a savepoint is taken of. */
  static Optional<StreamJob> savedJob(Savepoint savepoint, List<StreamJob> jobs) {
    return jobs.stream()
        .filter(job -> jobName(savepoint).equals(Optional.of(job.getMetadata().getName())))
        .findFirst();
  }

  private static Optional<String> jobName(Savepoint savepoint) {
    return Optional.ofNullable(savepoint.getSpec().source().job()).map(job -> job.name());
  }

  /** All jobs of the savepoint's namespace. */
  static List<StreamJob> jobsOfNamespace(Savepoint savepoint, Context<Savepoint> context) {
    return jobs(context).list(savepoint.getMetadata().getNamespace()).toList();
  }

  private static InformerEventSource<StreamJob, Savepoint> jobs(Context<Savepoint> context) {
    return (InformerEventSource<StreamJob, Savepoint>)
        context.eventSourceRetriever().getEventSourceFor(StreamJob.class);
  }
}
