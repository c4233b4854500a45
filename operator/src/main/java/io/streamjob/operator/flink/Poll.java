package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One look at a cluster, given what the last one saw. */
final class Poll {

  private static final Reachable NOTHING = new Reachable(0, Set.of(), Map.of(), Map.of());

  private final FlinkClient client;
  private final Target target;
  private final Reachable last;

  Poll(FlinkClient client, Target target, ClusterView last) {
    this.client = client;
    this.target = target;
    this.last =
        switch (last) {
          case Reachable seen -> seen;
          case ClusterView.Unreachable lost -> NOTHING;
        };
  }

  /** One call after the other: a cluster that does not answer costs one call. */
  CompletableFuture<Reachable> start() {
    return client
        .overview(target.rest())
        .thenCompose(overview ->
            jars()
                .thenCompose(jars ->
                    jobs()
                        .thenCompose(jobs ->
                            triggers()
                                .thenApply(triggers ->
                                    new Reachable(overview.slots(), jars, jobs, triggers)))));
  }

  /** Jars are put in place before the JobManager starts, and stay. */
  private CompletableFuture<Set<String>> jars() {
    return last.jars().isEmpty()
        ? client.jars(target.rest())
        : CompletableFuture.completedFuture(last.jars());
  }

  private CompletableFuture<Map<String, JobView>> jobs() {
    return client
        .jobs(target.rest())
        .thenCompose(this::confirmed)
        .thenCompose(listed -> all(listed.values().stream().map(this::job).toList()))
        .thenApply(jobs -> jobs.stream().collect(Collectors.toMap(JobView::id, job -> job)));
  }

  /** That a job is not listed does not prove that it is gone, and much is concluded from that. */
  private CompletableFuture<Map<String, JobView>> confirmed(Map<String, JobView> listed) {
    return all(target.jobIds().stream()
            .filter(id -> !listed.containsKey(id))
            .map(id -> client.knows(target.rest(), id))
            .toList())
        .thenApply(known -> {
          if (known.contains(true)) {
            throw new FlinkException.Unreachable("the JobManager cannot tell the job's state");
          }
          return listed;
        });
  }

  private CompletableFuture<JobView> job(JobView listed) {
    if (!target.jobIds().contains(listed.id())) {
      return CompletableFuture.completedFuture(listed);
    }
    return client
        .details(target.rest(), listed)
        .exceptionally(failure ->
            switch (FlinkException.of(failure)) {
              case FlinkException.Rejected refused when hasJustFinished(listed) ->
                  throw new FlinkException.Unreachable(
                      "the JobManager cannot tell how the job ended: " + refused.getMessage());
              case FlinkException.Rejected refused -> withLastDetails(listed);
              case FlinkException.Unreachable lost -> throw lost;
            });
  }

  /** Its last snapshot tells whether it came to the end of its input, or was stopped. */
  private boolean hasJustFinished(JobView listed) {
    JobView before = last.jobs().get(listed.id());
    return listed.state() == JobState.FINISHED
        && (before == null || before.state() != JobState.FINISHED);
  }

  /** One handler that fails in Flink must not make the whole cluster look lost. */
  private JobView withLastDetails(JobView listed) {
    JobView before = last.jobs().getOrDefault(listed.id(), listed);
    return new JobView(
        listed.id(),
        listed.state(),
        listed.runningTasks(),
        listed.totalTasks(),
        before.completedCheckpoints(),
        before.latestCheckpoint(),
        before.latestCheckpointAt(),
        before.stoppedWith(),
        before.failure());
  }

  private CompletableFuture<Map<String, TriggerView>> triggers() {
    return all(target.triggers().stream().map(this::trigger).toList())
        .thenApply(
            all -> all.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** Flink forgets outcomes after five minutes: one that was seen is not asked for again. */
  private CompletableFuture<Map.Entry<String, TriggerView>> trigger(TriggerKey key) {
    TriggerView known = last.triggers().getOrDefault(key.triggerId(), new TriggerView.Unknown());
    CompletableFuture<TriggerView> view =
        switch (known) {
          case TriggerView.Completed done -> CompletableFuture.completedFuture(done);
          case TriggerView.Failed done -> CompletableFuture.completedFuture(done);
          case TriggerView.Unknown open -> ask(key);
          case TriggerView.InProgress open -> ask(key);
        };
    return view.thenApply(seen -> Map.entry(key.triggerId(), seen));
  }

  private CompletableFuture<TriggerView> ask(TriggerKey key) {
    return client.trigger(target.rest(), key.jobId(), key.triggerId());
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> calls) {
    return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
        .thenApply(done -> calls.stream().map(CompletableFuture::join).toList());
  }
}
