package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.streamjob.operator.kube.Cluster;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes statuses with the resourceVersion that they were decided from, and remembers what it
 * wrote: a cache that lags behind one's own write would otherwise make the next pass decide anew
 * from the old state.
 */
final class StatusWriter<T extends HasMetadata> {

  private final Cluster cluster;
  private final Map<String, T> written = new ConcurrentHashMap<>();

  StatusWriter(Cluster cluster) {
    this.cluster = cluster;
  }

  /** The newer of the cached object and the one that was written last. */
  T newest(T cached) {
    T mine = written.get(cached.getMetadata().getUid());
    return mine != null && version(mine) > version(cached) ? mine : cached;
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  void put(T object) {
    written.put(object.getMetadata().getUid(), cluster.putStatus(object));
  }

  void forget(String uid) {
    written.remove(uid);
  }
}
