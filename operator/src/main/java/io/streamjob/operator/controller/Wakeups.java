package io.streamjob.operator.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Turns "something about this owner has changed" into a pass of its reconciler. */
public final class Wakeups {

  private record Bed(SimpleInboundEventSource<?> source, ResourceID id) {}

  private final Map<String, Bed> beds = new ConcurrentHashMap<>();

  void register(String uid, SimpleInboundEventSource<?> source, ResourceID id) {
    beds.put(uid, new Bed(source, id));
  }

  void forget(String uid) {
    beds.remove(uid);
  }

  /** Has a pass made for the object of that uid, if a reconciler knows it. */
  public void wake(String uid) {
    Bed bed = beds.get(uid);
    if (bed != null) {
      bed.source().propagateEvent(bed.id());
    }
  }
}
