package io.streamjob.operator.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.ClusterView.Reachable;
import io.streamjob.operator.core.observed.ClusterView.Unreachable;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.flink.ScriptedFlink.Outage;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The watcher, the adapter and a server together: every state can be waited for by events. */
class JobWatcherOverHttpTest {

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  @Test
  void followsAStopToItsEndAndAnOutageAfterIt() throws InterruptedException {
    try (ScriptedFlink flink = ScriptedFlink.start();
        HttpFlinkClient client = new HttpFlinkClient(HttpOptions.defaults());
        JobWatcher watcher = new JobWatcher(client, WatcherOptions.defaults(), events::add)) {
      flink.run("job", 2);
      Set<TriggerKey> triggers = Set.of(new TriggerKey("job", "trigger"));
      watcher.follow(
          "owner", Set.of(new Target("blue", flink.uri(), Set.of("job"), triggers, Pace.BUSY)));
      awaitView(watcher, view -> isStop(view, JobState.RUNNING, TriggerView.Unknown.class));

      FlinkClientContract.get(
          client.stopWithSavepoint(
              flink.uri(),
              "job",
              new SavepointRequest("trigger", "file:///snapshots", SavepointFormat.Canonical)));
      awaitView(watcher, view -> isStop(view, JobState.RUNNING, TriggerView.InProgress.class));

      flink.completeSnapshots();
      awaitView(watcher, view -> isStop(view, JobState.FINISHED, TriggerView.Completed.class));

      flink.outage(Outage.NO_LEADER);
      awaitView(watcher, Unreachable.class::isInstance);
    }
  }

  private static boolean isStop(
      ClusterView view, JobState state, Class<? extends TriggerView> trigger) {
    return view instanceof Reachable seen
        && seen.jobs().get("job").state() == state
        && trigger.isInstance(seen.triggers().get("trigger"));
  }

  /** Looks only when an event came, as a reconciler does. */
  private void awaitView(JobWatcher watcher, Predicate<ClusterView> condition)
      throws InterruptedException {
    do {
      assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("owner");
    } while (!condition.test(watcher.view("owner", "blue")));
  }
}
