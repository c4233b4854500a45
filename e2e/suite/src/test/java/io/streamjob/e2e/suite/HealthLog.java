package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;

/** Every state of a StreamJob that a watch shows, as Flux and kstatus see them. */
final class HealthLog implements Watcher<GenericKubernetesResource>, AutoCloseable {

  private final List<JsonNode> seen = new ArrayList<>();
  private final Watch watch;

  HealthLog(Job job) {
    watch = job.resource().watch(this);
  }

  @Override
  public void eventReceived(Action action, GenericKubernetesResource object) {
    synchronized (seen) {
      seen.add(Job.tree(object));
    }
  }

  @Override
  public void onClose(WatcherException cause) {
    synchronized (seen) {
      seen.add(null);
    }
  }

  /** What was seen of a generation. */
  List<JsonNode> of(JsonNode job) {
    long generation = job.at("/metadata/generation").asLong();
    synchronized (seen) {
      if (seen.contains(null)) {
        throw new AssertionError("the watch was closed: it proves nothing");
      }
      return seen.stream()
          .filter(state -> state.at("/metadata/generation").asLong() == generation)
          .toList();
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
